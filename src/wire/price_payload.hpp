#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "margind/core/base/units.hpp"

namespace margind::wire {

/// Why a payload of the price channel is refused.
enum class PayloadFault : std::uint8_t {
    none,
    empty,
    too_long,       // over payload_bytes_max bytes
    name_too_long,  // the symbol has more bytes than a name may have
    bad_name,       // empty, a control byte, or white space at an end
    bad_utf8,
    not_object,  // JSON, but no object
    bad_json,    // not well-formed, trailing bytes, nested too deep, a number out of range
    duplicate_key,
    no_symbol,   // no "symbol", or it is no text
    bad_number,  // a field that must be a number is not one (NaN and infinities included)
};

/// Names for counters and logs, in the order of the enumeration, `none` left out.
inline constexpr std::array<std::pair<PayloadFault, std::string_view>, 10> payload_fault_names{{
    {PayloadFault::empty, "empty"},
    {PayloadFault::too_long, "too_long"},
    {PayloadFault::name_too_long, "name_too_long"},
    {PayloadFault::bad_name, "bad_name"},
    {PayloadFault::bad_utf8, "bad_utf8"},
    {PayloadFault::not_object, "not_object"},
    {PayloadFault::bad_json, "bad_json"},
    {PayloadFault::duplicate_key, "duplicate_key"},
    {PayloadFault::no_symbol, "no_symbol"},
    {PayloadFault::bad_number, "bad_number"},
}};

/// How many faults a counter array needs: index it with the enumerator.
inline constexpr std::size_t payload_fault_count = payload_fault_names.size() + 1;

[[nodiscard]] std::string_view to_string(PayloadFault fault);

inline constexpr std::size_t payload_bytes_max = 4096;
inline constexpr std::size_t payload_keys_max = 64;

/// One message of the price channel. `symbol` points into the payload or into the parser, and is
/// valid until the next `parse`.
struct PricePayload {
    std::string_view symbol;
    bool carries_price = false;  // false: the price must be read from the store
    double bid = not_a_price;    // NaN where the message has no such side
    double ask = not_a_price;
    std::int64_t ts_ms = 0;  // 0 = none
    std::optional<std::uint64_t> seq;
};

/// Understands what is published on `market_price_updates`: a bare symbol, or a JSON object
/// {"symbol","bid","ask","ts","seq"} with numbers or decimal text. Reusable; a bare symbol
/// allocates nothing, JSON nothing after the first.
class PricePayloadParser {
public:
    PricePayloadParser();
    ~PricePayloadParser();
    PricePayloadParser(PricePayloadParser&&) noexcept;
    PricePayloadParser& operator=(PricePayloadParser&&) noexcept;

    /// Fills `out`; anything but PayloadFault::none leaves nothing in it that may be used.
    [[nodiscard]] PayloadFault parse(std::string_view payload, PricePayload& out);

private:
    struct Json;
    std::unique_ptr<Json> json_;
};

}  // namespace margind::wire
