#include "margind/core/rules/instrument.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/base/hash.hpp"
#include "core/rules/instrument_basics.hpp"
#include "margind/core/base/session.hpp"

namespace margind {
namespace {

constexpr std::pair<CalcMode, std::string_view> mode_names[] = {
    {CalcMode::forex, "forex"},
    {CalcMode::forex_no_leverage, "forex_no_leverage"},
    {CalcMode::cfd, "cfd"},
    {CalcMode::cfd_leverage, "cfd_leverage"},
    {CalcMode::cfd_index, "cfd_index"},
    {CalcMode::futures, "futures"},
    {CalcMode::crypto, "crypto"},
    {CalcMode::fixed, "fixed"},
    {CalcMode::perpetual_linear, "perpetual_linear"},
    {CalcMode::perpetual_inverse, "perpetual_inverse"},
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

bool is_positive(double value) { return std::isfinite(value) && value > 0.0; }

/// Reads an optional factor that must be positive; false when it is there and is not.
bool read_positive(const std::optional<double>& from, double& to) {
    if (!from) return true;
    if (!is_positive(*from)) return false;
    to = *from;
    return true;
}

/// Lots, to the nearest 10⁻⁸; false when they are there and are none.
bool read_volume(const std::optional<double>& from, Volume& to) {
    if (!from) return true;
    const double raw = *from * static_cast<double>(Volume::per_lot);
    if (!(raw >= 1.0) || !(raw <= static_cast<double>(volume_raw_max))) return false;
    to = Volume::from_raw(std::llround(raw));
    return true;
}

std::string margin_currency_of(const InstrumentSpec& spec, const Instrument& instrument) {
    if (!spec.margin_currency.empty()) return spec.margin_currency;
    return instrument.is_forex() ? std::string{base_currency_of(spec)} : instrument.profit_currency;
}

using Failed = std::unexpected<std::string>;

/// The names of a comma-separated list, sorted.
std::vector<std::string> names_of_list(std::string_view list) {
    std::vector<std::string> names;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        names.emplace_back(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    std::ranges::sort(names);
    return names;
}

/// Instruments of one set have the same text, whatever the order of their lists.
void set_tier_scope(const std::vector<std::string>& names, Instrument& instrument) {
    for (const std::string& name : names) {
        if (!instrument.tier_scope.empty()) instrument.tier_scope += ',';
        instrument.tier_scope += name;
    }
    Hasher hash;
    hash.add(instrument.tier_scope);
    instrument.tier_scope_hash = hash.value();
}

/// Margins per lot. A perpetual's maintenance margin is a share of its notional.
std::expected<void, std::string> read_amounts(const InstrumentSpec& spec, Instrument& instrument) {
    const bool is_per_lot =
        instrument.mode == CalcMode::fixed || instrument.mode == CalcMode::futures;
    const auto is_amount = [](const std::optional<double>& value) {
        return value && std::isfinite(*value) && *value >= 0.0;
    };
    const auto is_share = [&](const std::optional<double>& value) {
        return is_amount(value) && *value <= 1.0;
    };
    if (is_per_lot) {
        if (!is_amount(spec.initial_margin)) {
            return Failed{"initial_margin: expected the margin of one lot, 0 or above"};
        }
        instrument.initial_margin = *spec.initial_margin;
    }
    if (spec.maintenance_margin && (instrument.is_perpetual() || is_per_lot)) {
        if (!is_amount(spec.maintenance_margin)) {
            return Failed{"maintenance_margin: expected a number of 0 or above"};
        }
        instrument.maintenance_margin = spec.maintenance_margin;
    }
    if (instrument.is_perpetual() && !spec.maintenance_margin && spec.tiers.empty()) {
        return Failed{"maintenance_margin: expected a share of the notional, or tiers"};
    }
    if (!spec.maintenance_basis.empty() && spec.maintenance_basis != "mark" &&
        spec.maintenance_basis != "entry") {
        return Failed{"maintenance_basis: expected mark or entry"};
    }
    instrument.is_maintenance_at_entry = spec.maintenance_basis == "entry";
    if (spec.taker_fee) {
        if (!is_share(spec.taker_fee)) return Failed{"taker_fee: expected a share of 0 to 1"};
        instrument.taker_fee = *spec.taker_fee;
    }
    const auto read_fee = [&](const std::optional<double>& fee) {
        if (is_share(fee)) instrument.stop_out_fee += *fee;
        return !fee || is_share(fee);
    };
    if (!read_fee(spec.liquidation_fee)) {
        return Failed{"liquidation_fee: expected a share of 0 to 1"};
    }
    if (!read_fee(spec.insurance_fee)) {
        return Failed{"insurance_fee: expected a share of 0 to 1"};
    }
    if (spec.hedged_margin) {
        if (!is_amount(spec.hedged_margin)) {
            return Failed{"hedged_margin: expected a number of 0 or above"};
        }
        instrument.hedged_margin = spec.hedged_margin;
    }
    if (!read_volume(spec.volume_step, instrument.volume_step)) {
        return Failed{"volume_step: expected 0.00000001 lots or more"};
    }
    if (!read_volume(spec.volume_max, instrument.volume_max)) {
        return Failed{"volume_max: expected 0.00000001 lots or more"};
    }
    if (!read_positive(spec.tick_size, instrument.tick_size)) {
        return Failed{"tick_size: expected a number above 0"};
    }
    if (!read_positive(spec.tick_value, instrument.tick_value)) {
        return Failed{"tick_value: expected a number above 0"};
    }
    if (instrument.mode != CalcMode::cfd_index) return {};
    if (!spec.tick_size) return Failed{"tick_size: expected a number above 0, found nothing"};
    if (!spec.tick_value) return Failed{"tick_value: expected a number above 0, found nothing"};
    return {};
}

/// Orders without a rate of their own have that of their side; maintenance likewise.
std::expected<void, std::string> read_rates(const InstrumentSpec& spec, Instrument& instrument) {
    // At rate 0 a position or an order holds nothing.
    const auto read = [](const std::optional<double>& from, double otherwise, double& to) {
        to = from.value_or(otherwise);
        return std::isfinite(to) && to >= 0.0;
    };
    SideRates& buys = instrument.long_rates;
    SideRates& sells = instrument.short_rates;
    const bool is_good =
        read(spec.margin_rate_long, 1.0, buys.position) &&
        read(spec.margin_rate_short, 1.0, sells.position) &&
        read(spec.margin_rate_maintenance_long, buys.position, buys.maintenance) &&
        read(spec.margin_rate_maintenance_short, sells.position, sells.maintenance) &&
        read(spec.margin_rate_buy_limit, buys.position, buys.limit) &&
        read(spec.margin_rate_sell_limit, sells.position, sells.limit) &&
        read(spec.margin_rate_buy_stop, buys.position, buys.stop) &&
        read(spec.margin_rate_sell_stop, sells.position, sells.stop) &&
        read(spec.margin_rate_buy_stop_limit, buys.position, buys.stop_limit) &&
        read(spec.margin_rate_sell_stop_limit, sells.position, sells.stop_limit);
    if (!is_good) return Failed{"margin_rate: expected numbers of 0 or above"};
    return {};
}

/// A band of a perpetual without a deduction gets the one that leaves no jump at its bound.
std::expected<void, std::string> read_tiers(const InstrumentSpec& spec, Instrument& instrument) {
    const double fraction = spec.maintenance_fraction.value_or(0.5);
    for (const TierSpec& from : spec.tiers) {
        const bool is_first = instrument.tiers.empty();
        const bool rises = is_first ? from.from == 0.0 : from.from > instrument.tiers.back().from;
        if (!rises || !std::isfinite(from.from)) {
            return Failed{"tiers: expected bands from 0 on, each from above the one before"};
        }
        if (from.rate.has_value() == from.leverage.has_value()) {
            return Failed{"tiers: expected either a rate or a leverage in each band"};
        }
        TierBand band{.from = from.from};
        if (!read_positive(from.rate, band.rate) || !read_positive(from.leverage, band.leverage)) {
            return Failed{"tiers: expected rates and leverages above 0"};
        }
        if (!is_first && (band.leverage > 0.0) != (instrument.tiers[0].leverage > 0.0)) {
            return Failed{"tiers: expected rates in all bands or leverages in all"};
        }
        if (instrument.is_perpetual()) {
            if (from.leverage) band.rate = fraction / band.leverage;
            if (!is_first) {
                const TierBand& below = instrument.tiers.back();
                band.deduction = below.deduction + band.from * band.rate - band.from * below.rate;
            }
            band.deduction = from.deduction.value_or(band.deduction);
            if (!std::isfinite(band.deduction)) return Failed{"tiers: expected a deduction"};
        } else if (from.deduction) {
            return Failed{"tiers: a deduction is for perpetuals"};
        }
        instrument.tiers.push_back(band);
    }
    if (!spec.tier_basis.empty() && spec.tier_basis != "lots" && spec.tier_basis != "notional") {
        return Failed{"tier_basis: expected lots or notional"};
    }
    if (spec.tier_basis == "notional") instrument.tier_basis = TierBasis::notional;
    instrument.tier_currency =
        spec.tier_currency.empty() ? instrument.margin_currency : spec.tier_currency;
    const std::vector<std::string> scope = names_of_list(spec.tier_scope);
    if (!scope.empty() && !std::ranges::binary_search(scope, spec.symbol)) {
        return Failed{"tier_scope: expected a list of symbols with the symbol itself"};
    }
    if (scope.size() > 1) set_tier_scope(scope, instrument);
    if (spec.tier_hedged_weight && !(*spec.tier_hedged_weight >= 0.0)) {
        return Failed{"tier_hedged_weight: expected a number of 0 or above"};
    }
    instrument.tier_hedged_weight = spec.tier_hedged_weight;
    return {};
}

}  // namespace

bool Instrument::is_plain() const {
    const bool is_known_to_kernel =
        mode != CalcMode::cfd_index && mode != CalcMode::futures && !is_perpetual();
    return is_known_to_kernel && !has_maintenance() && tiers.empty();
}

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

std::optional<CalcMode> calc_mode_of(const InstrumentSpec& spec) {
    if (!spec.calc_mode.empty()) return calc_mode_from(spec.calc_mode);
    return spec.type ? mode_of_type(*spec.type) : std::nullopt;
}

std::string_view base_currency_of(const InstrumentSpec& spec) {
    if (!spec.base_currency.empty()) return spec.base_currency;
    return spec.symbol.size() >= 6 ? std::string_view{spec.symbol}.substr(0, 3)
                                   : std::string_view{};
}

std::string_view profit_currency_of(const InstrumentSpec& spec) {
    return spec.profit_currency.empty() ? spec.profit : spec.profit_currency;
}

std::expected<Instrument, std::string> derive_instrument(const InstrumentSpec& spec) {
    const auto fail = [](std::string text) { return std::unexpected(std::move(text)); };
    if (!spec.exists) return fail("no specification");
    const auto mode = calc_mode_of(spec);
    if (!mode) return fail("calc_mode: expected a known mode, or a type of 1 to 4");
    Instrument instrument;
    instrument.mode = *mode;
    if (!spec.contract_size || !is_positive(*spec.contract_size)) {
        return fail("contract_size: expected a number above 0");
    }
    instrument.contract_size = *spec.contract_size;
    instrument.profit_currency = profit_currency_of(spec);
    if (instrument.profit_currency.empty()) return fail("profit_currency: not set");
    instrument.margin_currency = margin_currency_of(spec, instrument);
    if (instrument.margin_currency.empty()) {
        return fail("margin_currency: not set, and no base currency to take");
    }
    if (const auto read = read_amounts(spec, instrument); !read) return fail(read.error());
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
    if (const auto read = read_rates(spec, instrument); !read) {
        return fail(read.error());
    }
    if (const auto read = read_tiers(spec, instrument); !read) return fail(read.error());
    if (!spec.session.empty() && !option_from(session_names, spec.session)) {
        return fail("session: expected open, closed or halted");
    }
    return instrument;
}

}  // namespace margind
