// The exact oracle itself, against examples that vendors and exchanges have published (the same
// that data/worked-examples.json holds) and against what can be worked out by hand.
#include <catch2/catch_test_macros.hpp>
#include <initializer_list>
#include <string>
#include <utility>

#include "support/exact_oracle.hpp"

namespace margind::test::exact {
namespace {

/// A market that is put together in a test, and one account in it.
struct Case {
    ExactMarket market;
    ExactAccount account{.rules = {}, .currency = "USD"};

    Case() {
        for (const auto& [code, digits] : std::initializer_list<std::pair<const char*, int>>{
                 {"USD", 2}, {"EUR", 2}, {"GBP", 2}, {"CHF", 2}, {"JPY", 0}, {"BTC", 8}}) {
            market.currencies.push_back({code, digits});
        }
    }
    ExactQuote& quote(std::string symbol, Decimal bid, Decimal ask) {
        return market.quotes.emplace_back(ExactQuote{std::move(symbol), bid, ask, {}, {}, {}});
    }
    /// Of the quote that was named last.
    ExactInstrument& instrument(CalcMode mode, Decimal contract_size, std::string profit) {
        ExactInstrument& one = market.instruments.emplace_back();
        one.quote = market.quotes.size() - 1;
        one.mode = mode;
        one.contract_size = contract_size;
        one.profit_currency = std::move(profit);
        return one;
    }
    /// Of the instrument that was named last; lots in hundredths, short below 0.
    ExactOrder& order(std::int64_t hundredths, Decimal price,
                      OrderKind kind = OrderKind::position) {
        ExactOrder& one = account.orders.emplace_back();
        one.kind = kind;
        one.instrument = market.instruments.size() - 1;
        one.is_short = hundredths < 0;
        one.volume = Volume::from_raw(std::abs(hundredths) * 1'000'000);
        one.price = price;
        return one;
    }
    [[nodiscard]] ExactFigures figures() const { return ExactOracle{market}.value(account); }
    [[nodiscard]] std::int64_t margin() const { return figures().margin; }
    [[nodiscard]] std::int64_t pnl() const { return figures().pnl; }
};

ExactTier band(Decimal from, std::optional<Decimal> rate, std::optional<Decimal> leverage) {
    return {from, rate, leverage, {}};
}

}  // namespace

TEST_CASE("a decimal is read, written and rounded as it stands", "[property]") {
    CHECK((1.2790_dec).text() == "1.2790");
    CHECK((-0.05_dec).text() == "-0.05");
    CHECK((100'000_dec).text() == "100000");
    CHECK((1.1_dec).nearest() == 1.1);
    CHECK((0.00001234_dec).nearest() == 0.00001234);
    CHECK(Ratio{1.005_dec}.rounded(2) == 101);
    CHECK(Ratio{-1.005_dec}.rounded(2) == -101);
    CHECK(Ratio{1.00499999_dec}.rounded(2) == 100);
    CHECK((Ratio{1} / 3).rounded(4) == 3'333);
    CHECK((Ratio{-2} / 3).rounded(0) == -1);
    CHECK((Ratio{1} / 6 + Ratio{1} / 3) == Ratio{0.5_dec});
    CHECK((Ratio{1} / 3) < Ratio{0.3334_dec});
    CHECK((Ratio{7} / -2).magnitude() == Ratio{3.5_dec});
}

TEST_CASE("the oracle agrees with published margins of single positions", "[property]") {
    SECTION("forex, converted at the ask, times its margin rate: 1,470.85") {
        Case one;
        one.quote("EURUSD", 1.2788_dec, 1.2790_dec);
        one.instrument(CalcMode::forex, 100'000_dec, "USD").rates[0].position = 1.15_dec;
        one.order(100, 1.2790_dec);
        CHECK(one.margin() == 147'085);
    }
    SECTION("a share at its ask: 3,300.00") {
        Case one;
        one.quote("#AA", 32.98_dec, 33.00_dec);
        one.instrument(CalcMode::cfd, 100_dec, "USD");
        one.order(100, 33_dec);
        CHECK(one.margin() == 330'000);
    }
    SECTION("at the middle price, a rate in place of a leverage: 28,556.64 and -100.00") {
        Case one;
        one.account.rules.valuation_price = ValuationPrice::mid;
        one.account.currency = "GBP";
        one.account.balance = 50'000_dec;
        one.quote("EURGBP", 0.8566_dec, 0.8568_dec).mid = 0.8567_dec;
        one.instrument(CalcMode::cfd, 1_dec, "GBP").rates[0].position = 0.0333333_dec;
        one.order(100'000'000, 0.8568_dec);
        CHECK(one.margin() == 2'855'664);
        CHECK(one.pnl() == -10'000);
        CHECK(one.figures().equity == 4'990'000);
    }
    SECTION("crypto at its open price, a fixed margin of another currency, an index by its tick") {
        Case one;
        one.quote("EURUSD", 1.0999_dec, 1.1001_dec);
        one.quote("BTCUSD", 60'000_dec, 60'010_dec);
        one.instrument(CalcMode::crypto, 1_dec, "USD").factor = 2.5_dec;
        one.order(10, 50'000_dec);
        CHECK(one.margin() == 12'500);
        one.quote("FDAX", 18'000_dec, 18'001_dec);
        one.instrument(CalcMode::fixed, 25_dec, "EUR").initial_margin = 1'500_dec;
        one.order(300, 18'000_dec);
        CHECK(one.margin() == 12'500 + 495'045);
        one.quote("US500", 5'000.0_dec, 5'000.5_dec);
        ExactInstrument& index = one.instrument(CalcMode::cfd_index, 1_dec, "USD");
        index.tick_size = 0.25_dec;
        index.tick_value = 12.5_dec;
        one.order(-100, 5'001_dec);
        CHECK(one.margin() == 12'500 + 495'045 + 25'000'000);
    }
}

TEST_CASE("the oracle agrees with published margins of hedges and orders", "[property]") {
    Case one;
    one.account.leverage = 500_dec;
    SECTION("basic: 1,343.36 covered and 895.54 uncovered") {
        one.account.rules.hedged_margin = HedgedMargin::basic;
        one.quote("EURUSD", 1.1194_dec, 1.1195_dec);
        ExactInstrument& euro = one.instrument(CalcMode::forex, 100'000_dec, "USD");
        euro.hedged_margin = 100'000_dec;
        euro.rates[0].position = 2_dec;
        euro.rates[1].position = 4_dec;
        one.order(-300, 1.11943_dec);
        one.order(200, 1.11953_dec);
        CHECK(one.margin() == 134'336 + 89'554);
    }
    SECTION("larger leg with orders on both sides, at open prices: 4,646.81") {
        one.account.leverage = 100_dec;
        one.account.rules.margin_conversion = MarginConversion::open_price;
        one.quote("EURUSD", 1.16000_dec, 1.16010_dec);
        one.instrument(CalcMode::forex, 100'000_dec, "USD");
        one.order(100, 1.16214_dec);
        one.order(200, 1.16207_dec);
        one.order(-100, 1.16184_dec);
        one.order(-100, 1.16189_dec);
        one.order(100, 1.16053_dec, OrderKind::limit);
        one.order(-100, 1.15808_dec, OrderKind::stop);
        one.order(-100, 1.16067_dec, OrderKind::stop);
        CHECK(one.margin() == 464'681);
    }
    SECTION("netted, 0.3 long against 0.2 and 0.1 short are exactly nothing") {
        one.account.margin_mode = MarginMode::netting;
        one.quote("BTCUSD", 50'000_dec, 50'001_dec);
        one.instrument(CalcMode::cfd_leverage, 1_dec, "USD");
        one.order(30, 50'000_dec);
        one.order(-20, 50'000_dec);
        one.order(-10, 50'000_dec);
        CHECK(one.margin() == 0);
    }
    SECTION("netted, an order against the position counts for what exceeds it") {
        one.account.leverage = 100_dec;
        one.account.currency = "EUR";
        one.account.margin_mode = MarginMode::netting;
        one.quote("EURUSD", 1.1_dec, 1.1_dec);
        one.instrument(CalcMode::forex, 100'000_dec, "USD");
        one.order(100, 1.1_dec);
        one.order(-150, 1.2_dec, OrderKind::limit);
        CHECK(one.margin() == 100'000);  // half a lot of 1.5 is less than one
        one.order(-300, 1.2_dec, OrderKind::limit);
        CHECK(one.margin() == 350'000);
    }
}

TEST_CASE("the oracle agrees with published tiers", "[property]") {
    Case one;
    SECTION("bands of volume, positions and orders: 36,000.00") {
        one.quote("USDCHF", 0.9_dec, 0.9_dec);
        one.instrument(CalcMode::forex, 100'000_dec, "CHF").tiers = {
            band(0_dec, 1_dec, {}), band(10_dec, 2_dec, {}), band(20_dec, 3_dec, {})};
        one.order(1'200, 0.9_dec);
        one.order(1'000, 0.89_dec, OrderKind::limit);
        CHECK(one.margin() == 3'600'000);
    }
    SECTION("bands of leverage: 150 + 700 + 2,000") {
        one.account.currency = "EUR";
        one.account.leverage = 2'000_dec;
        one.quote("EURUSD", 1.09_dec, 1.09_dec);
        one.instrument(CalcMode::forex, 100'000_dec, "USD").tiers = {
            band(0_dec, {}, 2'000_dec), band(3_dec, {}, 1'000_dec), band(10_dec, {}, 500_dec)};
        one.order(2'000, 1.09_dec);
        CHECK(one.margin() == 285'000);
    }
    SECTION("maintenance of a perpetual: 1,250,000, at the bound 1,875,000, beyond 3,125,000") {
        one.account.leverage = 10_dec;
        one.quote("BTCUSD", 50'000_dec, 50'000_dec);
        ExactInstrument& coin = one.instrument(CalcMode::perpetual_linear, 1_dec, "USD");
        coin.tiers = {band(0_dec, {}, 40_dec), band(150'000'000_dec, {}, 20_dec)};
        ExactOrder& position = one.order(200'000, 50'000_dec);
        CHECK(one.margin() == 125'000'000);
        position.volume = Volume::from_raw(3'000 * Volume::per_lot);
        CHECK(one.margin() == 187'500'000);
        position.volume = Volume::from_raw(4'000 * Volume::per_lot);
        CHECK(one.margin() == 312'500'000);
    }
    SECTION("a deduction as it is given: 71,200.81, and a P/L of -56,354.57") {
        one.quote("BTCUSD", 31'967.27_dec, 31'967.27_dec).mark = 31'967.27_dec;
        ExactInstrument& coin = one.instrument(CalcMode::perpetual_linear, 1_dec, "USD");
        coin.tiers = {{0_dec, 0.0125_dec, {}, {}}, {1'304'000_dec, 0.025_dec, {}, 16'300_dec}};
        one.order(100, 32'481.98_dec).volume = Volume::from_raw(10'948'800'000);
        CHECK(one.margin() == 7'120'081);
        CHECK(one.pnl() == -5'635'457);
    }
    SECTION("an inverse contract: 0.0125 bitcoin to open it, 0.00625 to keep it") {
        one.account.currency = "BTC";
        one.quote("BTCUSD", 8'000_dec, 8'000_dec).mark = 8'000_dec;
        ExactInstrument& coin = one.instrument(CalcMode::perpetual_inverse, 1_dec, "BTC");
        coin.maintenance_margin = 0.005_dec;
        coin.is_maintenance_at_entry = true;
        one.order(1'000'000, 8'000_dec);
        CHECK(one.margin() == 625'000);
        CHECK(ExactOracle{one.market}.initial_margin(one.account) == 1'250'000);
    }
}

TEST_CASE("the oracle agrees with published profits and conversions", "[property]") {
    Case one;
    SECTION("each leg of a forex position is rounded by itself") {
        one.account.balance = 10'000_dec;
        one.quote("EURUSD", 1.205_dec, 1.2052_dec);
        one.instrument(CalcMode::forex, 100'000_dec, "USD");
        ExactOrder& position = one.order(100, 1.2_dec);
        CHECK(one.pnl() == 50'000);
        position.swap = -2.5_dec;
        position.commission = 7_dec;
        CHECK(one.pnl() == 49'050);
        CHECK(one.figures().equity == 1'049'050);
    }
    SECTION("1,000 yen won are worth 6.67 dollars, a thousand times that 6,666.67 and 6,671.11") {
        one.quote("USDJPY", 149.90_dec, 150.00_dec);
        one.instrument(CalcMode::forex, 1'000_dec, "JPY");
        one.order(100, 148.90_dec);
        CHECK(one.pnl() == 667);
        one.account.orders[0].volume = Volume::from_raw(1'000 * Volume::per_lot);
        CHECK(one.pnl() == 666'667);
        one.account.orders[0].price = 150.90_dec;
        CHECK(one.pnl() == -667'111);
    }
    SECTION("two stages at the bid: 100 euros are 16,488 yen") {
        one.account.currency = "JPY";
        one.quote("EURUSD", 1.0999_dec, 1.1001_dec);
        one.quote("USDJPY", 149.90_dec, 150.00_dec);
        one.quote("GER40", 18'000_dec, 18'000_dec);
        one.instrument(CalcMode::cfd, 1_dec, "EUR");
        one.order(100, 17'900_dec);
        CHECK(one.pnl() == 16'488);
        CHECK(one.margin() == 2'970'270);
    }
    SECTION("exposure by its composition: long at the bid, short at the ask, both at the middle") {
        one.account.rules.margin_conversion = MarginConversion::by_composition;
        one.quote("EURUSD", 1.1_dec, 1.3_dec);
        one.quote("GER40", 100_dec, 100_dec);
        one.instrument(CalcMode::cfd, 1_dec, "EUR");
        one.order(100, 100_dec);
        CHECK(one.margin() == 11'000);
        one.account.orders[0].is_short = true;
        CHECK(one.margin() == 13'000);
        one.order(100, 100_dec);
        CHECK(one.margin() == 12'000);
    }
    SECTION("no path, no figures; a bound that no amount may reach") {
        one.quote("GER40", 9'000_dec, 9'000_dec);
        one.instrument(CalcMode::cfd, 1_dec, "EUR");
        one.order(100, 17'900_dec);
        CHECK_FALSE(one.figures().is_known);
        one.account.currency = "EUR";
        CHECK(one.figures().is_known);
        CHECK(one.figures().fits);
        one.account.balance = 90'071'992'547'409.92_dec;
        CHECK_FALSE(one.figures().fits);
    }
}

}  // namespace margind::test::exact
