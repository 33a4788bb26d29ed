// The leverage that a specification allows, held against what `evaluate` charges for its notional.
#include "margind/core/rules/leverage_limit.hpp"

#include <algorithm>
#include <catch2/catch_approx.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cmath>

#include "support/evaluated.hpp"
#include "support/random.hpp"

namespace margind::test {
namespace {

std::string tiers_json(const InstrumentSpec& spec) {
    std::string bands;
    for (const TierSpec& band : spec.tiers) {
        bands += fmt::format(R"({}{{"from": {}, "{}": {}}})", bands.empty() ? "" : ", ", band.from,
                             band.leverage ? "leverage" : "rate",
                             band.leverage ? *band.leverage : *band.rate);
    }
    return bands.empty() ? "" : fmt::format(R"(, "tiers": [{}])", bands);
}

std::string instrument_json(const InstrumentSpec& spec) {
    std::string json = fmt::format(
        R"({{"symbol": "{}", "calc_mode": "{}", "contract_size": {}, "profit_currency": "{}",
             "margin_rate": {{"long": {}, "short": {}}}{})",
        spec.symbol, spec.calc_mode, *spec.contract_size, spec.profit_currency,
        *spec.margin_rate_long, *spec.margin_rate_short, tiers_json(spec));
    const auto add = [&](const char* name, const std::optional<double>& value) {
        if (value) json += fmt::format(R"(, "{}": {})", name, *value);
    };
    add("leverage", spec.leverage);
    add("tick_size", spec.tick_size);
    add("tick_value", spec.tick_value);
    add("initial_margin", spec.initial_margin);
    add("maintenance_margin", spec.maintenance_margin);
    add("factor", spec.factor);
    if (!spec.margin_currency.empty()) {
        json += fmt::format(R"(, "margin_currency": "{}")", spec.margin_currency);
    }
    return json + "}";
}

/// What one account holds: `lots` of the symbol at one price, opened at another.
Answer answer_of(const InstrumentSpec& spec, bool is_short, double lots, double price,
                 double open_price) {
    const std::string& currency =
        spec.calc_mode == "perpetual_inverse" ? spec.profit_currency : std::string{"USD"};
    return Answer{fmt::format(
        R"({{"instruments": [{}],
             "quotes": {{"{}": {{"bid": {}, "ask": {}}}}},
             "account": {{"currency": "{}", "balance": 1000, "leverage": 100000}},
             "positions": [{{"symbol": "{}", "side": "{}", "lots": {}, "open_price": {}}}]}})",
        instrument_json(spec), spec.symbol, price, price, currency, spec.symbol,
        is_short ? "sell" : "buy", lots, open_price)};
}

/// Notional for a unit of the margin that opening takes. The notional is what a P/L goes by: a
/// position that was opened at twice the price has lost all of it, an inverse one half.
double charged(const InstrumentSpec& spec, bool is_short, double lots, double price) {
    const double pnl =
        std::abs(answer_of(spec, is_short, lots, price, 2.0 * price).number("/positions/0/pnl"));
    const double notional = spec.calc_mode == "perpetual_inverse" ? 2.0 * pnl : pnl;
    const Answer opened = answer_of(spec, is_short, lots, price, price);
    const bool has_initial = opened.has("\"margin_initial\":");
    return notional / opened.number(has_initial ? "/margin_initial" : "/margin");
}

/// A specification whose amounts are large enough for a cent to be nothing.
InstrumentSpec random_spec(Random& random, const std::string& mode) {
    const bool is_forex = mode.starts_with("forex");
    InstrumentSpec spec{.group = "Standard", .symbol = is_forex ? "EURUSD" : "US500"};
    spec.calc_mode = mode;
    spec.contract_size = 1e5 * static_cast<double>(1 + random.below(9));
    spec.profit_currency = mode == "perpetual_inverse" ? "BTC" : "USD";
    const auto rate = [&] { return 0.25 * static_cast<double>(1 + random.below(12)); };
    spec.margin_rate_long = rate();
    spec.margin_rate_short = rate();
    const bool has_leverage = mode == "forex" || mode == "cfd_leverage" || mode == "crypto" ||
                              mode.starts_with("perpetual");
    if (has_leverage && random.below(2) == 0) {
        spec.leverage = static_cast<double>(2 + random.below(600));
    }
    if (mode == "cfd_index" || mode == "futures") {
        spec.tick_size = 0.25 * static_cast<double>(1 + random.below(4));
        spec.tick_value = 0.01 * static_cast<double>(1 + random.below(100));
    }
    if (mode == "futures" || mode == "fixed") spec.initial_margin = 1e6;
    if (mode == "crypto") spec.factor = rate();
    if (mode.starts_with("perpetual")) spec.maintenance_margin = 0.001;
    if (mode.starts_with("perpetual") || random.below(2) == 0) return spec;
    const bool has_leverages = random.below(2) == 0;
    double from = 0.0;
    for (std::uint64_t left = 1 + random.below(4); left > 0; --left) {
        TierSpec& band = spec.tiers.emplace_back(TierSpec{.from = from});
        (has_leverages ? band.leverage : band.rate) =
            has_leverages ? static_cast<double>(20 + random.below(80)) : rate();
        from += static_cast<double>(1 + random.below(20));
    }
    return spec;
}

/// Volumes at which a progressive margin may be the lowest: one lot, the end of each band, far out.
std::vector<double> volumes_of(const InstrumentSpec& spec) {
    std::vector<double> volumes{1.0};
    for (const TierSpec& band : spec.tiers) volumes.push_back(band.from > 0.0 ? band.from : 1e5);
    return volumes;
}

TEST_CASE("no instrument gives more leverage than is said of it, and each gives that much",
          "[leverage_limit]") {
    const char* mode =
        GENERATE("forex", "forex_no_leverage", "cfd", "cfd_leverage", "cfd_index", "futures",
                 "crypto", "fixed", "perpetual_linear", "perpetual_inverse");
    Random random{2026};
    int limited = 0;
    for (int i = 0; i < 100; ++i) {
        const InstrumentSpec spec = random_spec(random, mode);
        const double price =
            spec.symbol == "EURUSD" ? 1.25 : 20.0 + static_cast<double>(random.below(50));
        CAPTURE(instrument_json(spec), price);
        const auto instrument = derive_instrument(spec);
        REQUIRE(instrument.has_value());
        for (const bool is_short : {false, true}) {
            const auto limit = leverage_limit(spec, *instrument, is_short);
            if (!limit) continue;
            ++limited;
            double most = 0.0;
            for (const double lots : volumes_of(spec)) {
                most = std::max(most, charged(spec, is_short, lots, price));
            }
            // A cent is not nothing, and far out is not yet for ever: a little of the bands below
            // is left there.
            CHECK(most == Catch::Approx(*limit).epsilon(spec.tiers.empty() ? 5e-4 : 2e-2));
            CHECK(most <= *limit * (1.0 + 5e-4));
        }
    }
    const bool is_per_lot =
        std::string_view{mode} == "futures" || std::string_view{mode} == "fixed";
    CHECK((limited == 0) == is_per_lot);
}

TEST_CASE("an index whose ticks are cheap has the leverage of their ratio", "[leverage_limit]") {
    InstrumentSpec spec{.group = "Standard", .symbol = "US500", .contract_size = 10.0};
    spec.calc_mode = "cfd_index";
    spec.profit_currency = "USD";
    spec.tick_size = 1.0;
    spec.tick_value = 0.01;
    spec.margin_rate_long = spec.margin_rate_short = 1.0;
    CHECK(leverage_limit(spec, *derive_instrument(spec), false) == 100.0);
    CHECK(charged(spec, false, 1.0, 5'000.0) == 100.0);
}

TEST_CASE("bands of leverages reach no further than the instrument's own", "[leverage_limit]") {
    InstrumentSpec spec{.group = "Standard", .symbol = "EURUSD", .contract_size = 100'000.0};
    spec.calc_mode = "forex";
    spec.profit_currency = "USD";
    spec.leverage = 30.0;
    spec.tiers = {{.from = 0.0, .leverage = 500.0}, {.from = 10.0, .leverage = 20.0}};
    spec.margin_rate_long = spec.margin_rate_short = 1.0;
    CHECK(leverage_limit(spec, *derive_instrument(spec), false).value() == Catch::Approx(30.0));
    CHECK(charged(spec, false, 1.0, 1.25) == Catch::Approx(30.0));
}

TEST_CASE("a margin in another currency than the notional has no limit of its own",
          "[leverage_limit]") {
    InstrumentSpec spec{.group = "Standard", .symbol = "EURUSD", .contract_size = 1e7};
    spec.calc_mode = "forex";
    spec.profit_currency = "USD";
    spec.margin_currency = "USD";
    spec.leverage = 30.0;
    spec.margin_rate_long = spec.margin_rate_short = 1.0;
    CHECK_FALSE(leverage_limit(spec, *derive_instrument(spec), false).has_value());
    CHECK(charged(spec, false, 1.0, 2.0) == Catch::Approx(60.0));  // goes with the price
    spec.calc_mode = "cfd_leverage";
    CHECK(leverage_limit(spec, *derive_instrument(spec), false).has_value());
    spec.margin_currency = "EUR";
    spec.symbol = "EURCHF2";
    CHECK_FALSE(leverage_limit(spec, *derive_instrument(spec), false).has_value());
}

}  // namespace
}  // namespace margind::test
