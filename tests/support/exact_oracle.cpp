// The account and its P/L. The margin is exact_margin.cpp.
#include "support/exact_oracle.hpp"

#include <algorithm>
#include <cmath>

#include "support/exact_margin.hpp"

namespace margind::test::exact {
namespace {

bool rounds_legs(PnlRounding rounding, const ExactInstrument& instrument) {
    if (rounding == PnlRounding::by_mode) return instrument.is_forex();
    return rounding == PnlRounding::per_leg;
}

/// What a position is worth at a price, in profit currency; negative for a short one.
Ratio value_at(const ExactInstrument& instrument, const ExactOrder& position, const Ratio& price) {
    const std::int64_t raw = position.volume.raw();
    const Ratio lots = lots_of(position.is_short ? -raw : raw);
    const Ratio units = lots * instrument.contract_size;
    if (instrument.mode == CalcMode::perpetual_inverse) return -units / price;
    if (instrument.mode == CalcMode::futures && instrument.tick_size && instrument.tick_value) {
        return price * lots * *instrument.tick_value / *instrument.tick_size;
    }
    return price * units;
}

Ratio closing_price(const RuleSet& rules, const ExactQuote& quote, bool is_short) {
    switch (rules.valuation_price) {
        case ValuationPrice::closing_side: break;
        case ValuationPrice::mid: return exact_mid(quote);
        case ValuationPrice::mark: return quote.mark.value();
        case ValuationPrice::last: return quote.last.value();
    }
    return quote.closing(is_short);
}

Ratio pnl_rate(const RuleSet& rules, const ExactRate& rate, std::size_t quote, const Ratio& price,
               bool is_profit) {
    switch (rules.pnl_conversion) {
        case PnlConversion::worst_side: break;
        case PnlConversion::by_deal:
            if (const auto own = rate.at_own_price(quote, price)) return *own;
            break;
        case PnlConversion::mid: return rate.mid;
        case PnlConversion::ask: return rate.ask;
    }
    return is_profit ? rate.bid : rate.ask;
}

}  // namespace

Ratio exact_mid(const ExactQuote& quote) {
    return quote.mid ? Ratio{*quote.mid} : (Ratio{quote.bid} + Ratio{quote.ask}) / 2;
}

std::int64_t MinorUnits::of(const Ratio& amount) {
    constexpr std::int64_t limit = std::int64_t{1} << 53;
    const Wide minor = amount.rounded(digits_);
    largest_ = std::max(largest_, std::abs(minor.convert_to<double>()));
    fits_ = fits_ && abs(minor) < limit;
    return fits_ ? minor.convert_to<std::int64_t>() : 0;
}

void MinorUnits::weigh(const Ratio& amount) {
    const double minor = amount.nearest() * power_of_ten(digits_).convert_to<double>();
    largest_ = std::max(largest_, std::abs(minor));
}

bool MinorUnits::is_undecided(const Ratio& amount, double largest) const {
    constexpr double arithmetic_error = 0x1p-48;  // twice that of docs/formulas.md §6
    const double about = std::abs(amount.nearest()) * power_of_ten(digits_).convert_to<double>();
    if (std::abs(about - std::floor(about) - 0.5) > 0.01) return false;
    const Ratio whole{amount.rounded(digits_), power_of_ten(digits_)};
    const Ratio rest = (amount - whole).magnitude() * Ratio{power_of_ten(digits_), 1};
    return (Ratio{1} / 2 - rest).nearest() <= largest * arithmetic_error;
}

void MinorUnits::add(const MinorUnits& other) {
    fits_ = fits_ && other.fits_;
    largest_ = std::max(largest_, other.largest_);
}

void ExactOracle::value_pnl(const ExactAccount& account, MinorUnits& money,
                            ExactFigures& out) const {
    const PnlRounding rounding = account.rules.pnl_rounding;
    const std::size_t own = market_.index(account.currency);
    Ratio total;
    for (const ExactOrder& order : account.orders) {
        std::int64_t& pnl = out.pnls.emplace_back(0);
        if (!order.is_position()) continue;
        if (order.given_pnl) {
            pnl = money.of(*order.given_pnl);
            total += money.amount(pnl);
            continue;
        }
        const ExactInstrument& instrument = market_.instruments[order.instrument];
        const Ratio close =
            closing_price(account.rules, market_.quotes[instrument.quote], order.is_short);
        const Ratio closing = value_at(instrument, order, close);
        const Ratio opening = value_at(instrument, order, order.price);
        const std::size_t profit_currency = conversions_.terms(order.instrument).profit;
        MinorUnits profits{market_.currencies[profit_currency].digits};
        profits.weigh(closing);
        profits.weigh(opening);
        Ratio profit = closing - opening;
        int undecided = 0;
        const auto look_at = [&](const Ratio& amount) {
            undecided += profits.is_undecided(amount, profits.largest()) ? 1 : 0;
        };
        if (rounds_legs(rounding, instrument)) {
            profit = profits.amount(profits.of(closing)) - profits.amount(profits.of(opening));
            look_at(closing);
            look_at(opening);
        } else if (rounding != PnlRounding::total) {
            look_at(profit);
            profit = profits.amount(profits.of(profit));
        }
        const ExactRate& rates = *conversions_.rate(profit_currency, own);
        const Ratio rate =
            pnl_rate(account.rules, rates, instrument.quote, close, profit.sign() >= 0);
        const Ratio converted = profit * rate;
        if (undecided > 0) {
            const double one = (profits.amount(1) * rate / money.amount(1)).nearest();
            out.undecided += undecided * static_cast<std::int64_t>(std::ceil(one));
        }
        pnl = money.of(converted);
        total += converted;
        money.add(profits);
    }
    out.pnl = 0;
    for (const std::int64_t pnl : out.pnls) out.pnl += pnl;
    if (rounding == PnlRounding::total) out.pnl = money.of(total);
}

bool ExactOracle::is_convertible(const ExactAccount& account) const {
    const std::size_t own = market_.index(account.currency);
    return std::ranges::all_of(account.orders, [&](const ExactOrder& order) {
        if (!order.is_position() && !account.rules.orders_reserve_margin) return true;
        const ExactTerms& terms = conversions_.terms(order.instrument);
        return conversions_.rate(terms.profit, own) && conversions_.rate(terms.margin, own) &&
               conversions_.rate(terms.margin, terms.tier);
    });
}

ExactFigures ExactOracle::value(const ExactAccount& account) const {
    ExactFigures out;
    out.is_known = is_convertible(account);
    if (!out.is_known) return out;
    MinorUnits money{market_.digits(account.currency)};
    value_pnl(account, money, out);
    for (const ExactOrder& order : account.orders) {
        if (!order.is_position()) continue;
        if (order.swap) out.pnl += money.of(*order.swap);
        if (order.commission) out.pnl -= money.of(*order.commission);
    }
    out.equity = money.of(account.balance) + out.pnl;
    if (account.credit && account.rules.credit_in_equity) out.equity += money.of(*account.credit);
    ExactMargin margin{market_, conversions_, account, money};
    out.margin = margin.of_all(MarginNeed::to_keep, out.symbols);
    out.fits = money.fits();
    out.largest_amount = money.largest();
    return out;
}

std::int64_t ExactOracle::initial_margin(const ExactAccount& account) const {
    MinorUnits money{market_.digits(account.currency)};
    std::vector<ExactSymbol> symbols;
    return ExactMargin{market_, conversions_, account, money}.of_all(MarginNeed::to_open, symbols);
}

}  // namespace margind::test::exact
