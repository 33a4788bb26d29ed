#include "core/arithmetic.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "margind/core/valuation.hpp"

namespace margind {
namespace {

std::string number(double value) {
    if (std::isnan(value)) return "unknown";
    std::array<char, 32> text{};
    const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), written.ptr};
}

std::string fixed(double value, int digits) {
    std::array<char, 352> text{};
    const auto written = std::to_chars(text.data(), text.data() + text.size(), value,
                                       std::chars_format::fixed, digits);
    return {text.data(), written.ptr};
}

std::string money(Money amount, const Explanation& all) {
    return fixed(amount.to_double(all.digits), all.digits.value) + " " + all.currency;
}

std::string percent(Level level) { return number(static_cast<double>(level.value) / 100.0) + "%"; }

std::string_view side_name(Side side) {
    switch (side) {
        case Side::buy: return "buy";
        case Side::sell: return "sell";
        case Side::other: return "other";
    }
    return "other";
}

}  // namespace

std::string rate_step(const RateUsed& rate) {
    std::string step = "rate " + rate.from + "->" + rate.to + " = ";
    if (rate.path.empty()) return step + "unknown (no path)";
    return step + rate.path + " = bid " + number(rate.bid) + ", ask " + number(rate.ask);
}

std::string position_step(const PositionExplained& position, const Explanation& all) {
    std::string step = "position " + position.id + ": " + std::string{side_name(position.side)} +
                       " " + number(position.lots) + " " + position.symbol + " from " +
                       number(position.open_price) + " to " + number(position.close_price);
    const auto known = [&](bool is_known, Money amount) {
        return is_known ? money(amount, all) : std::string{"unknown"};
    };
    return step + ": pnl " + known(position.is_pnl_known, position.pnl) + ", margin " +
           known(position.is_margin_known, position.margin);
}

std::string symbol_step(const SymbolExplained& symbol, const Explanation& all) {
    if (!symbol.is_margin_known) return "margin " + symbol.symbol + " = unknown";
    std::string sum;
    for (const PartExplained& part : all.margin_parts) {
        if (part.symbol != symbol.symbol) continue;
        sum += (sum.empty() ? "" : " + ") + part.part + " " + money(part.amount, all);
    }
    if (!sum.empty()) {
        return "margin " + symbol.symbol + " = " + sum + " = " + money(symbol.margin, all);
    }
    return "margin " + symbol.symbol + " = max(long " + money(symbol.long_margin, all) +
           ", short " + money(symbol.short_margin, all) + ") = " + money(symbol.margin, all);
}

std::string equity_step(const Explanation& all, Money carry, bool credit_counts) {
    std::string step = "equity = balance " + money(all.balance, all);
    if (credit_counts) step += " + credit " + money(all.credit, all);
    return step + " + pnl " + money(all.pnl - carry, all) + " + swap - commission " +
           money(carry, all) + " = " + money(all.equity, all);
}

std::string level_step(const Explanation& all, const RuleSet& rules) {
    if (all.margin.minor() <= 0) return "level: nothing is used, no level";
    const auto claim = [&](std::string_view name, Level level) {
        const bool holds = has_reached(all.equity, all.margin, all.digits, level, rules);
        const bool is_money = rules.level_unit == LevelUnit::money;
        return std::string{holds ? "at or below " : "above "} + std::string{name} + " " +
               (is_money ? number(static_cast<double>(level.value) / 100.0) + " " + all.currency
                         : percent(level));
    };
    if (rules.level_unit == LevelUnit::money) {
        return "equity " + money(all.equity, all) + ": " + claim("margin call", all.margin_call) +
               ", " + claim("stop-out", all.stop_out);
    }
    return "level = equity / margin = " + money(all.equity, all) + " / " + money(all.margin, all) +
           " = " + fixed(level_percent(all.equity, all.margin), 4) +
           "%: " + claim("margin call", all.margin_call) + ", " + claim("stop-out", all.stop_out);
}

std::vector<std::string> platform_steps(const PlatformFigures& figures, const Explanation& all) {
    std::vector<std::string> steps;
    steps.push_back("equity = balance " + fixed(figures.balance, 2) + " + open pnl " +
                    fixed(figures.open_pnl, 2) + " = " + fixed(figures.equity, 2));
    if (figures.used_margin_executed == 0.0) {
        steps.emplace_back("level: nothing is used, no level");
        return steps;
    }
    const double level = round_cents(figures.level);
    const double stop_out = static_cast<double>(all.stop_out.value) / 100.0;
    const double margin_call = static_cast<double>(all.margin_call.value) / 100.0;
    steps.push_back("level = equity / used margin = " + fixed(figures.equity, 2) + " / " +
                    fixed(figures.used_margin_executed, 2) + " = " + fixed(level, 2) +
                    "%: " + (level <= margin_call ? "at or below" : "above") + " margin call " +
                    percent(all.margin_call) + ", " + (level < stop_out ? "below" : "not below") +
                    " stop-out " + percent(all.stop_out));
    return steps;
}

std::string unknown_step(Causes causes) {
    std::string step = "unknown:";
    for (const auto& [cause, name] : cause_names) {
        if (causes.has(cause)) step += " " + std::string{name};
    }
    return step;
}

void add_to_symbol(const PositionExplained& position, std::vector<SymbolExplained>& symbols) {
    auto found = std::ranges::find(symbols, position.symbol, &SymbolExplained::symbol);
    if (found == symbols.end()) {
        symbols.push_back({.symbol = position.symbol});
        found = symbols.end() - 1;
    }
    const bool is_short = position.side == Side::sell;
    (is_short ? found->short_lots : found->long_lots) += position.lots;
    Money& margin = is_short ? found->short_margin : found->long_margin;
    std::int64_t sum = 0;
    const bool fits = !__builtin_add_overflow(margin.minor(), position.margin.minor(), &sum);
    if (fits) margin = Money::from_minor(sum);
    found->is_margin_known &= fits && position.is_margin_known;
}

}  // namespace margind
