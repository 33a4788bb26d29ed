#include "margind/core/instrument.hpp"

#include <array>
#include <cmath>
#include <utility>

namespace margind {
namespace {

constexpr std::pair<CalcMode, std::string_view> mode_names[] = {
    {CalcMode::forex, "forex"},   {CalcMode::forex_no_leverage, "forex_no_leverage"},
    {CalcMode::cfd, "cfd"},       {CalcMode::cfd_leverage, "cfd_leverage"},
    {CalcMode::crypto, "crypto"}, {CalcMode::fixed, "fixed"},
};

/// A platform's instrument type: 1 forex, 2 metal, 3 other, 4 crypto.
std::optional<CalcMode> mode_of_type(int type) {
    switch (type) {
        case 1: return CalcMode::forex;
        case 2:
        case 3: return CalcMode::cfd_leverage;
        case 4: return CalcMode::crypto;
        default: return {};
    }
}

std::optional<CalcMode> mode_of(const InstrumentSpec& spec) {
    if (!spec.calc_mode.empty()) return calc_mode_from(spec.calc_mode);
    return spec.type ? mode_of_type(*spec.type) : std::nullopt;
}

bool is_positive(double value) { return std::isfinite(value) && value > 0.0; }

/// Reads an optional factor that must be positive; false when it is there and is not.
bool read_positive(const std::optional<double>& from, double& to) {
    if (!from) return true;
    if (!is_positive(*from)) return false;
    to = *from;
    return true;
}

std::string base_of(const InstrumentSpec& spec) {
    if (!spec.base_currency.empty()) return spec.base_currency;
    return spec.symbol.size() >= 6 ? spec.symbol.substr(0, 3) : std::string{};
}

std::string margin_currency_of(const InstrumentSpec& spec, const Instrument& instrument) {
    if (!spec.margin_currency.empty()) return spec.margin_currency;
    const bool is_forex =
        instrument.mode == CalcMode::forex || instrument.mode == CalcMode::forex_no_leverage;
    return is_forex ? base_of(spec) : instrument.profit_currency;
}

}  // namespace

std::optional<CalcMode> calc_mode_from(std::string_view name) {
    for (const auto& [mode, mode_name] : mode_names) {
        if (mode_name == name) return mode;
    }
    return {};
}

std::string_view to_string(CalcMode mode) {
    for (const auto& [known, name] : mode_names) {
        if (known == mode) return name;
    }
    return "?";
}

std::expected<Instrument, std::string> derive_instrument(const InstrumentSpec& spec) {
    const auto fail = [](std::string text) { return std::unexpected(std::move(text)); };
    if (!spec.exists) return fail("no specification");
    const auto mode = mode_of(spec);
    if (!mode) return fail("calc_mode: expected a known mode, or a type of 1 to 4");
    Instrument instrument;
    instrument.mode = *mode;
    if (!spec.contract_size || !is_positive(*spec.contract_size)) {
        return fail("contract_size: expected a number above 0");
    }
    instrument.contract_size = *spec.contract_size;
    instrument.profit_currency = spec.profit_currency.empty() ? spec.profit : spec.profit_currency;
    if (instrument.profit_currency.empty()) return fail("profit_currency: not set");
    instrument.margin_currency = margin_currency_of(spec, instrument);
    if (instrument.margin_currency.empty()) {
        return fail("margin_currency: not set, and no base currency to take");
    }
    if (instrument.mode == CalcMode::fixed) {
        if (!spec.initial_margin || !(*spec.initial_margin >= 0.0) ||
            !std::isfinite(*spec.initial_margin)) {
            return fail("initial_margin: expected the margin of one lot, 0 or above");
        }
        instrument.initial_margin = *spec.initial_margin;
    }
    const auto& factor = spec.factor                 ? spec.factor
                         : spec.crypto_margin_factor ? spec.crypto_margin_factor
                                                     : spec.margin;
    // Other modes leave the factor alone: a group hash carries `margin` = 0 for them.
    if (instrument.mode == CalcMode::crypto && !read_positive(factor, instrument.factor)) {
        return fail("factor: expected a number above 0");
    }
    if (!read_positive(spec.leverage, instrument.leverage_cap)) {
        return fail("leverage: expected a number above 0");
    }
    if (!read_positive(spec.margin_rate_long, instrument.rate_long) ||
        !read_positive(spec.margin_rate_short, instrument.rate_short)) {
        return fail("margin_rate: expected numbers above 0");
    }
    return instrument;
}

}  // namespace margind
