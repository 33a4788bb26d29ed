// What a verdict rests on, in words and figures.
#include "core/engine/explainer.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cmath>
#include <utility>

#include "core/explain/formula_steps.hpp"
#include "margind/core/base/decimal.hpp"
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

Explanation Engine::explain(AccountId account, Moment now) const {
    return Explainer{*this, account, now}.explain();
}

Explainer::Explainer(const Engine& engine, AccountId account, Moment now)
    : engine_{engine},
      book_{engine.book_},
      symbols_{engine.symbols_},
      quotes_{engine.quotes_},
      rates_{engine.rates_},
      general_{engine.general_},
      account_{account},
      now_{now},
      row_{book_.row(account)},
      records_{book_.position_records(account)} {}

Explanation Explainer::explain() {
    explain_account();
    explain_prices();
    explain_positions();
    out_.prop = engine_.prop_.explain(account_);
    if (engine_.is_platform()) {
        explain_platform();
    } else {
        explain_standard();
    }
    if (out_.prop) add_prop_steps(out_, out_.steps);
    return std::move(out_);
}

void Explainer::explain_account() {
    const AccountRecord record = book_.record(account_);
    const Valuation valuation = engine_.valuation(account_);
    out_.account = engine_.account_key(account_);
    out_.currency = engine_.currencies_.code(record.currency);
    out_.digits = row_.digits;
    out_.verdict = book_.verdict(account_);
    out_.causes = valuation.causes;
    out_.state = engine_.memories_.of(account_).state;
    out_.balance = row_.balance;
    out_.credit = record.credit;
    out_.cash = row_.cash;
    out_.equity = valuation.equity;
    out_.margin = valuation.margin;
    out_.pnl = valuation.pnl;
    out_.closing_fee = valuation.closing_fee;
    out_.margin_call = row_.margin_call;
    out_.stop_out = row_.stop_out;
    out_.level_unit = rules().level_unit;
    out_.rules_hash = engine_.rules_.of(account_).hash;
}

void Explainer::explain_standard() {
    add_reading_steps(out_, book_.record(account_).balance_real, records_, out_.steps);
    explain_general(general_.known_part(account_, rules()));
    if (!out_.causes.none()) return;
    out_.deficit = engine_.deficit(account_);
    if (out_.deficit) add_deficit_step(out_, row_.balance, *out_.deficit, out_.steps);
    std::vector<Valuation> isolated;
    if (const GeneralAccount* general = general_.find(account_)) {
        isolated = value_isolated(row_, *general, {quotes_, rates_});
    }
    if (engine_.read_levels(account_, engine_.valuation(account_), isolated, nullptr).at_stop_out)
        explain_plan();
}

/// Figures and arithmetic of the rule set `platform`: sums of doubles, of which no position has a
/// part of its own that is rounded.
void Explainer::explain_platform() {
    const PlatformFigures& figures = engine_.platform_figures_[account_.value];
    for (SymbolExplained& symbol : out_.symbols) symbol.is_margin_known = false;
    out_.has_parts = false;
    // These rules know cents only. What does not fit is in the causes, and is not shown.
    const Digits cents{2};
    const auto money = [&](double amount) {
        return money_from_real(amount, cents).value_or(Money{});
    };
    out_.credit = money(out_.credit.to_double(out_.digits));
    out_.balance = out_.cash = money(figures.balance);
    out_.digits = cents;
    out_.equity = money(figures.equity);
    out_.margin = money(figures.used_margin_executed);
    out_.pnl = money(figures.open_pnl);
    add_platform_steps(figures, out_, out_.steps);
}

void Explainer::explain_prices() {
    boost::unordered_flat_set<std::uint32_t> seen_symbols;
    boost::unordered_flat_set<std::uint32_t> seen_rates;
    const auto add_price = [&](SymbolId symbol) {
        if (symbol.is_none() || !seen_symbols.insert(symbol.value).second) return;
        const Quote& quote = quotes_.last_good(symbol);
        out_.prices.push_back({symbols_.name(symbol), quote.bid, quote.ask, quotes_.ts_ms(symbol),
                               quotes_.age_ms(symbol, now_), quotes_.causes(symbol)});
    };
    const auto add_rate = [&](RateId id) {
        if (id.is_none() || !seen_rates.insert(id.value).second) return;
        const RatePath& path = rates_.path(id);
        if (path.from == path.to) return;
        const RatePair& pair = rates_.rates()[id.value];
        RateUsed& rate = out_.rates.emplace_back();
        rate.from = engine_.currencies_.code(path.from);
        rate.to = engine_.currencies_.code(path.to);
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
    for (const PositionRow row : book_.positions(account_)) {
        add_price(row.symbol);
        add_rate(row.pnl_rate);
        add_rate(row.margin_rate);
    }
    const GeneralAccount* general = general_.find(account_);
    if (general == nullptr) return;
    for (const Exposure& exposure : general->exposures) {
        // An order has no P/L to convert.
        if (exposure.kind == OrderKind::position) add_rate(exposure.pnl_rate);
        add_rate(exposure.margin_rate);
        add_rate(exposure.tier_rate);
    }
}

void Explainer::explain_positions() {
    for (const PositionRecord& record : records_) {
        PositionExplained& position = out_.positions.emplace_back();
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
            add_lots(position, out_.symbols);
        }
    }
}

}  // namespace margind
