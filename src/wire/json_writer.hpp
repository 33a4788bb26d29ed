#pragma once
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "margind/core/base/money.hpp"

namespace margind::wire {

/// Appends one JSON document to a string. It puts the commas and escapes what must be escaped; that
/// objects and arrays are closed in order is the caller's business. The output is always valid
/// UTF-8: bytes of a text that are none become U+FFFD. NaN and infinities become null.
class JsonWriter {
public:
    explicit JsonWriter(std::string& out) : out_{out} {}

    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }
    JsonWriter& key(std::string_view name);

    JsonWriter& null() { return raw("null"); }
    /// The shortest text that reads back as the same double; −0 is written 0.
    JsonWriter& value(double number);
    /// Exactly as many decimals as the currency has digits.
    JsonWriter& value(Money money, Digits digits);
    JsonWriter& value(std::string_view text);
    JsonWriter& value(const char* text) { return value(std::string_view{text}); }
    JsonWriter& value(std::same_as<bool> auto truth) { return raw(truth ? "true" : "false"); }
    template <std::integral Integer>
        requires(!std::same_as<Integer, bool>)
    JsonWriter& value(Integer number) {
        if constexpr (std::signed_integral<Integer>) {
            return integer(std::int64_t{number});
        } else {
            return natural(std::uint64_t{number});
        }
    }
    template <class T>
    JsonWriter& value(const std::optional<T>& maybe) {
        return maybe ? value(*maybe) : null();
    }
    /// A number with this many decimals, never −0; null when it is not finite.
    JsonWriter& fixed(double number, int decimals);
    /// A finished piece of JSON, taken as it is.
    JsonWriter& raw(std::string_view json);

    template <class... Value>
    JsonWriter& field(std::string_view name, const Value&... values) {
        return key(name).value(values...);
    }

private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    JsonWriter& integer(std::int64_t number);
    JsonWriter& natural(std::uint64_t number);
    void separate() {
        if (needs_comma_) out_ += ',';
        needs_comma_ = true;
    }

    std::string& out_;
    bool needs_comma_ = false;
};

/// Appends `text` with JSON's escapes, without the quotes around it.
void append_json_escaped(std::string& out, std::string_view text);

/// True when `text` is UTF-8 without overlong forms, surrogates or numbers beyond U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace margind::wire
