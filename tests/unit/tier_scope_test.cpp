// Symbols that reach into their tiers together.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "margind/core/valuation/general_account.hpp"
#include "margind/core/valuation/workings.hpp"
#include "support/general_scene.hpp"

namespace margind::test {
namespace {

using Catch::Matchers::WithinRel;

/// Symbols at a price of 100 with rate 1 up to 10 lots and rate 2 above, in an account in USD.
struct Scopes : GeneralScene {
    static std::string name(std::size_t symbol) { return "S" + std::to_string(1'000 + symbol); }

    static std::string list(std::size_t from, std::size_t to) {
        std::string names;
        for (std::size_t i = to; i-- > from;) names += name(i) + (i > from ? "," : "");
        return names;
    }

    /// One more symbol of the set `scope`, held by `volume`.
    void add(const std::string& scope, Volume volume, bool is_short = false) {
        InstrumentSpec from = spec(name(general.exposures.size()), "cfd", 1.0, "USD");
        from.tier_scope = scope;
        from.tiers = {{.from = 0.0, .rate = 1.0}, {.from = 10.0, .rate = 2.0}};
        Exposure& exposure = general.exposures.emplace_back(exposure_of(from));
        exposure.volume = volume;
        exposure.price = 100.0;
        exposure.is_short = is_short;
    }

    /// The last symbol's tiers go by a notional in a currency that nothing converts to.
    void put_last_in_doubt() {
        Instrument& instrument = instruments.back();
        instrument.tier_basis = TierBasis::notional;
        instrument.tier_currency = "EUR";
        general.exposures.back().tier_rate =
            rates.intern(currencies.intern("USD"), currencies.intern("EUR"));
    }

    GeneralFigures value(Workings& workings) {
        for (const Exposure& exposure : general.exposures) quote(exposure.symbol, 100.0, 100.0);
        return value_general(row, general, market(), &workings);
    }

    [[nodiscard]] double lots(std::size_t symbol) const {
        return general.exposures[symbol].volume.lots();
    }
    /// What all symbols in [from, to) but one come to.
    [[nodiscard]] double others(std::size_t symbol, std::size_t from, std::size_t to) const {
        double sum = 0.0;
        for (std::size_t i = from; i < to; ++i) sum += i == symbol ? 0.0 : lots(i);
        return sum;
    }
};

Volume hundredths(std::size_t count) {
    return Volume::from_raw(static_cast<std::int64_t>(count) * Volume::per_lot / 100);
}

TEST_CASE("each of 500 symbols of one set has all the others beside it", "[tiers]") {
    constexpr std::size_t count = 500;
    Scopes scopes;
    const std::string scope = Scopes::list(0, count);
    for (std::size_t i = 0; i < count; ++i) {
        scopes.add(scope, hundredths(1 + i * 37 % 911), i % 3 == 0);
    }
    Workings workings;
    const GeneralFigures figures = scopes.value(workings);
    REQUIRE(workings.level.holdings.size() == count);
    double margin = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
        const double beside = scopes.others(i, 0, count);
        CHECK_THAT(workings.level.holdings[i].holding.beside, WithinRel(beside, 1e-12));
        const double joint = scopes.lots(i) + beside;
        margin += scopes.lots(i) * 100.0 / joint * (10.0 + 2.0 * (joint - 10.0));
    }
    CHECK_THAT(figures.margin_exact, WithinRel(margin, 1e-12));
}

TEST_CASE("two and three symbols of a set are summed in their order", "[tiers]") {
    Scopes scopes;
    for (const std::size_t count : {10u, 20u}) scopes.add(Scopes::list(0, 2), hundredths(count));
    for (const std::size_t count : {10u, 20u, 70u}) {
        scopes.add(Scopes::list(2, 5), hundredths(count));
    }
    Workings workings;
    scopes.value(workings);
    for (std::size_t i = 0; i < 5; ++i) {
        const double beside = i < 2 ? scopes.others(i, 0, 2) : scopes.others(i, 2, 5);
        CHECK(workings.level.holdings[i].holding.beside == beside);
    }
}

TEST_CASE("sets are told apart, and a list of the symbol alone is none", "[tiers]") {
    Scopes scopes;
    scopes.add("S1000,S1002", hundredths(100));
    scopes.add("S1003,S1001", hundredths(200));
    scopes.add("S1002,S1000", hundredths(400));
    scopes.add("S1001,S1003", hundredths(800));
    scopes.add("S1004", hundredths(1'600));
    scopes.add("", hundredths(3'200));
    scopes.add("S1006,S1000,S1002", hundredths(6'400));
    Workings workings;
    scopes.value(workings);
    std::vector<double> beside;
    for (const HoldingWorkings& each : workings.level.holdings) {
        beside.push_back(each.holding.beside);
    }
    CHECK(beside == std::vector{4.0, 8.0, 1.0, 2.0, 0.0, 0.0, 0.0});
}

TEST_CASE("a symbol in doubt leaves the others of its set unknown, and no other set", "[tiers]") {
    Scopes scopes;
    for (std::size_t i = 0; i < 2; ++i) scopes.add(Scopes::list(0, 2), hundredths(100));
    for (std::size_t i = 2; i < 5; ++i) scopes.add(Scopes::list(2, 5), hundredths(100));
    scopes.put_last_in_doubt();
    Workings workings;
    const GeneralFigures figures = scopes.value(workings);
    REQUIRE(figures.symbols.size() == 5);
    CHECK(figures.symbols[0].margin == Money::from_minor(10'000));
    CHECK(figures.symbols[1].margin == Money::from_minor(10'000));
    for (std::size_t i = 2; i < 5; ++i) CHECK_FALSE(figures.symbols[i].margin);
    CHECK(std::isnan(workings.level.holdings[2].holding.beside));
    CHECK(std::isnan(workings.level.holdings[3].holding.beside));
    CHECK(workings.level.holdings[4].holding.beside == 2.0);  // its own doubt is not beside it
}

}  // namespace
}  // namespace margind::test
