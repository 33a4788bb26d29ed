#pragma once
#include <cstddef>
#include <cstdint>

#include "margind/core/base/ids.hpp"
#include "margind/core/base/level.hpp"
#include "margind/core/base/money.hpp"
#include "margind/core/base/shared_values.hpp"
#include "margind/core/base/verdict.hpp"
#include "margind/core/book/account.hpp"
#include "margind/core/book/slot_blocks.hpp"
#include "margind/core/rules/rules.hpp"

namespace margind {

/// Which of its levels an account's equity has reached.
enum class LevelReached : std::uint8_t { none, margin_call, stop_out };

/// What many accounts share.
struct AccountProfile {
    CurrencyId currency;
    GroupId group;
    double leverage = 0.0;
    Level margin_call;
    Level stop_out;
    MarginMode margin_mode = MarginMode::hedging;

    /// The one that falling equity reaches first.
    [[nodiscard]] Level nearest() const { return margin_call < stop_out ? stop_out : margin_call; }
    friend bool operator==(const AccountProfile&, const AccountProfile&) = default;
    friend std::size_t hash_value(const AccountProfile& profile);
};

/// What the beat reads and writes of every account: one line of the cache.
struct alignas(64) AccountLine {
    Money cash;    // balance + credit (where it counts) + carry − Σ isolated margins
    Money carry;   // Σ swap − Σ commission, without isolated positions
    Money equity;  // of the last valuation that could be had, as the next
    Money margin;
    std::int64_t valued_ms = 0;  // wall clock of the last valuation
    std::uint64_t written = 0;   // fingerprint last confirmed as written; 0 = none
    std::uint32_t first = 0;     // of its positions
    std::uint32_t count = 0;
    std::uint32_t profile = 0;  // in SharedValues<AccountProfile>
    Digits digits;
    TypeIndex type = 0;
    SlotBlocks::Size size = 0;     // of the block of its positions
    bool is_one_sided : 1 = true;  // no symbol is held both long and short: margins just add up
    LevelReached reached : 2 = LevelReached::none;  // of a calm account
};
static_assert(sizeof(AccountLine) == 64);

/// What the beat reads of an account only when it looks closer.
struct AccountMore {
    Money balance;
    Money credit;
    std::uint64_t version = 0;
    std::uint16_t causes = 0;            // known to be wrong whatever the prices: never valued
    std::uint16_t setting_causes = 0;    // of these what is wrong with the settings themselves
    std::uint16_t valued_causes = 0;     // of the last valuation
    Verdict verdict = Verdict::unknown;  // likewise: later images wait for the next one
    bool has_image = false;
};
static_assert(sizeof(AccountMore) == 32);

}  // namespace margind
