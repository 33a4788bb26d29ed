// Published worked examples, typed into `evaluate` as a risk officer would type them: every one of
// the file.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "golden/worked_examples.hpp"

namespace margind::test {
namespace {

namespace dom = simdjson::dom;

struct Covered {
    std::string_view id;
    void (*work_out)(const Example&);
};

constexpr Covered covered[] = {
    {"mt5-01-forex-basic", forex_basic},
    {"mt5-02-convert-to-deposit", convert_to_deposit},
    {"mt5-03-margin-rate", margin_rate},
    {"mt5-05-contract-stock", contract_stock},
    {"mt5-07-hedged-basic", hedged_basic},
    {"mt5-10-larger-leg", larger_leg},
    {"mt5-12-floating-volume-tiers", volume_tiers},
    {"mt5-17-profit-forex", profit_forex},
    {"mt5-19-conversion-side-profit-loss", conversion_side_of_profit_and_loss},
    {"mt5-26-tick-filter-soft", soft_tick_filter},
    {"oanda-01-v20-mid", valued_at_mid},
    {"ctrader-01-smart-stopout", smart_stop_out},
    {"windsor-01-eurusd-20lots", single_band},
    {"bdswiss-01-eur", three_bands},
    {"esma-01-initial-maintenance", initial_and_half_of_it},
    {"binance-01-isolated-eth", one_linear_perpetual},
    {"binance-03-cross-eth", cross_perpetuals},
    {"binance-05-isolated-short", one_linear_perpetual},
    {"bybit-01-usdt-isolated-long", isolated_at_entry},
    {"bybit-09-inverse-cross", inverse_cross},
    {"hyperliquid-01-tier-deduction-btc", continuous_tiers},
    {"dydx-01-is-liquidatable", liquidatable_below_maintenance},
    {"nautilus-01-standard-init", rate_of_notional},
    {"nautilus-09-float-dust", float_dust},
    {"drift-01-partial-size", partial_size_with_fees},
    {"nautilus-13-conversion-side", side_by_composition},
};

}  // namespace

TEST_CASE("published examples come out as published", "[golden][evaluate]") {
    const char* folder = std::getenv("MARGIND_TEST_DATA");
    if (folder == nullptr) {
        SKIP("MARGIND_TEST_DATA is not set: no published examples to work out");
    }
    dom::parser parser;
    const dom::element data = parser.load(std::string{folder} + "/worked-examples.json").value();
    std::vector<std::string_view> seen;
    for (const dom::element element : data["examples"].get_array()) {
        const std::string_view id = element["id"].get_string();
        seen.push_back(id);
        const auto* found = std::ranges::find(covered, id, &Covered::id);
        INFO("example " << id << " is not worked out");
        REQUIRE(found != std::end(covered));
        DYNAMIC_SECTION(std::string{id}) {
            found->work_out({element["inputs"].value(), element["expected"].value(),
                             element["tolerance_abs"].get_double()});
        }
    }
    // The list names nothing that the file no longer has.
    CHECK(seen.size() == std::size(covered));
    for (const Covered& each : covered) CHECK(std::ranges::find(seen, each.id) != seen.end());
}

}  // namespace margind::test
