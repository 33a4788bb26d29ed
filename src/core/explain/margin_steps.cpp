// Lines of an explanation: the margin of each exposure, and their sum. Source: docs/formulas.md §2.
#include <algorithm>
#include <cmath>

#include "core/explain/formula_names.hpp"
#include "core/explain/formula_steps.hpp"

namespace margind {
namespace {

bool is_maintenance(const MarginWorkings& margin) { return !std::isnan(margin.notional); }

std::string_view formula_of(const Instrument& instrument, const MarginWorkings& margin) {
    switch (instrument.mode) {
        case CalcMode::forex: return formula::margin_forex;
        case CalcMode::forex_no_leverage: return formula::margin_forex_no_leverage;
        case CalcMode::cfd: return formula::margin_cfd;
        case CalcMode::cfd_leverage: return formula::margin_cfd_leverage;
        case CalcMode::cfd_index: return formula::margin_cfd_index;
        case CalcMode::futures: return formula::margin_futures;
        case CalcMode::fixed: return formula::margin_fixed;
        case CalcMode::crypto: return formula::margin_crypto;
        case CalcMode::perpetual_linear:
        case CalcMode::perpetual_inverse: break;
    }
    const bool is_of_band = is_maintenance(margin) && !instrument.tiers.empty();
    return is_of_band ? formula::tiers_maintenance : formula::margin_perpetual;
}

/// " * 2400.5 (XAUUSD ask)", of its magnitude.
std::string price_factor(const StepSource& source, const Instrument& instrument, SymbolId symbol,
                         const PriceTaken& taken) {
    if (!instrument.uses_price()) return "";
    const bool divides = instrument.mode == CalcMode::perpetual_inverse;
    const std::string price = number(taken.price);
    return (divides ? " / " : " * ") + (taken.price < 0.0 ? "abs(" + price + ")" : price) + " (" +
           price_name(source, symbol, taken.kind) + ")";
}

std::string leverage_factor(const Instrument& instrument, const MarginWorkings& margin) {
    if (instrument.has_own_leverage()) return "";
    return " / " + number(margin.leverage);
}

/// What margin_base works out.
std::string base_text(const Instrument& instrument, const MarginWorkings& margin) {
    const std::string units = lots(margin.volume) + " * " + number(instrument.contract_size);
    switch (instrument.mode) {
        case CalcMode::forex:
        case CalcMode::cfd_leverage:
        case CalcMode::perpetual_linear:
        case CalcMode::perpetual_inverse: return units + leverage_factor(instrument, margin);
        case CalcMode::forex_no_leverage:
        case CalcMode::cfd: return units;
        case CalcMode::cfd_index:
            return units + " * " + number(instrument.tick_value) + " (tick value) / " +
                   number(instrument.tick_size) + " (tick size)";
        case CalcMode::crypto:
            return units + " * " + number(std::abs(margin.open_price)) + " (open price) * " +
                   number(instrument.factor) + " (factor)" + leverage_factor(instrument, margin);
        case CalcMode::futures:
        case CalcMode::fixed: break;
    }
    const bool keeps = margin.use == MarginUse::maintenance && instrument.maintenance_margin;
    const double per_lot = keeps ? *instrument.maintenance_margin : instrument.initial_margin;
    return lots(margin.volume) + " * " + number(per_lot) +
           (keeps ? " (maintenance margin)" : " (initial margin)");
}

std::string rate_factor(const MarginWorkings& margin) {
    if (margin.margin_rate == 1.0) return "";
    return " * " + number(margin.margin_rate) + " (margin rate)";
}

/// "notional 0.5 lots * 1 * 60000 (BTCUSDT mark) = 30000; 30000 * 0.005"
std::string maintenance_text(const StepSource& source, const Instrument& instrument,
                             SymbolId symbol, const MarginWorkings& margin) {
    const std::string notional = number(margin.notional);
    std::string text = "notional " + lots(margin.volume) + " * " +
                       number(instrument.contract_size) +
                       price_factor(source, instrument, symbol, margin.price) + " = " + notional +
                       "; " + notional + " * " + number(margin.terms.rate);
    if (!instrument.tiers.empty()) text += " - " + number(margin.terms.deduction);
    if (margin.notional != margin.side_notional) {
        text += " * " + notional + " / " + number(margin.side_notional) + " (of its side)";
    }
    if (margin.margin_rate == 1.0) return text;
    return text + " = " + number(margin.terms.of(margin.notional)) + rate_factor(margin);
}

Causes doubts_of(const FigureSource& source, const Exposure& exposure,
                 const MarginWorkings& margin) {
    const Instrument& instrument = *exposure.instrument;
    Causes causes = source.rate_doubts(exposure.margin_rate);
    const bool needs_leverage = instrument.uses_leverage() && !instrument.has_own_leverage();
    if (needs_leverage && !(margin.leverage > 0.0)) causes |= Cause::no_leverage;
    if (instrument.uses_price() && std::isnan(margin.price.price)) {
        causes |= source.price_doubts(exposure);
    }
    return causes.none() ? Causes{Cause::overflow} : causes;
}

std::string_view rate_name(const Exposure& exposure, const MarginWorkings& margin) {
    const SideRates& rates = exposure.instrument->rates(exposure.is_short);
    const bool keeps = margin.use == MarginUse::maintenance && rates.maintenance != rates.position;
    switch (exposure.kind) {
        case OrderKind::position:
            if (keeps) return exposure.is_short ? "maintenance_short" : "maintenance_long";
            return exposure.is_short ? "short" : "long";
        case OrderKind::limit: return exposure.is_short ? "sell_limit" : "buy_limit";
        case OrderKind::stop: return exposure.is_short ? "sell_stop" : "buy_stop";
        case OrderKind::stop_limit: return exposure.is_short ? "sell_stop_limit" : "buy_stop_limit";
    }
    return "?";
}

std::string_view conversion_name(const MarginWorkings& margin) {
    using Kind = PriceTaken::Kind;
    if (margin.conversion.side != Conversion::Side::own_price) {
        return side_of(margin.conversion.side);
    }
    const bool is_named =
        margin.price.kind == Kind::of_order || margin.price.kind == Kind::mean_open;
    return kind_of(is_named ? margin.price.kind : Kind::open);
}

/// Where the conversion is at the exposure's own price.
void add_own_rate(const FigureSource& source, const Exposure& exposure,
                  const MarginWorkings& margin, Steps& steps) {
    if (margin.conversion.side != Conversion::Side::own_price) return;
    const bool is_order = exposure.kind != OrderKind::position;
    const std::string price =
        number(margin.open_price) + (is_order ? " (order price)" : " (open price)");
    const RatePath& path = source.market.path(exposure.margin_rate);
    steps.push_back(step("rate " + exposure.id, formula::margin_sides,
                         path.steps[0].is_inverse
                             ? "1 / " + price + " = " + number(margin.conversion.rate)
                             : price));
}

/// How much of an exposure the tiers count, where they go by notional.
void add_tier_notional(const FigureSource& source, const Exposure& exposure,
                       const MarginWorkings& margin, Steps& steps) {
    const Instrument& instrument = *exposure.instrument;
    if (exposure.tier_rate.is_none() || instrument.is_perpetual()) return;
    const std::string subject = "notional " + exposure.id;
    const double counted = margin.tier_notional * margin.tier_rate;
    if (std::isnan(counted)) {
        steps.push_back(step(
            subject, formula::tiers_notional,
            unknown(
                source.rate_doubts(exposure.tier_rate) |
                (std::isnan(margin.tier_notional) ? source.price_doubts(exposure) : Causes{}))));
        return;
    }
    std::string text = lots(margin.volume) + " * " + number(instrument.contract_size) +
                       price_factor(source, instrument, exposure.symbol, margin.price);
    text += " = " + number(margin.tier_notional) + " " + instrument.margin_currency;
    if (instrument.margin_currency != instrument.tier_currency) {
        text += " * " + number(margin.tier_rate) + " (" + instrument.margin_currency + "->" +
                instrument.tier_currency + " mid) = " + number(counted) + " " +
                instrument.tier_currency;
    }
    steps.push_back(step(subject, formula::tiers_notional, text));
}

/// What of the account is missing here, and would hold a margin.
void add_unknown_margins(const FigureSource& source, const std::string& name, Steps& steps) {
    for (const PositionExplained& position : source.all.positions) {
        if (position.causes.none()) continue;
        steps.push_back(step(name + " " + position.id, formula::margin, unknown(position.causes)));
    }
    const auto& exposures = source.account.exposures;
    for (const OrderImage& order : source.pending) {
        const bool is_known = std::ranges::any_of(exposures, [&](const Exposure& exposure) {
            return exposure.kind != OrderKind::position && exposure.id == order.id;
        });
        if (is_known) continue;
        steps.push_back(
            step(name + " " + order.id, formula::pending_orders, unknown(source.all.causes)));
    }
}

void add_sheet(const FigureSource& source, const MarginSheet& sheet, const std::string& name,
               Steps& steps) {
    add_unknown_margins(source, name, steps);
    std::vector<std::string> parts;
    Causes causes = source.row.causes;
    for (const HoldingWorkings& holding : sheet.holdings) {
        add_holding_steps(source, holding, name, steps);
        parts.push_back(source.money().bare(holding.margin.money.money));
    }
    const bool is_known =
        std::ranges::all_of(source.all.symbols, &SymbolExplained::is_margin_known);
    const bool is_there = sheet.total.money.fits && !source.all.causes.has(Cause::image_missing);
    if (!is_known || !is_there) {
        causes |= source.all.causes;
        if (causes.none()) causes = Cause::overflow;
        steps.push_back(step(name, formula::margin_sum, unknown(causes)));
        return;
    }
    steps.push_back(
        step(name, formula::margin_sum, sum_to(parts, source.money()(sheet.total.money.money))));
}

}  // namespace

std::string margin_arithmetic(const StepSource& source, const Instrument& instrument,
                              SymbolId symbol, const MarginWorkings& margin) {
    std::string text = is_maintenance(margin)
                           ? maintenance_text(source, instrument, symbol, margin)
                           : base_text(instrument, margin) + rate_factor(margin) +
                                 price_factor(source, instrument, symbol, margin.price);
    const std::string& from = instrument.margin_currency;
    if (from == source.all.currency) return text;
    return text + " = " + number(margin.amount) + " " + from + " * " +
           number(margin.conversion.rate) + " (" + from + "->" + source.all.currency + " " +
           std::string{conversion_name(margin)} + ")";
}

void add_single_margin(const FigureSource& source, const Exposure& exposure,
                       const MarginWorkings& margin, const std::string& subject, Steps& steps) {
    const Instrument& instrument = *exposure.instrument;
    const std::string_view formula = formula_of(instrument, margin);
    if (margin.margin_rate != 1.0) {
        steps.push_back(step(
            "margin rate " + exposure.id, formula::margin_rates,
            number(margin.margin_rate) + " (" + std::string{rate_name(exposure, margin)} + ")"));
    }
    if (margin.figure.money.fits) {
        add_own_rate(source, exposure, margin, steps);
        steps.push_back(
            step(subject, formula,
                 margin_arithmetic(source, instrument, exposure.symbol, margin) + " = " +
                     source.money().rounded(margin.figure.exact, margin.figure.money.money)));
    } else {
        steps.push_back(step(subject, formula, unknown(doubts_of(source, exposure, margin))));
    }
    add_tier_notional(source, exposure, margin, steps);
}

void add_margin_steps(const FigureSource& source, Steps& steps) {
    const Workings& workings = source.workings;
    if (!workings.initial) {
        add_sheet(source, workings.level, "margin", steps);
        return;
    }
    add_sheet(source, *workings.initial, "initial margin", steps);
    add_sheet(source, workings.level, "maintenance margin", steps);
}

}  // namespace margind
