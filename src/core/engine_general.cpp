// Accounts that the kernel cannot compute: with pending orders, tiers, perpetuals, or any option of
// the rules that looks beyond a position's own row.
#include <algorithm>
#include <cmath>
#include <iterator>

#include "margind/core/close_plan.hpp"
#include "margind/core/engine.hpp"
#include "margind/core/general_account.hpp"
#include "margind/core/liquidation.hpp"

namespace margind {
namespace {

/// True where the kernel computes what the rules ask for.
bool are_plain(const RuleSet& rules) {
    return rules.hedged_margin == HedgedMargin::larger_leg &&
           rules.valuation_price == ValuationPrice::closing_side &&
           rules.pnl_conversion == PnlConversion::worst_side &&
           rules.margin_conversion == MarginConversion::order_side &&
           rules.pnl_rounding == PnlRounding::by_mode;
}

/// Bands with leverages of their own stand in for the account's.
bool lacks_leverage(const GeneralAccount& account) {
    if (account.leverage > 0.0) return false;
    return std::ranges::any_of(account.exposures, [](const Exposure& exposure) {
        return exposure.instrument->uses_leverage() && !exposure.instrument->has_own_leverage();
    });
}

}  // namespace

const GeneralAccount* Engine::find_general(AccountId account) const {
    const auto found = general_.find(account.value);
    return found == general_.end() ? nullptr : &found->second;
}

const Instrument* Engine::instrument_of(AccountId account, SymbolId symbol) const {
    if (symbol.is_none()) return nullptr;
    const auto* entry = instruments_.effective(book_.record(account).group, symbol);
    return entry != nullptr && entry->instrument ? &*entry->instrument : nullptr;
}

bool Engine::needs_general(AccountId account) const {
    if (is_platform()) return false;  // it has neither pending orders nor options
    if (!are_plain(options_.rules) || pending_.contains(account.value)) return true;
    return std::ranges::any_of(
        book_.position_records(account), [&](const PositionRecord& position) {
            const Instrument* instrument = instrument_of(account, position.symbol);
            return position.given_pnl || (instrument != nullptr && !instrument->is_plain());
        });
}

Exposure Engine::make_exposure(AccountId account, const Instrument& instrument, SymbolId symbol) {
    const CurrencyId own = book_.record(account).currency;
    const CurrencyId profit = currencies_.intern(instrument.profit_currency);
    const CurrencyId margin = currencies_.intern(instrument.margin_currency);
    Exposure exposure;
    exposure.instrument = &instrument;
    exposure.symbol = symbol;
    exposure.profit_digits = currencies_.digits(profit);
    exposure.pnl_rate = rates_.intern(profit, own);
    exposure.margin_rate = rates_.intern(margin, own);
    if (!instrument.tiers.empty() && instrument.tier_basis == TierBasis::notional) {
        exposure.tier_rate = rates_.intern(margin, currencies_.intern(instrument.tier_currency));
    }
    return exposure;
}

/// Pending orders by symbol and id. What is wrong with one becomes a cause of the account.
std::vector<Exposure> Engine::pending_exposures(AccountId account) {
    std::vector<Exposure> exposures;
    const auto orders = pending_.find(account.value);
    if (orders == pending_.end()) return exposures;
    Causes& causes = book_.row(account).causes;
    for (const OrderImage& order : orders->second) {
        const SymbolId symbol = intern_symbol(order.symbol);
        const Instrument* instrument = instrument_of(account, symbol);
        const bool is_usable = order.side != Side::other && order.volume && order.open_price &&
                               std::isfinite(*order.open_price);
        if (!is_usable) causes |= Cause::bad_order;
        if (instrument == nullptr) causes |= Cause::no_instrument;
        if (!is_usable || instrument == nullptr) continue;
        Exposure& exposure = exposures.emplace_back(make_exposure(account, *instrument, symbol));
        exposure.volume = *order.volume;
        exposure.price = *order.open_price;
        exposure.is_short = order.side == Side::sell;
        exposure.kind = order.kind;
        exposure.id = order.id;
    }
    return exposures;
}

/// Prepares the general valuation of an account that needs it.
void Engine::install_general(AccountId account) {
    general_.erase(account.value);
    if (!needs_general(account)) return;
    const std::vector<Exposure> orders = pending_exposures(account);
    if (!book_.row(account).causes.none()) return;
    GeneralAccount general;
    general.rules = &options_.rules;
    general.margin_mode = book_.record(account).margin_mode;
    general.leverage = book_.record(account).leverage;
    std::vector<Exposure> positions;
    for (const PositionRecord& position : book_.position_records(account)) {
        const Instrument& instrument = *instrument_of(account, position.symbol);
        Exposure& exposure =
            positions.emplace_back(make_exposure(account, instrument, position.symbol));
        exposure.volume = position.volume;
        exposure.price = position.open_price;
        exposure.is_short = position.side == Side::sell;
        exposure.given_pnl = position.given_pnl;
        exposure.id = position.id;
        exposure.opened_ms = position.opened_ms;
    }
    // Both are sorted by symbol; of one symbol the positions come first.
    const auto name = [&](const Exposure& exposure) -> std::string_view {
        return symbols_.name(exposure.symbol);
    };
    std::ranges::merge(positions, orders, std::back_inserter(general.exposures), {}, name, name);
    if (lacks_leverage(general)) book_.row(account).causes |= Cause::no_leverage;
    calm_.erase(account.value);  // the kernel must not see it
    general_.insert_or_assign(account.value, std::move(general));
}

void Engine::add_general_holdings(AccountId account, std::vector<std::uint32_t>& symbols,
                                  std::vector<std::uint32_t>& rates) const {
    // Also while a specification is still to come: it has to find its holders.
    if (const auto orders = pending_.find(account.value); orders != pending_.end()) {
        for (const OrderImage& order : orders->second) {
            const SymbolId symbol = symbols_.find(order.symbol);
            if (!symbol.is_none()) symbols.push_back(symbol.value);
        }
    }
    const GeneralAccount* general = find_general(account);
    if (general == nullptr) return;
    for (const Exposure& exposure : general->exposures) {
        symbols.push_back(exposure.symbol.value);
        for (const RateId rate : {exposure.pnl_rate, exposure.margin_rate, exposure.tier_rate}) {
            if (!rate.is_none()) rates.push_back(rate.value);
        }
    }
}

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

/// A plain account as the general valuation would see it: for questions the kernel cannot answer.
std::optional<GeneralAccount> Engine::as_general(AccountId account) const {
    if (const GeneralAccount* general = find_general(account)) return *general;
    GeneralAccount plain;
    plain.rules = &options_.rules;
    plain.margin_mode = book_.record(account).margin_mode;
    plain.leverage = book_.record(account).leverage;
    const auto rows = book_.positions(account);
    const auto records = book_.position_records(account);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const PositionRow row = rows[i];
        Exposure& exposure = plain.exposures.emplace_back();
        exposure.instrument = instrument_of(account, row.symbol);
        // After a gap specifications are in doubt before their accounts have been valued again.
        if (exposure.instrument == nullptr) return std::nullopt;
        exposure.symbol = row.symbol;
        exposure.pnl_rate = row.pnl_rate;
        exposure.margin_rate = row.margin_rate;
        exposure.profit_digits = row.profit_digits;
        exposure.volume = records[i].volume;
        exposure.price = records[i].open_price;
        exposure.is_short = row.is_short;
        exposure.id = records[i].id;
        exposure.opened_ms = records[i].opened_ms;
    }
    return plain;
}

std::vector<CloseStep> Engine::plan_stop_out(AccountId account) const {
    const auto general = as_general(account);
    std::vector<CloseStep> steps;
    if (!general) return steps;
    for (const PlannedClose& close : plan_closes(book_.row(account), *general, {quotes_, rates_})) {
        const Exposure& exposure = general->exposures[close.exposure];
        CloseStep& step = steps.emplace_back();
        step.position = exposure.id;
        step.symbol = symbols_.name(exposure.symbol);
        step.lots = close.volume.lots();
        step.equity_after = close.equity_after;
        step.margin_after = close.margin_after;
        step.balance_after = close.balance_after;
        step.has_level_after = close.margin_after.minor() > 0;
        step.level_after = level_percent(close.equity_after, close.margin_after);
    }
    return steps;
}

std::vector<SymbolRisk> Engine::risk(AccountId account) const {
    std::vector<SymbolRisk> risks;
    if (is_platform() || !valuations_[account.value].causes.none()) return risks;
    const auto general = as_general(account);
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
