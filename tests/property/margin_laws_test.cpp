// Laws of margins and of everything that makes accounts general: netting, bands, pending orders,
// the options of the rules.
#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "margind/core/valuation/valuation.hpp"
#include "support/build.hpp"
#include "support/desk.hpp"
#include "support/exact_desk.hpp"
#include "support/exact_material.hpp"
#include "support/exact_oracle.hpp"
#include "support/random.hpp"

namespace margind::test {
namespace {

constexpr const char* modes[] = {"forex",           "forex_no_leverage", "cfd",    "cfd_leverage",
                                 "cfd_index",       "futures",           "crypto", "fixed",
                                 "perpetual_linear"};

/// SYMBOL in dollars, 100 units a lot: a hundredth of a price times a lot is a dollar.
InstrumentSpec spec_of(const std::string& mode) {
    InstrumentSpec out = spec("SYMBOL", mode, 100.0, "USD");
    out.base_currency = "USD";
    out.tick_size = 0.01;
    out.tick_value = 1.0;
    if (mode == "futures" || mode == "fixed") out.initial_margin = 250.0;
    if (mode == "perpetual_linear") out.maintenance_margin = 0.005;
    return out;
}

double cents(std::int64_t count) { return static_cast<double>(count) / 100.0; }

/// The margin of one position at 100.00 in an engine of its own, in minor units.
std::int64_t margin_of(const InstrumentSpec& instrument, std::int64_t volume_raw) {
    Desk desk;
    desk.engine.apply(instrument);
    desk.tick("SYMBOL", 100.0, 100.0);
    const AccountId id = desk.give(
        account({"live", "1"}, 1e9, {order("1", "SYMBOL", Side::buy, volume_raw, 100.0)}));
    desk.beat();
    RC_ASSERT(desk.figures(id).causes.none());
    return desk.figures(id).margin.minor();
}

/// One unit more or less of the finest volume at a bound is worth less than a cent.
void assert_continuous(const InstrumentSpec& instrument, std::int64_t bound_raw) {
    const std::int64_t below = margin_of(instrument, bound_raw - 1);
    const std::int64_t at = margin_of(instrument, bound_raw);
    const std::int64_t above = margin_of(instrument, bound_raw + 1);
    RC_ASSERT(at >= below);
    RC_ASSERT(at - below <= 1);
    RC_ASSERT(above >= at);
    RC_ASSERT(above - at <= 1);
}

/// Bands from 0 on with the bounds that are given, with rates or with leverages by chance.
std::vector<TierSpec> bands(Random& random, const std::vector<double>& bounds) {
    const bool has_leverages = random.chance(0.5);
    std::vector<TierSpec> out{{.from = 0.0}};
    for (const double bound : bounds) out.push_back({.from = bound});
    for (TierSpec& band : out) {
        if (has_leverages) {
            band.leverage = random.pick({400.0, 200.0, 100.0, 50.0, 33.0, 20.0, 2.0});
        } else {
            band.rate = random.real(0.25, 8.0);
        }
    }
    return out;
}

/// The account with so much balance that its equity is that share of its margin.
exact::ExactAccount at_share(const exact::ExactMarket& market, exact::ExactAccount account,
                             std::int64_t percent) {
    const exact::ExactFigures figures = exact::ExactOracle{market}.value(account);
    const int digits = market.digits(account.currency);
    const std::int64_t missing = figures.margin * percent / 100 - figures.equity;
    account.balance = {account.balance.digits + missing, digits};
    return account;
}

/// The last step leaves the account above its stop-out, or with nothing used.
void check_last_step(const Explanation& all, LevelCompare compare) {
    REQUIRE_FALSE(all.plan.empty());
    const CloseStep& last = all.plan.back();
    const bool is_above =
        last.margin_after.minor() > 0 &&
        !is_at_or_below(last.equity_after, last.margin_after, all.stop_out, compare);
    CHECK((is_above || last.margin_after == Money{}));
}

}  // namespace

TEST_CASE("a long and a short of one size net to no margin and lose the spread", "[property]") {
    CHECK(rc::check([] {
        Random random{*rc::gen::arbitrary<std::uint64_t>()};
        const std::int64_t bid = random.between(1, 5'000'000);
        const std::int64_t spread = random.between(0, 500);
        const std::int64_t open = random.between(1, 5'000'000);
        const std::int64_t steps = random.between(1, 10'000);  // of 0.01 lots, a unit each
        for (const char* mode : modes) {
            Desk desk;
            desk.engine.apply(spec_of(mode));
            desk.tick("SYMBOL", cents(bid), cents(bid + spread));
            AccountImage image =
                account({"live", "1"}, 0.0,
                        {order("1", "SYMBOL", Side::buy, steps * 1'000'000, cents(open)),
                         order("2", "SYMBOL", Side::sell, steps * 1'000'000, cents(open))});
            image.margin_mode = MarginMode::netting;
            const AccountId id = desk.give(image);
            desk.beat();
            RC_ASSERT(desk.figures(id).causes.none());
            RC_ASSERT(desk.figures(id).margin == Money{});
            RC_ASSERT(desk.figures(id).pnl == Money::from_minor(-spread * steps));
        }
    }));
}

TEST_CASE("the order of positions and orders does not reach any bit, whatever the rules",
          "[property]") {
    for (int seed = 1; seed <= many(20, 200); ++seed) {
        CAPTURE(seed);
        exact::ExactMaterial material{static_cast<std::uint64_t>(seed),
                                      {.demands = exact::Demands::all}};
        exact::ExactDesk desk{material.market()};
        Random random{static_cast<std::uint64_t>(seed)};
        for (std::size_t i = 0; i < 20; ++i) {
            AccountImage image = exact::image_of(i, material.market(), material.account());
            desk.give(i, image);
            desk.beat();
            const std::uint64_t before = desk.fingerprint(i);
            random.shuffle(image.orders);
            desk.give(i, image);
            desk.beat();
            REQUIRE(desk.fingerprint(i) == before);
        }
    }
}

TEST_CASE("bands of volume and of notional are continuous at their bounds", "[property]") {
    CHECK(rc::check([] {
        Random random{*rc::gen::arbitrary<std::uint64_t>()};
        const std::int64_t first = random.between(1, 2'000);  // hundredths of lots
        const std::int64_t second = first + random.between(1, 2'000);
        InstrumentSpec instrument = spec_of("cfd_leverage");
        instrument.tiers = bands(random, {cents(first), cents(second)});
        for (const std::int64_t bound : {first, second}) {
            assert_continuous(instrument, bound * 1'000'000);
        }
        // A lot is worth 10,000 dollars.
        instrument.tier_basis = "notional";
        for (TierSpec& band : instrument.tiers) band.from *= 10'000.0;
        for (const std::int64_t bound : {first, second}) {
            assert_continuous(instrument, bound * 1'000'000);
        }
    }));
}

TEST_CASE("maintenance tiers of perpetuals are continuous at their bounds", "[property]") {
    CHECK(rc::check([] {
        Random random{*rc::gen::arbitrary<std::uint64_t>()};
        const std::int64_t first = random.between(1, 2'000);
        const std::int64_t second = first + random.between(1, 2'000);
        InstrumentSpec instrument = spec_of("perpetual_linear");
        instrument.maintenance_margin.reset();
        instrument.tiers = bands(random, {0.0, 0.0});
        // Deeper bands cost more: margins never fall.
        for (std::size_t i = 0; i < 3; ++i) {
            TierSpec& band = instrument.tiers[i];
            const auto depth = static_cast<double>(i + 1);
            if (band.rate) band.rate = 0.005 * depth;
            if (band.leverage) band.leverage = 100.0 / depth;
        }
        instrument.tiers[1].from = cents(first) * 10'000.0;
        instrument.tiers[2].from = cents(second) * 10'000.0;
        for (const std::int64_t bound : {first, second}) {
            assert_continuous(instrument, bound * 1'000'000);
        }
    }));
}

TEST_CASE("every plan of closes ends above the stop-out or with nothing used, whatever the rules",
          "[property]") {
    std::size_t plans = 0;
    for (int seed = 1; seed <= many(12, 120); ++seed) {
        exact::ExactMaterial material{static_cast<std::uint64_t>(seed),
                                      {.demands = exact::Demands::all}};
        exact::ExactMarket market = material.market();
        const auto& [name, policy] = close_policy_names[static_cast<std::size_t>(seed) % 6];
        market.rules.close_policy = policy;
        market.rules.margin_call = Level{10'000};
        market.rules.stop_out = Level{5'000};
        exact::ExactDesk desk{market};
        for (std::size_t i = 0; i < 20; ++i) {
            const exact::ExactAccount account = at_share(market, material.account(), 30);
            desk.give(i, market, account);
            desk.beat();
            if (desk.figures(i).margin.minor() <= 10) continue;  // no 30 % of so little
            INFO(name << "\n" << exact::evaluate_document(market, account));
            check_last_step(desk.explain(i), market.rules.level_compare);
            ++plans;
        }
    }
    CHECK(plans > std::size_t(many(100, 1'000)));
}

}  // namespace margind::test
