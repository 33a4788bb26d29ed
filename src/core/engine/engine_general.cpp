// What the engine asks the general valuation: what is stopped out, liquidation prices.
#include "core/explain/formula_steps.hpp"
#include "margind/core/engine/engine.hpp"
#include "margind/core/stop_out/liquidation.hpp"
#include "margind/core/valuation/general_account.hpp"
#include "margind/core/valuation/isolated.hpp"

namespace margind {

/// What an announced stop-out is of: what is crossed, or else the isolated position with the lowest
/// level.
Valuation Engine::stopped_out(AccountId account) const {
    const AccountRow row = book_.row(account);
    const RuleSet& rules = rules_of(account);
    Valuation worst = valuation(account);
    const GeneralAccount* general = general_.find(account);
    if (general == nullptr || general->isolated.empty()) return worst;
    if (margind::read_levels(crossed_row(row, *general), worst, rules).at_stop_out) return worst;
    bool is_isolated = false;
    for (const Valuation& value : value_isolated(row, *general, {quotes_, rates_})) {
        if (!margind::read_levels(row, value, rules).at_stop_out) continue;
        const bool is_lower = level_percent(value.level_equity(), value.margin) <
                              level_percent(worst.level_equity(), worst.margin);
        if (!is_isolated || is_lower) worst = value;
        is_isolated = true;
    }
    return worst;
}

std::vector<SymbolRisk> Engine::risk(AccountId account) const {
    std::vector<SymbolRisk> risks;
    if (is_platform() || !book_.valued_causes(account).none()) return risks;
    const auto general = general_.view(account, rules_of(account));
    if (!general) return risks;
    const GeneralMarket market{quotes_, rates_};
    const CurrencyText money{currencies_.code(book_.profile(account).currency),
                             book_.row(account).digits};
    const AccountRow crossed = crossed_row(book_.row(account), *general);
    for (const auto& [symbol, prices] : liquidation_prices(crossed, *general, market)) {
        const std::string& name = symbols_.name(symbol);
        risks.push_back({name, {}, prices, liquidation_steps(name, prices, money)});
    }
    for (const Exposure& exposure : general->isolated) {
        const IsolatedAccount alone = isolated_account(book_.row(account), *general, exposure);
        const LiquidationPrices prices =
            liquidation_prices(alone.row, alone.account, market).front().prices;
        SymbolRisk& risk = risks.emplace_back();
        risk.symbol = symbols_.name(exposure.symbol);
        risk.position = exposure.id;
        risk.prices = prices;
        for (const std::string& line : liquidation_steps(risk.symbol, prices, money)) {
            risk.steps.push_back("isolated " + exposure.id + " " + line);
        }
    }
    return risks;
}

}  // namespace margind
