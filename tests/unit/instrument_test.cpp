#include "margind/core/rules/instrument.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "margind/core/rules/instruments.hpp"
#include "margind/core/rules/margin_formula.hpp"

using namespace margind;

namespace {

/// A group hash with nothing but what a platform keeps in it.
InstrumentSpec platform_hash(std::string symbol, int type, double contract_size,
                             std::string profit) {
    InstrumentSpec spec;
    spec.group = "Standard";
    spec.symbol = std::move(symbol);
    spec.type = type;
    spec.contract_size = contract_size;
    spec.profit = std::move(profit);
    return spec;
}

void check_refused(const InstrumentSpec& spec, const std::string& field) {
    const auto instrument = derive_instrument(spec);
    REQUIRE_FALSE(instrument.has_value());
    CAPTURE(instrument.error());
    CHECK(instrument.error().find(field) != std::string::npos);
}

}  // namespace

TEST_CASE("every calculation mode has one name", "[instrument]") {
    for (const CalcMode mode : {CalcMode::forex, CalcMode::forex_no_leverage, CalcMode::cfd,
                                CalcMode::cfd_leverage, CalcMode::crypto, CalcMode::fixed}) {
        CHECK(calc_mode_from(to_string(mode)) == mode);
    }
    CHECK(to_string(CalcMode::cfd_leverage) == "cfd_leverage");
    CHECK_FALSE(calc_mode_from("FOREX").has_value());
    CHECK_FALSE(calc_mode_from("").has_value());
}

TEST_CASE("type 1 is forex, its margin currency the first three letters", "[instrument]") {
    const auto instrument = derive_instrument(platform_hash("EURUSD", 1, 100'000, "USD"));
    REQUIRE(instrument.has_value());
    CHECK(instrument->mode == CalcMode::forex);
    CHECK(instrument->contract_size == 100'000.0);
    CHECK(instrument->profit_currency == "USD");
    CHECK(instrument->margin_currency == "EUR");
    CHECK(instrument->uses_leverage());
    CHECK_FALSE(instrument->uses_price());
}

TEST_CASE("types 2 and 3 are leveraged CFDs, type 4 is crypto", "[instrument]") {
    for (const int type : {2, 3}) {
        const auto instrument = derive_instrument(platform_hash("XAUUSD", type, 100, "USD"));
        REQUIRE(instrument.has_value());
        CHECK(instrument->mode == CalcMode::cfd_leverage);
        CHECK(instrument->margin_currency == "USD");
        CHECK(instrument->uses_price());
    }
    const auto crypto = derive_instrument(platform_hash("BTCUSD", 4, 1, "USD"));
    REQUIRE(crypto.has_value());
    CHECK(crypto->mode == CalcMode::crypto);
    CHECK(crypto->factor == 1.0);
    CHECK_FALSE(crypto->uses_price());
}

TEST_CASE("a group's margin of zero says nothing about forex", "[instrument]") {
    InstrumentSpec spec = platform_hash("EURUSD", 1, 100'000, "USD");
    spec.margin = 0.0;
    CHECK(derive_instrument(spec).has_value());
}

TEST_CASE("the crypto factor is the option, else its own field, else margin", "[instrument]") {
    InstrumentSpec spec = platform_hash("ETHUSD", 4, 1, "USDT");
    spec.margin = 2.5;
    CHECK(derive_instrument(spec)->factor == 2.5);
    spec.crypto_margin_factor = 3.0;
    CHECK(derive_instrument(spec)->factor == 3.0);
    spec.factor = 4.0;
    CHECK(derive_instrument(spec)->factor == 4.0);
    spec.factor = 0.0;
    check_refused(spec, "factor");
}

TEST_CASE("named options go before what the type implies", "[instrument]") {
    InstrumentSpec spec = platform_hash("GER40", 1, 1, "USD");
    spec.calc_mode = "cfd_leverage";
    spec.profit_currency = "EUR";
    spec.margin_currency = "CHF";
    spec.leverage = 20.0;
    spec.margin_rate_long = 1.15;
    spec.margin_rate_short = 1.25;
    const auto instrument = derive_instrument(spec);
    REQUIRE(instrument.has_value());
    CHECK(instrument->mode == CalcMode::cfd_leverage);
    CHECK(instrument->profit_currency == "EUR");
    CHECK(instrument->margin_currency == "CHF");
    CHECK(instrument->leverage_cap == 20.0);
    CHECK(instrument->long_rates.position == 1.15);
    CHECK(instrument->long_rates.maintenance == 1.15);
    CHECK(instrument->long_rates.stop_limit == 1.15);
    CHECK(instrument->short_rates.position == 1.25);
}

TEST_CASE("a base currency names the margin currency of forex", "[instrument]") {
    InstrumentSpec spec = platform_hash("EURUSD.raw", 1, 100'000, "USD");
    spec.base_currency = "XAU";
    CHECK(derive_instrument(spec)->margin_currency == "XAU");
    spec.calc_mode = "cfd";
    CHECK(derive_instrument(spec)->margin_currency == "USD");
}

TEST_CASE("a fixed margin is a margin per lot", "[instrument]") {
    InstrumentSpec spec = platform_hash("FUT", 3, 10, "USD");
    spec.calc_mode = "fixed";
    check_refused(spec, "initial_margin");
    spec.initial_margin = 1'500.0;
    const auto instrument = derive_instrument(spec);
    REQUIRE(instrument.has_value());
    CHECK(instrument->initial_margin == 1'500.0);
    CHECK_FALSE(instrument->uses_leverage());
    spec.initial_margin = -1.0;
    check_refused(spec, "initial_margin");
}

TEST_CASE("what cannot be derived is refused with the field's name", "[instrument]") {
    const InstrumentSpec good = platform_hash("EURUSD", 1, 100'000, "USD");
    InstrumentSpec spec = good;
    spec.exists = false;
    CHECK_FALSE(derive_instrument(spec).has_value());
    spec = good;
    spec.type.reset();
    check_refused(spec, "calc_mode");
    spec.type = 5;
    check_refused(spec, "calc_mode");
    spec = good;
    spec.calc_mode = "forexx";
    check_refused(spec, "calc_mode");
    for (const double size : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
        spec = good;
        spec.contract_size = size;
        check_refused(spec, "contract_size");
    }
    spec = good;
    spec.contract_size.reset();
    check_refused(spec, "contract_size");
    spec = good;
    spec.profit.clear();
    check_refused(spec, "profit_currency");
    spec = platform_hash("GOLD", 1, 100, "USD");  // too short to hold two currencies
    check_refused(spec, "margin_currency");
    spec = good;
    spec.leverage = 0.0;
    check_refused(spec, "leverage");
    spec = good;
    spec.margin_rate_short = std::nan("");
    check_refused(spec, "margin_rate");
}

TEST_CASE("each kind of order may have a margin rate of its own", "[instrument]") {
    InstrumentSpec spec = platform_hash("EURUSD", 1, 100'000, "USD");
    spec.margin_rate_long = 2.0;
    spec.margin_rate_buy_limit = 3.0;
    spec.margin_rate_sell_stop_limit = 4.0;
    const auto instrument = derive_instrument(spec);
    REQUIRE(instrument.has_value());
    CHECK(instrument->long_rates.limit == 3.0);
    CHECK(instrument->long_rates.stop == 2.0);
    CHECK(instrument->short_rates.stop_limit == 4.0);
    CHECK(instrument->short_rates.limit == 1.0);
    CHECK(instrument->is_plain());
    spec.margin_rate_sell_stop = 0.0;  // reserves nothing
    CHECK(derive_instrument(spec)->short_rates.stop == 0.0);
    spec.margin_rate_sell_stop = -1.0;
    check_refused(spec, "margin_rate");
}

TEST_CASE("a perpetual's tiers join without a jump", "[instrument]") {
    InstrumentSpec spec = platform_hash("BTCUSD", 1, 1, "USD");
    spec.calc_mode = "perpetual_linear";
    check_refused(spec, "maintenance_margin");
    spec.tiers = {{.from = 0.0, .rate = 0.01}, {.from = 50'000.0, .rate = 0.025}};
    const auto instrument = derive_instrument(spec);
    REQUIRE(instrument.has_value());
    CHECK_FALSE(instrument->is_plain());
    CHECK(instrument->tiers[1].deduction == 750.0);
    CHECK(maintenance_terms(*instrument, 50'000.0).of(50'000.0) == 500.0);
    CHECK(maintenance_terms(*instrument, 100'000.0).of(100'000.0) == 1'750.0);
}

TEST_CASE("an index CFD needs its tick, a future the margin of a lot", "[instrument]") {
    InstrumentSpec spec = platform_hash("DE40", 3, 1, "EUR");
    spec.calc_mode = "cfd_index";
    check_refused(spec, "tick_size");
    spec.tick_size = 0.5;
    check_refused(spec, "tick_value");
    spec.tick_value = 12.5;
    CHECK(margin_base(derive_instrument(spec).value(), 2.0, 0.0, 100.0) == 50.0);
    spec.calc_mode = "futures";
    check_refused(spec, "initial_margin");
    spec.initial_margin = 1'000.0;
    spec.maintenance_margin = 800.0;
    const Instrument future = derive_instrument(spec).value();
    CHECK(margin_base(future, 2.0, 0.0, 0.0) == 2'000.0);
    CHECK(margin_base(future, 2.0, 0.0, 0.0, MarginUse::maintenance) == 1'600.0);
}

TEST_CASE("what lies in a band costs the band's rate", "[instrument]") {
    Instrument instrument;
    const auto shares_of = [&](double amount, double leverage) {
        std::vector<double> shares;
        for (const TierShare& share : tier_shares(instrument, amount, leverage)) {
            shares.push_back(share.share);
        }
        return shares;
    };
    instrument.tiers = {{.from = 0.0, .rate = 1.0}, {.from = 10.0, .rate = 2.0}};
    CHECK(shares_of(4.0, 0.0) == std::vector{4.0});
    CHECK(shares_of(10.0, 0.0) == std::vector{10.0});
    CHECK(shares_of(12.0, 0.0) == std::vector{10.0, 4.0});
    instrument.tiers = {{.from = 0.0, .leverage = 500.0}, {.from = 10.0, .leverage = 100.0}};
    CHECK(shares_of(20.0, 0.0) == std::vector{10.0 / 500.0, 10.0 / 100.0});
    // An account never gets more than its own leverage.
    CHECK(shares_of(20.0, 200.0) == std::vector{10.0 / 200.0, 10.0 / 100.0});
}

TEST_CASE("a group's own specification goes before the fallback's", "[instrument]") {
    Instruments instruments;
    const SymbolId eurusd{3};
    const GroupId vip = instruments.intern_group("VIP");
    CHECK(instruments.effective(vip, eurusd) == nullptr);

    instruments.apply(platform_hash("EURUSD", 1, 100'000, "USD"), eurusd);
    CHECK(instruments.find(vip, eurusd) == nullptr);
    // It may have one that has not been read yet: the fallback would be a guess.
    CHECK(instruments.effective(vip, eurusd) == nullptr);

    InstrumentSpec own = platform_hash("EURUSD", 1, 50'000, "USD");
    own.group = "VIP";
    instruments.apply(own, eurusd);
    CHECK(instruments.effective(vip, eurusd)->spec.contract_size == 50'000.0);

    own.exists = false;
    instruments.apply(own, eurusd);
    REQUIRE(instruments.effective(vip, eurusd) != nullptr);
    CHECK(instruments.effective(vip, eurusd)->spec.contract_size == 100'000.0);
    CHECK(instruments.find(vip, eurusd) != nullptr);
}

TEST_CASE("a specification that cannot be understood is kept, without an instrument",
          "[instrument]") {
    Instruments instruments;
    const SymbolId symbol{0};
    instruments.apply(platform_hash("BADCS", 1, std::nan(""), "USD"), symbol);
    const auto* entry = instruments.effective(instruments.intern_group("Standard"), symbol);
    REQUIRE(entry != nullptr);
    CHECK_FALSE(entry->instrument.has_value());
    // The rule does not fall back from a specification that exists and is wrong.
    CHECK(entry->spec.symbol == "BADCS");
}

TEST_CASE("a missing specification is asked for once", "[instrument]") {
    Instruments instruments;
    const GroupId group = instruments.intern_group("VIP");
    CHECK(instruments.ask(group, SymbolId{1}));
    CHECK_FALSE(instruments.ask(group, SymbolId{1}));
    CHECK(instruments.ask(group, SymbolId{2}));
    CHECK(instruments.find(group, SymbolId{1}) == nullptr);
}
