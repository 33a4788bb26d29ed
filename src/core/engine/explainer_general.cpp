// What the general valuation makes of one account: figures, their arithmetic, the plan of closes.
#include <algorithm>
#include <cmath>

#include "core/engine/explainer.hpp"
#include "core/explain/formula_steps.hpp"
#include "margind/core/book/position_rows.hpp"
#include "margind/core/valuation/general_account.hpp"
#include "margind/core/valuation/isolated.hpp"

namespace margind {
namespace {

constexpr std::size_t not_valued = static_cast<std::size_t>(-1);

/// Where each position stands among exposures that are in the same order, some missing.
std::vector<std::size_t> places_of(std::span<const PositionRecord> positions,
                                   std::span<const Exposure> exposures) {
    std::vector<std::size_t> places;
    std::size_t next = 0;
    for (const PositionRecord& position : positions) {
        while (next < exposures.size() && exposures[next].kind != OrderKind::position) ++next;
        const bool is_next = next < exposures.size() && exposures[next].symbol == position.symbol &&
                             exposures[next].id == position.id;
        places.push_back(is_next ? next++ : not_valued);
    }
    return places;
}

/// Why a position cannot be valued, whatever the market.
Cause cause_of(const PositionRecord& position, const Instruments::Entry* entry,
               const OrderPrices& prices) {
    if (position.is_dangling) return Cause::image_missing;
    if (position.symbol.is_none() || !is_usable(position)) return Cause::bad_order;
    if (entry == nullptr || !entry->instrument) return Cause::no_instrument;
    if (!prices.admits(position.open_price, position.symbol, *entry->instrument)) {
        return Cause::bad_order;
    }
    return position.is_isolated ? Cause::bad_order : Cause::no_leverage;
}

void fill(PositionExplained& explained, const ExposureFigures& figures, const PnlWorkings& pnl,
          bool has_margin) {
    explained.is_pnl_known = figures.pnl.has_value();
    explained.is_margin_known = has_margin && figures.margin.has_value();
    explained.pnl = figures.pnl.value_or(Money{});
    explained.margin = figures.margin.value_or(Money{});
    if (!std::isnan(pnl.close)) explained.close_price = pnl.close;
}

/// True where a symbol's margin is that of its positions alone: it is known although something else
/// of the account is missing.
bool stands_alone(const std::string& symbol, const FigureSource& source) {
    const auto is_torn = [&](const PositionExplained& position) {
        return position.symbol == symbol && !position.causes.none();
    };
    const auto has_tiers = [&](const Exposure& exposure) {
        return source.name(exposure.symbol) == symbol && !exposure.instrument->tiers.empty() &&
               !exposure.instrument->is_perpetual();
    };
    return source.account.margin_mode == MarginMode::hedging &&
           std::ranges::none_of(source.all.positions, is_torn) &&
           std::ranges::none_of(source.account.exposures, has_tiers) &&
           std::ranges::find(source.pending, symbol, &OrderImage::symbol) == source.pending.end();
}

/// The symbol's entry, in order; a new one has no margin that is known.
SymbolExplained& entry_of(const std::string& name, std::vector<SymbolExplained>& symbols) {
    auto found = std::ranges::find(symbols, name, &SymbolExplained::symbol);
    if (found == symbols.end()) {
        found = std::ranges::upper_bound(symbols, name, {}, &SymbolExplained::symbol);
        found = symbols.insert(found, {.symbol = name, .is_margin_known = false});
    }
    return *found;
}

/// The symbols in order, with their margins where they are known.
void fill_symbols(const FigureSource& source, std::vector<SymbolExplained>& symbols) {
    for (const SymbolFigures& figures : source.figures.symbols) {
        const std::string& name = source.name(figures.symbol);
        SymbolExplained& entry = entry_of(name, symbols);
        const bool is_whole = source.row.causes.none() || stands_alone(name, source);
        entry.long_lots = figures.long_volume.lots();
        entry.short_lots = figures.short_volume.lots();
        entry.long_margin = figures.long_margin;
        entry.short_margin = figures.short_margin;
        entry.margin = figures.margin.value_or(Money{});
        entry.is_margin_known = is_whole && figures.margin.has_value();
    }
    // Of orders that cannot be valued.
    for (const OrderImage& order : source.pending) entry_of(order.symbol, symbols);
}

}  // namespace

/// Figures, and the arithmetic that leads to them, of what of the account can be valued.
void Explainer::explain_general(const GeneralAccount& account) {
    const GeneralMarket market{quotes_, rates_};
    Workings workings;
    const GeneralFigures figures = value_general(row_, account, market, &workings);
    // A net margin is only worked out where nothing is wrong with any position.
    const bool has_margins = row_.causes.none() || account.margin_mode == MarginMode::hedging;
    const std::vector<std::size_t> places = places_of(records_, account.exposures);
    const std::vector<std::size_t> isolated = places_of(records_, account.isolated);
    for (std::size_t i = 0; i < records_.size(); ++i) {
        const std::size_t place = places[i];
        if (place != not_valued) {
            fill(out_.positions[i], figures.exposures[place], workings.pnl[place], has_margins);
            continue;
        }
        if (isolated[i] != not_valued) continue;
        const SymbolId symbol = records_[i].symbol;
        const auto* entry = symbol.is_none() ? nullptr
                                             : engine_.instruments_.effective(
                                                   book_.profile(account_).group, symbol);
        const bool is_gone = engine_.is_gone(account_);
        out_.positions[i].causes =
            is_gone ? Cause::image_missing : cause_of(records_[i], entry, engine_.order_prices_);
    }
    FigureSource source{
        {out_, row_, account, symbols_}, figures, workings, market, quotes_, records_, {}};
    if (account.rules->orders_reserve_margin) source.pending = general_.pending(account_);
    fill_symbols(source, out_.symbols);
    out_.pnl_exact = figures.pnl_exact;
    if (general_.find(account_) != nullptr) {
        for (const MarginPart& part : figures.parts) {
            out_.margin_parts.push_back({symbols_.name(part.symbol), part.part, part.amount});
        }
        const bool has_tiers = std::ranges::any_of(account.exposures, [](const Exposure& exposure) {
            return !exposure.instrument->tiers.empty() && !exposure.instrument->is_perpetual();
        });
        const Rounded& before_tiers = figures.before_tiers.money;
        if (has_tiers && before_tiers.fits && row_.causes.none()) {
            out_.margin_before_tiers = before_tiers.money;
        }
        out_.margin_initial = figures.margin_initial;
        out_.margin_maintenance = figures.margin_maintenance;
    }
    add_rate_steps(source, out_.steps);
    add_pnl_steps(source, out_.steps);
    add_margin_steps(source, out_.steps);
    explain_isolated(account);
    add_account_steps(source, out_.steps);
}

/// Each isolated position as the account that it is by itself.
void Explainer::explain_isolated(const GeneralAccount& account) {
    const GeneralMarket market{quotes_, rates_};
    const std::vector<std::size_t> places = places_of(records_, account.isolated);
    for (std::size_t i = 0; i < records_.size(); ++i) {
        if (places[i] == not_valued) continue;
        const Exposure& exposure = account.isolated[places[i]];
        const IsolatedAccount alone = isolated_account(row_, account, exposure);
        Workings workings;
        const GeneralFigures figures = value_general(alone.row, alone.account, market, &workings);
        PositionExplained& position = out_.positions[i];
        fill(position, figures.exposures[0], workings.pnl[0], true);
        const bool is_known = figures.totals.causes.none();
        position.isolated = IsolatedExplained{
            .put_in = exposure.isolated_margin,
            .is_known = is_known,
            .equity = figures.totals.equity,
            .margin = figures.totals.margin,
            .closing_fee = figures.totals.closing_fee,
            .is_at_stop_out =
                is_known &&
                margind::read_levels(alone.row, figures.totals, *account.rules).at_stop_out};
        Explanation apart;
        apart.currency = out_.currency;
        apart.digits = out_.digits;
        apart.rates = out_.rates;
        apart.positions = {position};
        apart.positions[0].isolated.reset();
        const FigureSource source{
            {apart, alone.row, alone.account, symbols_}, figures, workings, market, quotes_,
            std::span{records_}.subspan(i, 1),           {},      true};
        fill_symbols(source, apart.symbols);
        Steps steps;
        add_pnl_steps(source, steps);
        add_margin_steps(source, steps);
        add_account_steps(source, steps);
        for (const std::string& line : steps) {
            out_.steps.push_back("isolated " + exposure.id + " " + line);
        }
    }
}

/// First what is isolated and at its stop-out_, then what is crossed, with what that releases.
void Explainer::explain_plan() {
    const auto general = general_.view(account_, rules());
    if (!general) return;
    const GeneralMarket market{quotes_, rates_};
    AccountRow row = crossed_row(row_, *general);
    for (const Exposure& position : general->isolated) {
        const IsolatedAccount alone = isolated_account(row, *general, position);
        const Valuation value = value_general(alone.row, alone.account, market).totals;
        if (!margind::read_levels(alone.row, value, *general->rules).at_stop_out) continue;
        const ClosePlan plan = plan_closes(alone.row, alone.account, market);
        const std::size_t first = out_.plan.size();
        add_plan({out_, alone.row, alone.account, symbols_}, plan);
        for (std::size_t i = first; i < out_.plan.size(); ++i) {
            // It loses what has been put in for it, and no more.
            Money& balance = out_.plan[i].balance_after;
            balance = row.balance - position.isolated_margin + std::max(Money{}, balance);
        }
        if (!plan.is_flat_after || plan.closes.empty()) continue;
        row.cash =
            row.cash + (out_.plan.back().balance_after - row.balance) + position.isolated_margin;
        row.balance = out_.plan.back().balance_after;
    }
    const Valuation crossed = value_general(row, *general, market).totals;
    if (!margind::read_levels(row, crossed, *general->rules).at_stop_out) return;
    const ClosePlan plan = plan_closes(row, *general, market);
    add_plan({out_, row, *general, symbols_}, plan);
    const bool is_flat = plan.is_flat_after && general->isolated.empty();
    if (!is_flat || plan.closes.empty() || !general->rules->negative_balance_protection) return;
    const Money left = out_.plan.back().balance_after + book_.credit(account_);
    if (left >= Money{}) return;
    out_.deficit = Money{} - left;
    add_deficit_step(out_, out_.plan.back().balance_after, *out_.deficit, out_.steps);
}

void Explainer::add_plan(const StepSource& source, const ClosePlan& plan) {
    for (const PlannedClose& close : plan.closes) {
        const Exposure& exposure = source.account.exposures[close.exposure];
        CloseStep& step = out_.plan.emplace_back();
        step.position = exposure.id;
        step.symbol = source.name(exposure.symbol);
        step.lots = close.volume.lots();
        step.equity_after = close.equity_after;
        step.margin_after = close.margin_after;
        step.closing_fee_after = close.closing_fee_after;
        step.balance_after = close.balance_after;
        step.has_level_after = close.margin_after.minor() > 0;
        step.level_after =
            level_percent(close.equity_after - close.closing_fee_after, close.margin_after);
    }
    for (const SkippedClose& skipped : plan.skipped) {
        const Exposure& exposure = source.account.exposures[skipped.exposure];
        out_.plan_skipped.push_back({exposure.id, source.name(exposure.symbol), skipped.session});
    }
    add_plan_steps(source, plan, out_.steps);
    out_.is_backstop |= plan.is_backstop;
}

}  // namespace margind
