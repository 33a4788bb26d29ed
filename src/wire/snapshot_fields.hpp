#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "margind/core/base/assert.hpp"
#include "margind/core/base/money.hpp"
#include "margind/core/engine/snapshot.hpp"

namespace margind::wire {

/// Version of the fields of snapshots and events, written with each.
inline constexpr std::string_view schema_version = "1";

/// One field of a hash or of a stream entry.
struct Field {
    std::string_view name;
    std::string_view value;
};

/// Fields one after the other, with room for their texts. Nothing allocates.
class FieldList {
public:
    FieldList() = default;
    FieldList(const FieldList&) = delete;
    FieldList& operator=(const FieldList&) = delete;

    void clear() { text_size_ = field_count_ = 0; }
    /// A text that outlives the list.
    void add_text(std::string_view name, std::string_view text);
    void add_integer(std::string_view name, std::int64_t number);
    void add_natural(std::string_view name, std::uint64_t number);
    /// A text that `write(to)` writes, returning its end; up to 320 characters.
    template <class Write>
    void add(std::string_view name, Write write);
    /// Valid until the next `clear`.
    [[nodiscard]] std::span<const Field> fields() const { return {fields_.data(), field_count_}; }

    static constexpr std::size_t value_max = 320;  // %.2f of the largest double has 312 characters

private:
    static constexpr std::size_t text_max = 6'000;
    static constexpr std::size_t fields_max = 20;

    std::array<char, text_max> text_;
    std::array<Field, fields_max> fields_;
    std::size_t text_size_ = 0;
    std::size_t field_count_ = 0;
};

template <class Write>
void FieldList::add(std::string_view name, Write write) {
    MARGIND_ASSERT(field_count_ < fields_max && text_size_ + value_max <= text_max);
    char* const begin = text_.data() + text_size_;
    const auto size = static_cast<std::size_t>(write(begin) - begin);
    fields_[field_count_++] = {name, {begin, size}};
    text_size_ += size;
}

/// Turns snapshots into the fields of `user_portfolio:` (CONTRACT section 3). Owns the text it
/// returns.
class SnapshotEncoder {
public:
    /// The fields to write, valid until the next call. `term` is the writer's fencing token.
    /// UNKNOWN in `standard` gives no figures and no `ts`; an error in `platform` gives nothing but
    /// `calc_status` and `error_codes`. What prop-firm rules remember goes with each of them.
    std::span<const Field> encode(const Snapshot& snapshot, std::uint64_t term);

private:
    void add_figures(const StandardFigures& figures);
    void add_figures(const PlatformFigures& figures);
    void add_status(const Snapshot& snapshot);
    void add_platform_status(const PlatformFigures& figures);
    void add_origin(const Snapshot& snapshot, std::uint64_t term);

    FieldList list_;
    std::string prop_text_;
};

/// False for what changes nothing that a reader would look at: an error in `platform`.
[[nodiscard]] bool is_published(const Snapshot& snapshot);

// Number formats, each writing from `to` on and returning the end. None writes a minus before zero.

/// Money with two decimals whatever its currency's digits, halves away from zero.
char* write_two_decimals(char* to, Money money, Digits digits);
/// The exact binary value, correctly rounded, as `%.*f` prints it.
char* write_fixed(char* to, double value, int decimals);
/// The shortest text that reads back as the same double.
char* write_shortest(char* to, double value);

}  // namespace margind::wire
