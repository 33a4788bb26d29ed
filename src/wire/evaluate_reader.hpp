#pragma once
#include <simdjson.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace margind::wire {

/// Everything that is wrong with a document, a line each: `account.id: expected …, found …`.
using Problems = std::vector<std::string>;

/// What a number must be beyond finite, in words and as limits.
struct NumberRange {
    std::string_view words;
    double low;
    bool includes_low;
    double high = std::numeric_limits<double>::max();
};
inline constexpr NumberRange any_number{"a number", std::numeric_limits<double>::lowest(), true};
inline constexpr NumberRange above_zero{"a number above 0", 0.0, false};
inline constexpr NumberRange zero_or_above{"a number of 0 or above", 0.0, true};

/// A value as an error text shows it: `-5`, `"buy"`, `an array`.
[[nodiscard]] std::string describe(simdjson::dom::element value);

/// One object of a document, read field by field. What is missing, of the wrong type, out of range,
/// there twice, or never asked for becomes a problem with its path; reading goes on.
/// The document's parser must outlive it.
class ObjectReader {
public:
    /// `path` is empty for the document itself. A value that is no object reads as an empty one.
    ObjectReader(simdjson::dom::element value, std::string path, Problems& problems);
    ObjectReader(const ObjectReader&) = delete;
    ObjectReader& operator=(const ObjectReader&) = delete;

    /// The raw field, known from now on; nothing where it is absent.
    std::optional<simdjson::dom::element> field(std::string_view name);

    std::optional<double> number(std::string_view name, NumberRange range = any_number);
    std::optional<std::int64_t> integer(std::string_view name, std::int64_t low, std::int64_t high);
    std::optional<bool> truth(std::string_view name);
    /// A text with at least one character.
    std::optional<std::string> text(std::string_view name);
    /// One of `choices`.
    std::optional<std::string_view> choice(std::string_view name,
                                           std::span<const std::string_view> choices);
    std::optional<simdjson::dom::array> array(std::string_view name);

    /// The same, where the field must be there.
    std::optional<double> required_number(std::string_view name, NumberRange range = any_number);
    std::optional<std::string> required_text(std::string_view name);
    std::optional<std::string_view> required_choice(std::string_view name,
                                                    std::span<const std::string_view> choices);

    /// Reports every field that nobody asked for. Call once, last.
    void finish();

    void problem(std::string_view name, std::string_view text);
    [[nodiscard]] bool is_object() const { return is_object_; }
    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] std::string path_of(std::string_view name) const;
    [[nodiscard]] const std::vector<simdjson::dom::key_value_pair>& fields() const {
        return fields_;
    }

private:
    void require(std::string_view name, std::string_view what);

    std::string path_;
    Problems& problems_;
    std::vector<simdjson::dom::key_value_pair> fields_;
    std::vector<std::string_view> known_;
    bool is_object_ = false;
};

}  // namespace margind::wire
