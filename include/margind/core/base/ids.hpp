#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace margind {

/// A dense index handed out once per name. Different tags do not mix.
template <class Tag>
struct Id {
    std::uint32_t value = none_value;

    static constexpr std::uint32_t none_value = 0xffffffffu;
    [[nodiscard]] constexpr bool is_none() const { return value == none_value; }
    friend constexpr auto operator<=>(Id, Id) = default;
    friend std::size_t hash_value(Id id) { return std::hash<std::uint32_t>{}(id.value); }
};

using SymbolId = Id<struct SymbolTag>;      // "EURUSD"
using CurrencyId = Id<struct CurrencyTag>;  // "USD"
using GroupId = Id<struct GroupTag>;        // "Standard"
using AccountId = Id<struct AccountTag>;    // "live:1001"
using RateId = Id<struct RateTag_>;         // an ordered pair of currencies

/// Account type (live, demo, …) as an index into the configured list; live goes first.
using TypeIndex = std::uint8_t;

}  // namespace margind
