#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "margind/core/base/units.hpp"
#include "margind/core/base/verdict.hpp"
#include "margind/core/rules/rule_overrides.hpp"

namespace margind {

/// How the margin of a position is computed. Formulas: docs/formulas.md §2.
enum class CalcMode : std::uint8_t {
    forex,              // units / leverage, in the base currency
    forex_no_leverage,  // units
    cfd,                // units × price
    cfd_leverage,       // units × price / leverage
    cfd_index,          // units × price × tick value / tick size
    futures,            // lots × margin per lot, initial or maintenance
    crypto,             // units × open price × factor / leverage
    fixed,              // lots × margin per lot
    perpetual_linear,   // units × price / leverage; maintenance a share of the notional
    perpetual_inverse,  // the same of units / price, in the base currency
};

[[nodiscard]] std::optional<CalcMode> calc_mode_from(std::string_view name);
[[nodiscard]] std::string_view to_string(CalcMode mode);

/// One band of a progressive margin: from so many lots, or so much notional, on.
struct TierSpec {
    double from = 0.0;
    std::optional<double> rate;       // factor of the margin; for perpetuals the maintenance rate
    std::optional<double> leverage;   // in place of the account's
    std::optional<double> deduction;  // for perpetuals; absent: what makes the tiers continuous
};

/// A group's specification of a symbol as the store has it: text decoded, nothing derived.
/// `exists` is false where the store has no such key, `is_readable` where it has something else.
struct InstrumentSpec {
    std::string group;
    std::string symbol;
    bool exists = true;
    bool is_readable = true;

    // What a platform's group hash has. A number that is not one is NaN; absent is nothing.
    std::optional<double> contract_size;
    std::string profit;       // profit currency, empty = not set
    std::optional<int> type;  // 1 forex, 2 metal, 3 other, 4 crypto
    std::optional<double> crypto_margin_factor;
    std::optional<double> margin;  // in a hash always the crypto factor

    // Ours, under the names of configuration and `evaluate`.
    std::string calc_mode;
    std::string base_currency;
    std::string profit_currency;
    std::string margin_currency;
    std::optional<double> tick_size;
    std::optional<double> tick_value;
    std::optional<double> initial_margin;        // per lot
    std::optional<double> maintenance_margin;    // per lot; for perpetuals a share of the notional
    std::optional<double> factor;                // crypto factor
    std::optional<double> leverage;              // cap on the account's leverage
    std::string maintenance_basis;               // of perpetuals: "mark" or "entry"
    std::optional<double> maintenance_fraction;  // of the initial margin; 0.5 for perpetuals
    std::optional<double> hedged_margin;         // of a covered lot: contract size, or an amount
    // Factors of the margin by what holds it; absent = 1. Orders without one of their own have that
    // of their side.
    std::optional<double> margin_rate_long;
    std::optional<double> margin_rate_short;
    std::optional<double> margin_rate_maintenance_long;
    std::optional<double> margin_rate_maintenance_short;
    std::optional<double> margin_rate_buy_limit;
    std::optional<double> margin_rate_sell_limit;
    std::optional<double> margin_rate_buy_stop;
    std::optional<double> margin_rate_sell_stop;
    std::optional<double> margin_rate_buy_stop_limit;
    std::optional<double> margin_rate_sell_stop_limit;
    std::vector<TierSpec> tiers;
    std::string tier_basis;                    // "lots" or "notional"
    std::string tier_currency;                 // of the bounds where by notional
    std::optional<double> tier_hedged_weight;  // what a covered lot counts
    std::optional<double> volume_step;         // lots: what a volume is a multiple of
    std::optional<double> volume_max;          // lots: the largest deal
    std::string tier_scope;                    // symbols that share the tiers, comma-separated
    std::optional<double> taker_fee;  // of perpetuals: share of the notional that a close costs
    std::optional<double> liquidation_fee;  // share of the notional, paid by a stop-out's close
    std::optional<double> insurance_fee;    // likewise
    std::string session;      // "open", "closed", "halted": of the symbol, whoever holds it
    std::string asset_class;  // "forex_major", "index_minor", … (rule packs)

    // Guards of its prices, which count in the group `Standard`: GuardSettings, docs/guards.md.
    std::optional<double> digits;
    std::optional<double> soft_points;
    std::optional<double> confirm_ticks;
    std::optional<double> confirm_ms;
    std::optional<double> discard_points;
    std::optional<double> min_spread;
    std::optional<double> max_spread;
    std::optional<double> freeze_after_ms;
    std::optional<double> max_age_ms;
    std::string allow_negative;  // "true", "false", or as people write them
    std::string ref_symbol;
    std::optional<double> ref_band_percent;

    RuleOverrides rules;         // of the whole group: symbol whole_group only
    bool has_bad_rules = false;  // one of them is there and means nothing
};

/// In place of a symbol: the options of the group itself, in the key groups:{Pro}:*.
inline constexpr std::string_view whole_group = "*";

/// One band of a progressive margin, understood.
struct TierBand {
    double from = 0.0;
    double rate = 1.0;
    double leverage = 0.0;   // 0 = the account's
    double deduction = 0.0;  // perpetuals
};

enum class TierBasis : std::uint8_t { lots, notional };

/// Margin rates of one side.
struct SideRates {
    double position = 1.0;
    double maintenance = 1.0;
    double limit = 1.0;
    double stop = 1.0;
    double stop_limit = 1.0;
};

/// A specification understood by the rule set `standard`.
struct Instrument {
    CalcMode mode = CalcMode::forex;
    double contract_size = 0.0;
    std::string profit_currency;
    std::string margin_currency;
    double tick_size = 0.0;
    double tick_value = 0.0;
    double initial_margin = 0.0;
    std::optional<double> maintenance_margin;
    double factor = 1.0;
    double leverage_cap = 0.0;            // 0 = none
    std::optional<double> hedged_margin;  // absent: covered lots count like any other
    SideRates long_rates;
    SideRates short_rates;
    std::vector<TierBand> tiers;  // ascending; empty = none
    TierBasis tier_basis = TierBasis::lots;
    std::string tier_currency;
    std::optional<double> tier_hedged_weight;
    Volume volume_step = Volume::from_raw(Volume::per_lot / 100);
    Volume volume_max;                     // 0 = none
    bool is_maintenance_at_entry = false;  // of a perpetual's notional when it was opened
    double taker_fee = 0.0;                // share of the notional, paid when a perpetual is closed
    double stop_out_fee = 0.0;             // liquidation and insurance fee of a stop-out's close
    std::string tier_scope;  // symbols that share the tiers, sorted; empty = the symbol alone
    std::uint64_t tier_scope_hash = 0;

    [[nodiscard]] const SideRates& rates(bool is_short) const {
        return is_short ? short_rates : long_rates;
    }
    [[nodiscard]] bool is_forex() const {
        return mode == CalcMode::forex || mode == CalcMode::forex_no_leverage;
    }
    [[nodiscard]] bool is_perpetual() const {
        return mode == CalcMode::perpetual_linear || mode == CalcMode::perpetual_inverse;
    }
    /// False where its formulas divide by the price: one at or below zero values nothing.
    [[nodiscard]] bool may_be_negative() const { return mode != CalcMode::perpetual_inverse; }
    [[nodiscard]] bool uses_leverage() const {
        return mode == CalcMode::forex || mode == CalcMode::cfd_leverage ||
               mode == CalcMode::crypto || is_perpetual();
    }
    /// True where the margin follows the market price.
    [[nodiscard]] bool uses_price() const {
        return mode == CalcMode::cfd || mode == CalcMode::cfd_leverage ||
               mode == CalcMode::cfd_index || is_perpetual();
    }
    /// True where a position's maintenance margin is another one than its initial margin.
    [[nodiscard]] bool has_maintenance() const {
        return is_perpetual() || maintenance_margin.has_value() ||
               long_rates.maintenance != long_rates.position ||
               short_rates.maintenance != short_rates.position;
    }
    /// True where its tiers have leverages that stand in for the account's.
    [[nodiscard]] bool has_own_leverage() const {
        return !is_perpetual() && !tiers.empty() && tiers.front().leverage > 0.0;
    }
    /// True where a position's margin and P/L are those of its own row: what the kernel computes.
    [[nodiscard]] bool is_plain() const;
};

/// Completes a specification by the rules of docs/formulas.md §2, or says why it cannot be used: an
/// error text for `evaluate`; the engine makes it UNKNOWN (`no_instrument`).
[[nodiscard]] std::expected<Instrument, std::string> derive_instrument(const InstrumentSpec& spec);

}  // namespace margind
