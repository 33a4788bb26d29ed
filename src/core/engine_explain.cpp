// What a verdict rests on, in words and figures. Off the hot path.
#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cmath>

#include "core/arithmetic.hpp"
#include "margind/core/decimal.hpp"
#include "margind/core/engine.hpp"

namespace margind {
namespace {

std::string path_text(const RatePath& path, const Symbols& symbols) {
    std::string text;
    for (std::uint8_t i = 0; i < path.step_count; ++i) {
        if (i > 0) text += " * ";
        if (path.steps[i].is_inverse) text += "1/";
        text += symbols.name(path.steps[i].symbol);
    }
    return text;
}

}  // namespace

Snapshot Engine::snapshot(AccountId account, Moment now) const {
    const std::uint32_t id = account.value;
    Snapshot out;
    out.id = account;
    out.type = book_.row(account).type;
    out.account = account_name(account);
    out.verdict = verdicts_[id];
    out.causes = valuations_[id].causes;
    out.state = memories_[id].state;
    // Before the first image there is nothing that could be shown, a zero least of all.
    if (is_platform() && book_.record(account).has_image) {
        out.figures = platform_figures_[id];
    } else {
        out.figures =
            StandardFigures{valuations_[id].balance, valuations_[id], valuations_[id].digits};
    }
    out.ts_ms = valued_ms_[id];
    out.price_age_ms = -1;
    for (const PositionRow row : book_.positions(account)) {
        if (row.symbol.is_none()) continue;
        out.price_age_ms = std::max(out.price_age_ms, quotes_.age_ms(row.symbol, now));
    }
    out.data_epoch = data_epoch_;
    out.fingerprint = fingerprint(account);
    return out;
}

Explanation Engine::explain(AccountId account, Moment now) const {
    const AccountRecord& record = book_.record(account);
    const AccountRow& row = book_.row(account);
    const Valuation& valuation = valuations_[account.value];
    Explanation out;
    out.account = record.key;
    out.currency = currencies_.code(record.currency);
    out.digits = row.digits;
    out.verdict = verdicts_[account.value];
    out.causes = valuation.causes;
    out.state = memories_[account.value].state;
    out.balance = row.balance;
    out.credit = record.credit;
    out.cash = row.cash;
    out.equity = valuation.equity;
    out.margin = valuation.margin;
    out.pnl = valuation.pnl;
    out.margin_call = row.margin_call;
    out.stop_out = row.stop_out;
    out.level_unit = rules_of(account).level_unit;
    out.rules_hash = rule_book_.entry(rules_[account.value]).hash;
    explain_market(account, now, out);
    explain_positions(account, out);
    if (const GeneralAccount* general = general_.find(account)) {
        explain_general(account, *general, out);
    }
    if (is_platform()) return explain_platform(account, std::move(out));
    explain_steps(account, out);
    if (valuation.causes.none()) out.deficit = deficit(account);
    if (valuation.causes.none() && read_levels(account).at_stop_out) {
        explain_plan(account, out);
    }
    return out;
}

/// Figures and arithmetic of the rule set `platform`: sums of doubles, of which no position has a
/// part of its own that is rounded.
Explanation Engine::explain_platform(AccountId account, Explanation out) const {
    const PlatformFigures& figures = platform_figures_[account.value];
    for (PositionExplained& position : out.positions) {
        position.is_pnl_known = position.is_margin_known = false;
    }
    for (SymbolExplained& symbol : out.symbols) symbol.is_margin_known = false;
    out.has_parts = false;
    // These rules know cents only. What does not fit is in the causes, and is not shown.
    const Digits cents{2};
    const auto money = [&](double amount) {
        return money_from_real(amount, cents).value_or(Money{});
    };
    out.credit = money(out.credit.to_double(out.digits));
    out.balance = out.cash = money(figures.balance);
    out.digits = cents;
    out.equity = money(figures.equity);
    out.margin = money(figures.used_margin_executed);
    out.pnl = money(figures.open_pnl);
    if (out.causes.none()) {
        out.steps = platform_steps(figures, out);
    } else {
        out.steps.push_back(unknown_step(out.causes));
    }
    return out;
}

void Engine::explain_market(AccountId account, Moment now, Explanation& out) const {
    boost::unordered_flat_set<std::uint32_t> seen_symbols;
    boost::unordered_flat_set<std::uint32_t> seen_rates;
    const auto add_price = [&](SymbolId symbol) {
        if (symbol.is_none() || !seen_symbols.insert(symbol.value).second) return;
        const Quote& quote = quotes_.last_good(symbol);
        out.prices.push_back({symbols_.name(symbol), quote.bid, quote.ask, quotes_.ts_ms(symbol),
                              quotes_.age_ms(symbol, now), quotes_.causes(symbol)});
    };
    for (const PositionRow row : book_.positions(account)) {
        add_price(row.symbol);
        for (const RateId rate : {row.pnl_rate, row.margin_rate}) {
            if (rate.is_none() || !seen_rates.insert(rate.value).second) continue;
            const RatePath& path = rates_.path(rate);
            if (path.from == path.to) continue;
            const RatePair& pair = rates_.rates()[rate.value];
            out.rates.push_back({currencies_.code(path.from), currencies_.code(path.to),
                                 path_text(path, symbols_), pair.bid, pair.ask});
            for (std::uint8_t i = 0; i < path.step_count; ++i) add_price(path.steps[i].symbol);
        }
    }
}

void Engine::explain_positions(AccountId account, Explanation& out) const {
    const auto rows = book_.positions(account);
    const auto records = book_.position_records(account);
    // A net margin is only worked out where nothing is wrong with any position.
    const bool has_margins = book_.row(account).causes.none() ||
                             book_.record(account).margin_mode == MarginMode::hedging;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const PositionRow row = rows[i];
        PositionExplained position{.id = records[i].id, .side = records[i].side};
        position.lots = std::max(0.0, records[i].volume.lots());
        position.open_price = records[i].open_price;
        if (!row.symbol.is_none()) {
            position.symbol = symbols_.name(row.symbol);
            position.close_price = quotes_.usable()[row.symbol.value].closing(row.is_short);
        }
        if (!row.pnl_rate.is_none()) {
            const Rounded pnl = position_pnl(row, market(), out.digits);
            const Rounded margin = position_margin(row, market(), out.digits);
            position.is_pnl_known = pnl.fits;
            position.is_margin_known = margin.fits && has_margins;
            position.pnl = pnl.money;
            position.margin = margin.money;
        }
        add_to_symbol(position, out.symbols);
        out.positions.push_back(std::move(position));
    }
    for (SymbolExplained& symbol : out.symbols) {
        symbol.margin = std::max(symbol.long_margin, symbol.short_margin);
    }
}

void Engine::explain_steps(AccountId account, Explanation& out) const {
    const AccountRow& row = book_.row(account);
    for (const RateUsed& rate : out.rates) out.steps.push_back(rate_step(rate));
    for (const PositionExplained& position : out.positions) {
        out.steps.push_back(position_step(position, out));
    }
    for (const SymbolExplained& symbol : out.symbols) out.steps.push_back(symbol_step(symbol, out));
    if (!out.causes.none()) {
        out.steps.push_back(unknown_step(out.causes));
        return;
    }
    out.steps.push_back(equity_step(out, row.carry, rules_of(account).credit_in_equity));
    out.steps.push_back(level_step(out, rules_of(account)));
}

}  // namespace margind
