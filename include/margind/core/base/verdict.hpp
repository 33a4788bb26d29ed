#pragma once
#include <cstdint>
#include <string_view>
#include <utility>

namespace margind {

/// What can be said of an account now. UNKNOWN never raises a stop-out and is never shown as safe.
enum class Verdict : std::uint8_t { ok, breach, unknown };

/// Why a verdict is UNKNOWN. One bit each; an account may have several.
enum class Cause : std::uint32_t {
    no_price = 1u << 0,     // the symbol has never been quoted
    stale_price = 1u << 1,  // the last good quote is older than its limit, or from before a gap
    one_side_missing = 1u << 2,    // only bid or only ask has ever been seen
    crossed_price = 1u << 3,       // the newest quote had bid > ask
    no_rate = 1u << 4,             // no conversion path, or its quotes are in doubt
    no_instrument = 1u << 5,       // the group specification is missing or cannot be understood
    no_leverage = 1u << 6,         // leverage 0 or missing where the calculation needs it
    no_balance = 1u << 7,          // balance missing or not a number
    bad_order = 1u << 8,           // an order field is missing or not a number
    image_missing = 1u << 9,       // the account's image, or a part of it, is not in the store
    image_outdated = 1u << 10,     // the image is older than its order events
    image_unconfirmed = 1u << 11,  // not re-read since the last gap or start
    overflow = 1u << 12,           // an amount does not fit
    frozen_price = 1u << 13,       // an operator froze the symbol
    bad_setting = 1u << 14,        // a setting of the account is there but cannot be read
};

/// Named causes in bit order, as they appear in snapshots, events and answers.
inline constexpr std::pair<Cause, std::string_view> cause_names[] = {
    {Cause::no_price, "no_price"},
    {Cause::stale_price, "stale_price"},
    {Cause::one_side_missing, "one_side_missing"},
    {Cause::crossed_price, "crossed_price"},
    {Cause::no_rate, "no_rate"},
    {Cause::no_instrument, "no_instrument"},
    {Cause::no_leverage, "no_leverage"},
    {Cause::no_balance, "no_balance"},
    {Cause::bad_order, "bad_order"},
    {Cause::image_missing, "image_missing"},
    {Cause::image_outdated, "image_outdated"},
    {Cause::image_unconfirmed, "image_unconfirmed"},
    {Cause::overflow, "overflow"},
    {Cause::frozen_price, "frozen_price"},
    {Cause::bad_setting, "bad_setting"},
};

/// A set of causes.
class Causes {
public:
    constexpr Causes() = default;
    constexpr Causes(Cause cause) : bits_{std::to_underlying(cause)} {}  // NOLINT: a cause is a set

    [[nodiscard]] constexpr bool none() const { return bits_ == 0; }
    [[nodiscard]] constexpr bool has(Cause cause) const {
        return (bits_ & std::to_underlying(cause)) != 0;
    }
    [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }
    /// The same from its bits.
    [[nodiscard]] static constexpr Causes from_bits(std::uint32_t bits) {
        Causes causes;
        causes.bits_ = bits;
        return causes;
    }
    constexpr Causes& operator|=(Causes other) {
        bits_ |= other.bits_;
        return *this;
    }
    friend constexpr Causes operator|(Causes a, Causes b) { return a |= b; }
    friend constexpr bool operator==(Causes, Causes) = default;

private:
    std::uint32_t bits_ = 0;
};

[[nodiscard]] constexpr std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::ok: return "ok";
        case Verdict::breach: return "breach";
        case Verdict::unknown: return "unknown";
    }
    return "unknown";
}

}  // namespace margind
