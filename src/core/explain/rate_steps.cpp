// Lines of an explanation: what was read, and the conversions.
#include <algorithm>
#include <cmath>

#include "core/explain/formula_names.hpp"
#include "core/explain/formula_steps.hpp"
#include "margind/core/base/decimal.hpp"

namespace margind {
namespace {

void add_reading(const std::string& subject, double value, const CurrencyText& money,
                 Steps& steps) {
    const auto read = money_from_real(value, money.digits);
    if (!read || number(value) == number(read->to_double(money.digits))) return;
    steps.push_back(step(subject, formula::rounding, money.rounded(value, *read)));
}

std::string_view formula_of(const RateUsed& rate) {
    const auto has_suffix = [&](const RateStageUsed& stage) {
        return stage.symbol.size() != rate.from.size() + rate.to.size();
    };
    if (std::isnan(rate.bid)) return formula::no_rate;
    if (rate.stages.size() == 2) return formula::rate_two_stages;
    if (has_suffix(rate.stages[0])) return formula::rate_suffix;
    return rate.stages[0].is_inverse ? formula::rate_inverse : formula::rate_direct;
}

/// "1.0999 (EURUSD bid) * 1 / 150.02 (USDJPY ask)": what the client gets, or pays.
std::string stages_text(const RateUsed& rate, bool is_bid) {
    std::string text;
    for (const RateStageUsed& stage : rate.stages) {
        const bool takes_bid = is_bid != stage.is_inverse;
        if (!text.empty()) text += " * ";
        if (stage.is_inverse) text += "1 / ";
        text += number(takes_bid ? stage.bid : stage.ask) + " (" + stage.symbol +
                (takes_bid ? " bid)" : " ask)");
    }
    return text;
}

std::string side_text(const RateUsed& rate, bool is_bid) {
    std::string text = stages_text(rate, is_bid);
    if (rate.stages.size() == 1 && !rate.stages[0].is_inverse) return text;
    return text + " = " + number(is_bid ? rate.bid : rate.ask);
}

/// Stages whose quotes are in doubt; no path at all where there is none.
std::string doubt_text(const RateUsed& rate) {
    if (rate.stages.empty()) return unknown(Cause::no_rate) + ", no path";
    std::string text = unknown(Cause::no_rate);
    for (const RateStageUsed& stage : rate.stages) {
        if (!stage.causes.none()) text += ", " + stage.symbol + " " + names_of(stage.causes);
    }
    return text;
}

std::string mid_text(const RateUsed& rate) {
    std::string text;
    for (const RateStageUsed& stage : rate.stages) {
        const std::string middle = "(" + number(stage.bid) + " + " + number(stage.ask) + ") / 2";
        if (!text.empty()) text += " * ";
        text += stage.is_inverse ? "1 / (" + middle + ")" : middle;
    }
    return "mid " + text + " = " + number(rate.mid);
}

bool is_rate_of(const RateUsed& rate, const std::string& from, const std::string& to) {
    return rate.from == from && rate.to == to;
}

/// The formulas that take the middle of a conversion.
std::vector<std::string_view> users_of_mid(const FigureSource& source, const RateUsed& rate) {
    std::vector<std::string_view> users;
    const RuleSet& rules = source.rules();
    const std::string& own = source.all.currency;
    const auto any = [&](auto&& takes) {
        return std::ranges::any_of(source.account.exposures, [&](const Exposure& exposure) {
            return takes(*exposure.instrument);
        });
    };
    const bool is_of_pnl =
        rules.pnl_conversion == PnlConversion::mid && any([&](const Instrument& instrument) {
            return is_rate_of(rate, instrument.profit_currency, own);
        });
    const bool is_of_margin = (rules.margin_conversion == MarginConversion::mid ||
                               rules.margin_conversion == MarginConversion::by_composition) &&
                              any([&](const Instrument& instrument) {
                                  return is_rate_of(rate, instrument.margin_currency, own);
                              });
    const bool is_of_tiers = any([&](const Instrument& instrument) {
        return !instrument.tiers.empty() && instrument.tier_basis == TierBasis::notional &&
               is_rate_of(rate, instrument.margin_currency, instrument.tier_currency);
    });
    if (is_of_pnl) users.push_back(formula::pnl_sides);
    if (is_of_margin) users.push_back(formula::margin_sides);
    if (is_of_tiers) users.push_back(formula::tiers_notional);
    return users;
}

}  // namespace

Causes FigureSource::price_doubts(const Exposure& exposure) const {
    const Causes causes = quotes.causes(exposure.symbol);
    return causes.none() ? Causes{Cause::no_price} : causes;
}

Causes FigureSource::rate_doubts(RateId rate) const {
    return std::isnan(market.rate(rate).bid) ? Causes{Cause::no_rate} : Causes{};
}

void add_reading_steps(const Explanation& all, double balance,
                       std::span<const PositionRecord> positions, Steps& steps) {
    const CurrencyText money{all.currency, all.digits};
    add_reading("balance", balance, money, steps);
    for (const PositionRecord& position : positions) {
        add_reading("swap " + position.id, position.swap, money, steps);
        add_reading("commission " + position.id, position.commission, money, steps);
    }
}

void add_rate_steps(const FigureSource& source, Steps& steps) {
    for (const RateUsed& rate : source.all.rates) {
        const std::string subject = "rate " + rate.from + "->" + rate.to;
        const std::string_view formula = formula_of(rate);
        const bool is_known = formula != formula::no_rate;
        steps.push_back(
            step(subject, formula,
                 is_known ? "bid " + side_text(rate, true) + "; ask " + side_text(rate, false)
                          : doubt_text(rate)));
        if (!is_known) continue;
        for (const std::string_view user : users_of_mid(source, rate)) {
            steps.push_back(step(subject, user, mid_text(rate)));
        }
    }
}

}  // namespace margind
