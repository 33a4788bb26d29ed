// Laws of pending orders: they reserve margin, and never set any free.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "support/build.hpp"
#include "support/exact_desk.hpp"
#include "support/exact_material.hpp"

namespace margind::test {
namespace {

/// The same market where deeper bands ask for more.
exact::ExactMarket with_rising_bands(exact::ExactMarket market) {
    for (exact::ExactInstrument& instrument : market.instruments) {
        if (instrument.is_perpetual()) continue;
        std::vector<exact::ExactTier> rates = instrument.tiers;
        std::ranges::sort(rates, [](const exact::ExactTier& a, const exact::ExactTier& b) {
            if (a.rate) return a.rate->nearest() < b.rate->nearest();
            return a.leverage->nearest() > b.leverage->nearest();
        });
        for (std::size_t i = 0; i < rates.size(); ++i) {
            instrument.tiers[i].rate = rates[i].rate;
            instrument.tiers[i].leverage = rates[i].leverage;
        }
    }
    return market;
}

}  // namespace

TEST_CASE("no pending order lowers a margin, whatever the rules", "[property]") {
    std::size_t orders = 0;
    for (int seed = 1; seed <= many(60, 600); ++seed) {
        exact::ExactMaterial material{static_cast<std::uint64_t>(seed),
                                      {.demands = exact::Demands::all}};
        const exact::ExactMarket market = with_rising_bands(material.market());
        exact::ExactDesk desk{market};
        for (std::size_t i = 0; i < 20; ++i) {
            const exact::ExactAccount account = material.account();
            desk.give(i, market, account);
            desk.beat();
            const Valuation all = desk.figures(i);
            if (!all.causes.none()) continue;
            for (std::size_t at = 0; at < account.orders.size(); ++at) {
                if (account.orders[at].is_position()) continue;
                exact::ExactAccount without = account;
                without.orders.erase(without.orders.begin() + static_cast<std::ptrdiff_t>(at));
                desk.give(i, market, without);
                desk.beat();
                CAPTURE(seed, i, at);
                INFO(exact::evaluate_document(market, account));
                REQUIRE(desk.figures(i).margin <= all.margin);
                ++orders;
            }
        }
    }
    CHECK(orders > std::size_t(many(500, 5'000)));
}

}  // namespace margind::test
