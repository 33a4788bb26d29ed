#pragma once
#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "margind/core/book/account.hpp"
#include "margind/core/engine/mirror_state.hpp"
#include "margind/core/rules/instrument.hpp"
#include "margind/ports/directory.hpp"
#include "wire/prop_text.hpp"

namespace margind::wire {

/// A reply of Redis as a flat list: of HGETALL field, value, field, value …; of HMGET the values.
/// What does not exist (nil) is a view without data.
using FlatReply = std::span<const std::string_view>;

[[nodiscard]] inline bool is_nil(std::string_view value) { return value.data() == nullptr; }

/// Fields of `user_portfolio:` that are read back, and of `market:`, in the order of the decoders.
inline constexpr std::array<std::string_view, 4> stored_fields{
    "used_margin_executed", "used_margin_all", "ts", prop_state_field};
inline constexpr std::array<std::string_view, 3> price_fields{"bid", "ask", "ts"};

/// Reads an account's configuration hash into `image`. A number that is missing or unreadable is
/// nothing; a credit or an own level that is there and unreadable is NaN.
void decode_account(FlatReply hash, AccountImage& image);

/// Reads HMGET of `stored_fields` into `image`.
void decode_stored(FlatReply values, AccountImage& image);

/// One order that the index names. Nothing when it is no open position (CONTRACT section 1);
/// dangling when its hash is empty. `id` is the index's.
[[nodiscard]] std::optional<OrderImage> decode_order(std::string_view id, FlatReply hash);

/// What stands for orders that cannot be read, so that their account is never taken for flat.
[[nodiscard]] OrderImage unreadable_order(std::string_view id);

/// A group's hash. A number that is not one is NaN, "" is not set.
[[nodiscard]] InstrumentSpec decode_instrument(const InstrumentKey& key, FlatReply hash);

/// What stands for a specification that cannot be read: it exists, and nothing can be derived from
/// it.
[[nodiscard]] InstrumentSpec unreadable_instrument(const InstrumentKey& key);

/// Reads HMGET of `price_fields`.
[[nodiscard]] StoredPrice decode_price(FlatReply values);

}  // namespace margind::wire
