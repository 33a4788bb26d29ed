#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "margind/core/verdict.hpp"

namespace margind {

/// How the margin of a position is computed. Formulas: docs/formulas.md §2.
enum class CalcMode : std::uint8_t {
    forex,              // units / leverage, in the base currency
    forex_no_leverage,  // units
    cfd,                // units × price
    cfd_leverage,       // units × price / leverage
    crypto,             // units × open price × factor / leverage
    fixed,              // lots × margin per lot
};

[[nodiscard]] std::optional<CalcMode> calc_mode_from(std::string_view name);
[[nodiscard]] std::string_view to_string(CalcMode mode);

/// A group's specification of a symbol as the store has it: text decoded, nothing derived.
/// `exists` is false where the store has no such key.
struct InstrumentSpec {
    std::string group;
    std::string symbol;
    bool exists = true;

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
    std::optional<double> initial_margin;  // per lot, for `fixed`
    std::optional<double> factor;          // crypto factor
    std::optional<double> leverage;        // cap on the account's leverage
    std::optional<double> margin_rate_long;
    std::optional<double> margin_rate_short;
};

/// A specification understood by the rule set `standard`.
struct Instrument {
    CalcMode mode = CalcMode::forex;
    double contract_size = 0.0;
    std::string profit_currency;
    std::string margin_currency;
    double initial_margin = 0.0;
    double factor = 1.0;
    double leverage_cap = 0.0;  // 0 = none
    double rate_long = 1.0;
    double rate_short = 1.0;

    [[nodiscard]] bool uses_leverage() const {
        return mode == CalcMode::forex || mode == CalcMode::cfd_leverage ||
               mode == CalcMode::crypto;
    }
    /// True where the margin follows the market price.
    [[nodiscard]] bool uses_price() const {
        return mode == CalcMode::cfd || mode == CalcMode::cfd_leverage;
    }
};

/// Completes a specification by the rules of docs/formulas.md §2, or says why it cannot be used: an
/// error text for `evaluate`; the engine makes it UNKNOWN (`no_instrument`).
[[nodiscard]] std::expected<Instrument, std::string> derive_instrument(const InstrumentSpec& spec);

}  // namespace margind
