// The least that an account of the general valuation can be worth within bounds.
#include "margind/core/valuation/worst_case.hpp"

#include <catch2/catch_test_macros.hpp>

#include "support/general_scene.hpp"

namespace margind::test {
namespace {

/// One position in a symbol at 100.
struct Held : GeneralScene {
    explicit Held(const InstrumentSpec& from, bool is_short = false) {
        Exposure exposure = exposure_of(from);
        exposure.volume = Volume::from_raw(Volume::per_lot);
        exposure.price = 100.0;
        exposure.is_short = is_short;
        quote(exposure.symbol, 100.0, 100.0);
        general.exposures.push_back(exposure);
        rates.resolve(quotes);
        rates.refresh(quotes.usable());
    }
    Valuation worst(double low, double high) {
        return worst_case(row, general, market(), [=](SymbolId) { return Quote{low, high}; });
    }
};

InstrumentSpec stock() { return spec("S", "cfd", 1.0, "USD"); }

InstrumentSpec perpetual() {
    InstrumentSpec out = spec("P", "perpetual_linear", 1.0, "USD");
    out.maintenance_margin = 0.02;
    return out;
}

}  // namespace

TEST_CASE("at worst a long loses to the lowest price and needs the margin of the highest",
          "[worst]") {
    Held held{stock()};
    const Valuation worst = held.worst(90.0, 110.0);
    CHECK(worst.equity == Money::from_minor(-10'00));
    CHECK(worst.margin == Money::from_minor(110'00));
}

TEST_CASE("at worst a short loses to the highest price", "[worst]") {
    Held held{stock(), true};
    CHECK(held.worst(90.0, 110.0).equity == Money::from_minor(-10'00));
}

TEST_CASE("margins through bands have a trace added", "[worst]") {
    InstrumentSpec tiered = stock();
    tiered.tiers = {{0.0, 1.0, {}, {}}, {10.0, 2.0, {}, {}}};
    CHECK(Held{tiered}.worst(90.0, 110.0).margin == Money::from_minor(110'02));
}

TEST_CASE("without a price there is no worst case", "[worst]") {
    CHECK_FALSE(Held{stock()}.worst(not_a_price, not_a_price).causes.none());
}

TEST_CASE("an account has a worst case where every figure follows each price all the way",
          "[worst]") {
    CHECK(has_worst_case(Held{stock()}.general));
    CHECK(has_worst_case(Held{perpetual()}.general));
    SECTION("not with a fee that depends on what the account is worth") {
        InstrumentSpec from = perpetual();
        from.taker_fee = 0.001;
        CHECK_FALSE(has_worst_case(Held{from}.general));
    }
    SECTION("not with a margin that falls where a band begins") {
        InstrumentSpec from = perpetual();
        from.tiers = {{0.0, 0.01, {}, 0.0}, {1'000.0, 0.02, {}, 10.0}};
        CHECK(has_worst_case(Held{from}.general));
        from.tiers[1].deduction = 10.1;
        CHECK_FALSE(has_worst_case(Held{from}.general));
    }
    SECTION("nor where more notional needs less of it") {
        InstrumentSpec from = stock();
        from.tier_basis = "notional";
        from.tier_currency = "USD";
        from.tiers = {{0.0, 2.0, {}, {}}, {1'000.0, 2.0, {}, {}}};
        CHECK(has_worst_case(Held{from}.general));
        from.tiers[1].rate = 1.0;
        CHECK_FALSE(has_worst_case(Held{from}.general));
    }
    SECTION("nor where what is covered counts against it") {
        InstrumentSpec from = stock();
        from.tiers = {{0.0, 1.0, {}, {}}, {10.0, 2.0, {}, {}}};
        from.tier_hedged_weight = 0.5;
        CHECK(has_worst_case(Held{from}.general));
        from.tier_basis = "notional";
        from.tier_currency = "USD";
        CHECK_FALSE(has_worst_case(Held{from}.general));
    }
    SECTION("nor with positions that stand apart") {
        Held held{perpetual()};
        held.general.isolated.push_back(held.general.exposures.front());
        CHECK_FALSE(has_worst_case(held.general));
    }
    SECTION("nor at a price or a rate that is neither end") {
        Held held{stock()};
        held.rules.valuation_price = ValuationPrice::mid;
        CHECK_FALSE(has_worst_case(held.general));
        held.rules.valuation_price = ValuationPrice::closing_side;
        held.rules.pnl_conversion = PnlConversion::mid;
        CHECK_FALSE(has_worst_case(held.general));
    }
}

}  // namespace margind::test
