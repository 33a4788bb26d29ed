// What the engine asks the general valuation: explanations, plans of closes, liquidation prices.
#include "margind/core/close_plan.hpp"
#include "margind/core/engine.hpp"
#include "margind/core/general_account.hpp"
#include "margind/core/liquidation.hpp"

namespace margind {

/// The general figures in place of those of single rows.
void Engine::explain_general(AccountId id, const GeneralAccount& account, Explanation& out) const {
    const GeneralFigures figures = value_general(book_.row(id), account, {quotes_, rates_});
    std::size_t position = 0;
    for (std::size_t i = 0; i < account.exposures.size(); ++i) {
        if (account.exposures[i].kind != OrderKind::position) continue;
        PositionExplained& explained = out.positions[position++];
        const ExposureFigures& known = figures.exposures[i];
        explained.is_pnl_known = known.pnl.has_value();
        explained.is_margin_known = known.margin.has_value();
        explained.pnl = known.pnl.value_or(Money{});
        explained.margin = known.margin.value_or(Money{});
    }
    out.symbols.clear();
    for (const SymbolFigures& symbol : figures.symbols) {
        SymbolExplained& explained = out.symbols.emplace_back();
        explained.symbol = symbols_.name(symbol.symbol);
        explained.long_lots = symbol.long_volume.lots();
        explained.short_lots = symbol.short_volume.lots();
        explained.long_margin = symbol.long_margin;
        explained.short_margin = symbol.short_margin;
        explained.margin = symbol.margin.value_or(Money{});
        explained.is_margin_known = symbol.margin.has_value();
    }
    for (const MarginPart& part : figures.parts) {
        out.margin_parts.push_back({symbols_.name(part.symbol), part.part, part.amount});
    }
    out.margin_initial = figures.margin_initial;
    out.margin_maintenance = figures.margin_maintenance;
    out.pnl_exact = figures.pnl_exact;
}

void Engine::explain_plan(AccountId account, Explanation& out) const {
    const auto general = general_.view(account, rules_of(account));
    if (!general) return;
    const ClosePlan plan = plan_closes(book_.row(account), *general, {quotes_, rates_});
    for (const PlannedClose& close : plan.closes) {
        const Exposure& exposure = general->exposures[close.exposure];
        CloseStep& step = out.plan.emplace_back();
        step.position = exposure.id;
        step.symbol = symbols_.name(exposure.symbol);
        step.lots = close.volume.lots();
        step.equity_after = close.equity_after;
        step.margin_after = close.margin_after;
        step.balance_after = close.balance_after;
        step.has_level_after = close.margin_after.minor() > 0;
        step.level_after = level_percent(close.equity_after, close.margin_after);
    }
    for (const SkippedClose& skipped : plan.skipped) {
        const Exposure& exposure = general->exposures[skipped.exposure];
        out.plan_skipped.push_back({exposure.id, symbols_.name(exposure.symbol), skipped.session});
    }
    out.is_backstop = plan.is_backstop;
    if (!plan.is_flat_after || out.plan.empty() || !general->rules->negative_balance_protection) {
        return;
    }
    const Money left = out.plan.back().balance_after + book_.record(account).credit;
    if (left < Money{}) out.deficit = Money{} - left;
}

std::vector<SymbolRisk> Engine::risk(AccountId account) const {
    std::vector<SymbolRisk> risks;
    if (is_platform() || !valuations_[account.value].causes.none()) return risks;
    const auto general = general_.view(account, rules_of(account));
    if (!general) return risks;
    const GeneralMarket market{quotes_, rates_};
    SymbolId last;
    for (const Exposure& exposure : general->exposures) {
        if (exposure.symbol == last) continue;
        last = exposure.symbol;
        risks.push_back(
            {symbols_.name(last), liquidation_prices(book_.row(account), *general, market, last)});
    }
    return risks;
}

}  // namespace margind
