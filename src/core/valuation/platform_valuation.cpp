#include "margind/core/valuation/platform_valuation.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "margind/core/base/assert.hpp"

namespace margind {
namespace {

/// A missing number counts as 0 in this rule set.
double or_zero(double value) { return std::isnan(value) ? 0.0 : value; }

bool has_ask(const QuoteBoard& quotes, SymbolId symbol) {
    return !symbol.is_none() && !std::isnan(quotes.raw(symbol).ask);
}

/// How amounts in one profit currency become USD: multiply or divide by an ask.
struct ToUsd {
    double ask = 1.0;
    bool divides = false;
    bool is_known = false;

    [[nodiscard]] double apply(double amount) const {
        if (!is_known) return amount;
        return divides ? amount / ask : amount * ask;
    }
};

bool holds(std::span<const PositionRecord> positions, SymbolId symbol) {
    return std::ranges::any_of(positions,
                               [&](const PositionRecord& row) { return row.symbol == symbol; });
}

/// Own symbols direct, own inverse, stored direct, stored inverse; a pair without an ask is passed
/// over.
ToUsd to_usd(const PlatformInstrument& instrument, std::span<const PositionRecord> positions,
             const QuoteBoard& quotes) {
    if (instrument.is_usd) return {1.0, false, true};
    const bool direct = has_ask(quotes, instrument.direct);
    const bool inverse = has_ask(quotes, instrument.inverse);
    const bool own_direct = direct && holds(positions, instrument.direct);
    const bool own_inverse = inverse && holds(positions, instrument.inverse);
    if (own_direct || (direct && !own_inverse)) {
        return {quotes.raw(instrument.direct).ask, false, true};
    }
    if (inverse) return {quotes.raw(instrument.inverse).ask, true, true};
    return {};
}

const InstrumentSpec* effective(const PlatformInstrument& instrument) {
    return instrument.own != nullptr ? instrument.own : instrument.fallback;
}

bool has_contract_size(const InstrumentSpec* spec) {
    return spec != nullptr && spec->contract_size && !std::isnan(*spec->contract_size);
}

bool has_profit_currency(const InstrumentSpec* spec) {
    return spec != nullptr && !(spec->profit.empty() && spec->profit_currency.empty());
}

double native_pnl(const PositionRecord& order, const Quote& quote, double contract_size) {
    const double open = or_zero(order.open_price);
    const double quantity = or_zero(order.quantity);
    double pnl = 0.0;
    if (order.side == Side::buy) pnl = (or_zero(quote.bid) - open) * quantity * contract_size;
    if (order.side == Side::sell) pnl = (open - or_zero(quote.ask)) * quantity * contract_size;
    return pnl + or_zero(order.swap) - or_zero(order.commission);
}

/// The market's state of one order: its place in the sums, and the reason where it has none.
struct OrderOutcome {
    double pnl_usd = 0.0;
    std::uint8_t degraded = 0;
    bool is_skipped = false;
    bool is_fatal = false;
};

std::uint8_t bit(Degraded reason) { return static_cast<std::uint8_t>(reason); }

OrderOutcome skipped(std::uint8_t reason = 0) {
    return {.degraded = static_cast<std::uint8_t>(reason | bit(Degraded::orders_skipped)),
            .is_skipped = true};
}

OrderOutcome value_order(const PositionRecord& order, const PlatformInstrument& instrument,
                         const ToUsd& rate, const QuoteBoard& quotes, double leverage) {
    if (order.is_dangling || order.symbol.is_none()) return skipped();
    const Quote& quote = quotes.raw(order.symbol);
    if (std::isnan(quote.bid) && std::isnan(quote.ask)) {
        return skipped(bit(Degraded::missing_prices));
    }
    const InstrumentSpec* spec = effective(instrument);
    if (!has_contract_size(spec)) {
        const bool has_margin = order.margin > 0.0;
        if (!has_margin && leverage <= 0.0) return {.is_fatal = true};
        return skipped(bit(Degraded::missing_group_data));
    }
    if (!has_profit_currency(spec)) return skipped();
    if (!rate.is_known) return skipped(bit(Degraded::missing_conversion));
    return {.pnl_usd = rate.apply(native_pnl(order, quote, *spec->contract_size))};
}

double crypto_factor(const InstrumentSpec& spec) {
    if (spec.crypto_margin_factor) return *spec.crypto_margin_factor;
    return spec.margin.value_or(1.0);
}

/// Margin of one order in USD, by the group's own instrument only.
double order_margin(const PositionRecord& order, const PlatformInstrument& instrument,
                    const ToUsd& rate, const QuoteBoard& quotes, double leverage) {
    const InstrumentSpec* spec = instrument.own;
    if (!has_contract_size(spec) || order.symbol.is_none()) return 0.0;
    const bool is_crypto = spec->type == 4;
    double price = or_zero(quotes.raw(order.symbol).ask);
    if (is_crypto && or_zero(order.open_price) > 0.0) price = order.open_price;
    const double divisor = leverage > 0.0 ? leverage : 1.0;
    double margin = *spec->contract_size * or_zero(order.quantity) * price / divisor;
    if (is_crypto) margin *= crypto_factor(*spec);
    return rate.apply(margin);
}

/// Per symbol: the largest margin per lot × the larger of bought and sold lots.
struct SymbolMargin {
    double margin_per_lot = 0.0;
    double bought = 0.0;
    double sold = 0.0;

    void add(const PositionRecord& order, double margin) {
        const double quantity = or_zero(order.quantity);
        if (quantity == 0.0) return;
        margin_per_lot = std::max(margin_per_lot, margin / quantity);
        if (order.side == Side::buy) bought += quantity;
        if (order.side == Side::sell) sold += quantity;
    }
    [[nodiscard]] double total() const { return margin_per_lot * std::max(bought, sold); }
};

double leverage_of(const AccountRecord& account) { return or_zero(account.leverage); }

double recompute_margin(const AccountRecord& account, std::span<const PositionRecord> positions,
                        std::span<const PlatformInstrument> instruments, const QuoteBoard& quotes) {
    double total = 0.0;
    for (std::size_t i = 0; i < positions.size();) {
        const SymbolId symbol = positions[i].symbol;
        SymbolMargin margin;
        for (; i < positions.size() && positions[i].symbol == symbol; ++i) {
            if (symbol.is_none()) continue;
            const ToUsd rate = to_usd(instruments[i], positions, quotes);
            margin.add(positions[i], order_margin(positions[i], instruments[i], rate, quotes,
                                                  leverage_of(account)));
        }
        total += margin.total();
    }
    return total;
}

/// The stored figure stands while it is young; without open orders it stands in any case.
void use_margin(PlatformFigures& figures, const AccountRecord& account,
                std::span<const PositionRecord> positions,
                std::span<const PlatformInstrument> instruments, const QuoteBoard& quotes,
                const RuleSet& rules, std::int64_t now_ms) {
    const StoredMargin& stored = account.stored;
    const double executed = or_zero(stored.executed.value_or(0.0));
    const double all = or_zero(stored.all.value_or(0.0));
    const bool has_orders = !positions.empty();
    const bool is_old = now_ms - stored.ts_ms.value_or(0) > rules.stored_margin_max_age_ms;
    const bool is_nothing = executed <= 0.0 && all <= 0.0;
    if (has_orders && (!stored.executed || is_nothing || is_old)) {
        figures.used_margin_executed = recompute_margin(account, positions, instruments, quotes);
        figures.used_margin_all = figures.used_margin_executed;
        return;
    }
    figures.used_margin_executed = executed;
    figures.used_margin_all = all;
}

}  // namespace

double round_cents(double value) {
    if (!std::isfinite(value)) return value;
    std::array<char, 400> text{};  // 1e308 has 309 digits before the point
    const auto written =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, 2);
    double rounded = value;
    std::from_chars(text.data(), written.ptr, rounded);
    return rounded;
}

Causes doubts_of(const PlatformFigures& figures) {
    switch (figures.error) {
        case PlatformError::none: break;
        case PlatformError::missing_balance: return Cause::no_balance;
        case PlatformError::missing_contract_size: return Cause::no_instrument;
    }
    const auto has = [&](Degraded reason) { return (figures.degraded & bit(reason)) != 0; };
    Causes causes;
    if (has(Degraded::missing_group_data)) causes |= Cause::no_instrument;
    if (has(Degraded::missing_prices)) causes |= Cause::no_price;
    if (has(Degraded::missing_conversion)) causes |= Cause::no_rate;
    if (has(Degraded::orders_skipped) && causes.none()) causes |= Cause::bad_order;
    for (const double amount : {figures.equity, figures.used_margin_executed, figures.open_pnl}) {
        if (!(std::abs(amount) * 100.0 < minor_limit)) causes |= Cause::overflow;
    }
    if (!std::isfinite(figures.level)) causes |= Cause::overflow;
    return causes;
}

PlatformFigures value_platform_account(const AccountRecord& account,
                                       std::span<const PositionRecord> positions,
                                       std::span<const PlatformInstrument> instruments,
                                       const QuoteBoard& quotes, const RuleSet& rules,
                                       std::int64_t now_ms) {
    MARGIND_ASSERT(positions.size() == instruments.size());
    PlatformFigures figures;
    if (std::isnan(account.balance_real)) {
        figures.error = PlatformError::missing_balance;
        return figures;
    }
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const ToUsd rate = to_usd(instruments[i], positions, quotes);
        const OrderOutcome order =
            value_order(positions[i], instruments[i], rate, quotes, leverage_of(account));
        if (order.is_fatal) {
            figures.error = PlatformError::missing_contract_size;
            return figures;
        }
        figures.degraded |= order.degraded;
        figures.orders_skipped += order.is_skipped ? 1 : 0;
        figures.open_pnl += order.pnl_usd;
    }
    use_margin(figures, account, positions, instruments, quotes, rules, now_ms);
    figures.balance = account.balance_real;
    figures.equity = account.balance_real + figures.open_pnl;
    if (figures.used_margin_executed != 0.0) {
        figures.level = figures.equity / figures.used_margin_executed * 100.0;
    }
    return figures;
}

}  // namespace margind
