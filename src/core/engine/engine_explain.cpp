// What a verdict rests on, in words and figures. Off the hot path.
#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cmath>

#include "core/explain/formula_steps.hpp"
#include "margind/core/base/decimal.hpp"
#include "margind/core/engine/engine.hpp"
#include "margind/core/valuation/isolated.hpp"

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

/// Adds a position's lots to its symbol's entry.
void add_lots(const PositionExplained& position, std::vector<SymbolExplained>& symbols) {
    auto found = std::ranges::find(symbols, position.symbol, &SymbolExplained::symbol);
    if (found == symbols.end()) {
        symbols.push_back({.symbol = position.symbol, .is_margin_known = false});
        found = symbols.end() - 1;
    }
    (position.side == Side::sell ? found->short_lots : found->long_lots) += position.lots;
}

}  // namespace

Snapshot Engine::snapshot(AccountId account, Moment now) const {
    const Valuation valuation = this->valuation(account);
    Snapshot out;
    out.id = account;
    out.type = book_.type(account);
    out.account = account_name(account);
    out.verdict = book_.verdict(account);
    out.causes = valuation.causes;
    out.state = memories_.of(account).state;
    // Before the first image there is nothing that could be shown, a zero least of all.
    if (is_platform() && book_.has_image(account)) {
        out.figures = platform_figures_[account.value];
    } else {
        out.figures = StandardFigures{valuation.balance, valuation, valuation.digits};
    }
    out.ts_ms = book_.line(account).valued_ms;
    out.price_age_ms = -1;
    for (const PositionRow row : book_.positions(account)) {
        if (row.symbol.is_none()) continue;
        out.price_age_ms = std::max(out.price_age_ms, quotes_.age_ms(row.symbol, now));
    }
    out.prop = prop_.memory(account);
    out.data_epoch = data_epoch_;
    out.fingerprint = fingerprint(account);
    return out;
}

Explanation Engine::explain(AccountId account, Moment now) const {
    const AccountRecord record = book_.record(account);
    const AccountRow row = book_.row(account);
    const Valuation valuation = this->valuation(account);
    Explanation out;
    out.account = account_key(account);
    out.currency = currencies_.code(record.currency);
    out.digits = row.digits;
    out.verdict = book_.verdict(account);
    out.causes = valuation.causes;
    out.state = memories_.of(account).state;
    out.balance = row.balance;
    out.credit = record.credit;
    out.cash = row.cash;
    out.equity = valuation.equity;
    out.margin = valuation.margin;
    out.pnl = valuation.pnl;
    out.closing_fee = valuation.closing_fee;
    out.margin_call = row.margin_call;
    out.stop_out = row.stop_out;
    out.level_unit = rules_of(account).level_unit;
    out.rules_hash = rules_.of(account).hash;
    explain_market(account, now, out);
    explain_positions(account, out);
    out.prop = prop_.explain(account);
    if (is_platform()) {
        out = explain_platform(account, std::move(out));
    } else {
        add_reading_steps(out, record.balance_real, book_.position_records(account), out.steps);
        explain_general(account, general_.known_part(account, rules_of(account)), out);
        if (valuation.causes.none()) out.deficit = deficit(account);
        if (out.deficit) add_deficit_step(out, row.balance, *out.deficit, out.steps);
        std::vector<Valuation> isolated;
        if (const GeneralAccount* general = general_.find(account)) {
            isolated = value_isolated(row, *general, {quotes_, rates_});
        }
        if (valuation.causes.none() && read_levels(account, isolated, nullptr).at_stop_out) {
            explain_plan(account, out);
        }
    }
    if (out.prop) add_prop_steps(out, out.steps);
    return out;
}

/// Figures and arithmetic of the rule set `platform`: sums of doubles, of which no position has a
/// part of its own that is rounded.
Explanation Engine::explain_platform(AccountId account, Explanation out) const {
    const PlatformFigures& figures = platform_figures_[account.value];
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
    add_platform_steps(figures, out, out.steps);
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
    const auto add_rate = [&](RateId id) {
        if (id.is_none() || !seen_rates.insert(id.value).second) return;
        const RatePath& path = rates_.path(id);
        if (path.from == path.to) return;
        const RatePair& pair = rates_.rates()[id.value];
        RateUsed& rate = out.rates.emplace_back();
        rate.from = currencies_.code(path.from);
        rate.to = currencies_.code(path.to);
        rate.path = path_text(path, symbols_);
        rate.bid = pair.bid;
        rate.ask = pair.ask;
        rate.mid = rates_.mid(id);
        for (std::uint8_t i = 0; i < path.step_count; ++i) {
            const SymbolId symbol = path.steps[i].symbol;
            const Quote& quote = quotes_.usable()[symbol.value];
            rate.stages.push_back({symbols_.name(symbol), path.steps[i].is_inverse, quote.bid,
                                   quote.ask, quotes_.causes(symbol)});
            add_price(symbol);
        }
    };
    for (const PositionRow row : book_.positions(account)) {
        add_price(row.symbol);
        add_rate(row.pnl_rate);
        add_rate(row.margin_rate);
    }
    const GeneralAccount* general = general_.find(account);
    if (general == nullptr) return;
    for (const Exposure& exposure : general->exposures) {
        // An order has no P/L to convert.
        if (exposure.kind == OrderKind::position) add_rate(exposure.pnl_rate);
        add_rate(exposure.margin_rate);
        add_rate(exposure.tier_rate);
    }
}

void Engine::explain_positions(AccountId account, Explanation& out) const {
    for (const PositionRecord& record : book_.position_records(account)) {
        PositionExplained& position = out.positions.emplace_back();
        position.id = record.id;
        position.side = record.side;
        position.lots = std::max(0.0, record.volume.lots());
        position.open_price = record.open_price;
        if (!record.symbol.is_none()) {
            const bool is_short = record.side == Side::sell;
            position.symbol = symbols_.name(record.symbol);
            position.close_price = quotes_.usable()[record.symbol.value].closing(is_short);
        }
        if (record.is_isolated) {
            position.isolated =
                IsolatedExplained{.put_in = record.isolated_margin.value_or(Money{})};
        } else {
            add_lots(position, out.symbols);
        }
    }
}

}  // namespace margind
