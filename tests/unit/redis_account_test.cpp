#include "wire/redis_account.hpp"

#include <simdjson.h>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

using namespace margind;
using namespace margind::wire;

namespace {

using Hash = std::vector<std::string_view>;

AccountImage account_of(const Hash& hash) {
    AccountImage image;
    decode_account(hash, image);
    return image;
}

InstrumentSpec spec_of(const Hash& hash) { return decode_instrument({"Standard", "EURUSD"}, hash); }

}  // namespace

TEST_CASE("an account's configuration is read field by field") {
    const AccountImage image = account_of({"wallet_balance",
                                           "10000.50",
                                           "leverage",
                                           "100",
                                           "group",
                                           "VIP",
                                           "status",
                                           "1",
                                           "currency",
                                           "EUR",
                                           "credit",
                                           "25",
                                           "auto_cutoff_level",
                                           "80",
                                           "auto_liquidation_level",
                                           "40",
                                           "margin_mode",
                                           "Netting",
                                           "sending_orders",
                                           "rock"});
    CHECK(image.balance == 10000.5);
    CHECK(image.leverage == 100.0);
    CHECK(image.group == "VIP");
    CHECK(image.currency == "EUR");
    CHECK(image.credit == 25.0);
    CHECK(image.margin_call_level == 80.0);
    CHECK(image.stop_out_level == 40.0);
    CHECK(image.margin_mode == MarginMode::netting);
}

TEST_CASE("what is not set is nothing, never zero") {
    const AccountImage image = account_of({"wallet_balance", "", "group", "", "credit", ""});
    CHECK_FALSE(image.balance.has_value());
    CHECK_FALSE(image.leverage.has_value());
    CHECK_FALSE(image.credit.has_value());
    CHECK_FALSE(image.stop_out_level.has_value());
    CHECK_FALSE(image.margin_mode.has_value());
    CHECK(image.group.empty());
    CHECK(image.currency.empty());
}

TEST_CASE("a setting that is there and unreadable is not mistaken for its default") {
    const AccountImage image =
        account_of({"wallet_balance", "many", "leverage", "nan", "credit", "inf",
                    "auto_liquidation_level", "x", "currency", "\xff", "group", "a\nb"});
    CHECK_FALSE(image.balance.has_value());
    CHECK_FALSE(image.leverage.has_value());
    REQUIRE(image.credit.has_value());
    CHECK(std::isnan(*image.credit));
    REQUIRE(image.stop_out_level.has_value());
    CHECK(std::isnan(*image.stop_out_level));
    CHECK(image.currency == "?");
    CHECK(image.group == "?");
    CHECK_FALSE(image.has_bad_setting);
    CHECK(account_of({"margin_mode", "nettingg"}).has_bad_setting);
}

TEST_CASE("a reply with an odd number of parts loses its last part only") {
    CHECK(account_of({"wallet_balance", "5", "leverage"}).balance == 5.0);
}

TEST_CASE("an order is read with its exact volume") {
    const auto order =
        decode_order("77", Hash{"order_id",         "77",       "symbol",       "EURUSD",
                                "order_type",       "sell",     "order_price",  "1.095",
                                "order_quantity",   "0.30",     "order_status", "OPEN",
                                "execution_status", "EXECUTED", "swap",         "-2",
                                "commission",       "3.5",      "margin",       "12"});
    REQUIRE(order.has_value());
    CHECK(order->id == "77");
    CHECK_FALSE(order->is_dangling);
    CHECK(order->symbol == "EURUSD");
    CHECK(order->side == Side::sell);
    CHECK(order->open_price == 1.095);
    CHECK(order->quantity == 0.3);
    CHECK(order->volume == Volume::from_raw(30'000'000));
    CHECK(order->swap == -2.0);
    CHECK(order->commission == 3.5);
    CHECK(order->margin == 12.0);
    CHECK(order->margin_mode == PositionMargin::cross);
}

TEST_CASE("an isolated position is read with its margin, and an unknown mode is none of both") {
    const auto order_with = [](const char* mode) {
        return decode_order("1", Hash{"symbol", "A", "margin_mode", mode, "isolated_margin", "5"});
    };
    for (const char* mode : {"isolated", "ISOLATED"}) {
        const auto order = order_with(mode);
        REQUIRE(order.has_value());
        CHECK(order->margin_mode == PositionMargin::isolated);
        CHECK(order->isolated_margin == 5.0);
    }
    CHECK(order_with("Cross").value_or(OrderImage{}).margin_mode == PositionMargin::cross);
    CHECK(order_with("portfolio").value_or(OrderImage{}).margin_mode == PositionMargin::other);
}

TEST_CASE("an order counts unless one of its statuses says that it is no open position") {
    for (const char* status : {"PENDING", "queued", "Rejected", "CANCELLED", "closed"}) {
        CAPTURE(status);
        CHECK_FALSE(decode_order("1", Hash{"symbol", "A", "order_status", status}).has_value());
        CHECK_FALSE(decode_order("1", Hash{"symbol", "A", "execution_status", status}).has_value());
        CHECK_FALSE(decode_order("1", Hash{"execution_status", status, "order_status", "OPEN"}));
    }
    CHECK(decode_order("1", Hash{"symbol", "A"}).has_value());
    CHECK(decode_order("1", Hash{"symbol", "A", "order_status", ""}).has_value());
    CHECK(decode_order(
        "1", Hash{"symbol", "A", "order_status", "OPEN", "execution_status", "EXECUTED"}));
    CHECK(decode_order("1", Hash{"symbol", "A", "order_status", " CLOSED"}).has_value());
}

TEST_CASE("an index entry without its hash is a broken image, not an absent order") {
    const auto order = decode_order("77", {});
    REQUIRE(order.has_value());
    CHECK(order->is_dangling);
    CHECK(order->id == "77");
}

TEST_CASE("an order's unreadable numbers are nothing, its unreadable costs are not zero") {
    const auto order = decode_order(
        "1", Hash{"symbol", "EURUSD", "order_type", "STRADDLE", "order_price", "1,1",
                  "order_quantity", "0.000000001", "swap", "n/a", "commission", "", "margin", "?"});
    REQUIRE(order.has_value());
    CHECK(order->side == Side::other);
    CHECK_FALSE(order->open_price.has_value());
    CHECK(order->quantity == 0.000000001);
    CHECK_FALSE(order->volume.has_value());  // finer than 10⁻⁸ lot
    REQUIRE(order->swap.has_value());
    CHECK(std::isnan(*order->swap));
    CHECK_FALSE(order->commission.has_value());
    CHECK_FALSE(order->margin.has_value());
}

TEST_CASE("a symbol that is no name is no symbol") {
    using namespace std::string_view_literals;
    for (const std::string_view symbol : {"\xff\xfe"sv, "EUR\0USD"sv, "EUR\r\nUSD"sv}) {
        const auto order = decode_order("1", Hash{"symbol", symbol});
        REQUIRE(order.has_value());
        CHECK(order->symbol.empty());
    }
    const std::string endless(1'000'000, 'A');
    CHECK(decode_order("1", Hash{"symbol", endless})->symbol.empty());
}

TEST_CASE("the stored margin is read back where its fields are numbers or missing") {
    const auto stored_of = [](const Hash& values) {
        AccountImage image;
        decode_stored(values, image);
        return image.stored;
    };
    const StoredMargin all = stored_of({"500.00000000000006", "510", "1700000000000", {}});
    CHECK(all.executed == 500.00000000000006);
    CHECK(all.all == 510.0);
    CHECK(all.ts_ms == 1'700'000'000'000);
    const StoredMargin none = stored_of({{}, {}, {}, {}});
    CHECK_FALSE(none.executed.has_value());
    CHECK_FALSE(none.ts_ms.has_value());
    CHECK_FALSE(stored_of({}).executed.has_value());
    CHECK_FALSE(stored_of({"nan", "inf", "soon", {}}).executed.has_value());
}

TEST_CASE(
    "what prop-firm rules remember is read back, and what is no memory is told apart from none") {
    const auto image_of = [](std::string_view text) {
        AccountImage image;
        decode_stored(Hash{{}, {}, {}, text}, image);
        return image;
    };
    CHECK(image_of({}).prop == nullptr);
    CHECK_FALSE(image_of({}).has_bad_prop_memory);
    const AccountImage good = image_of("digits=2 peak=105000.00 currency=USD");
    REQUIRE(good.prop != nullptr);
    CHECK(good.prop->state.peak == Money::from_minor(10'500'000));
    CHECK_FALSE(good.has_bad_prop_memory);
    const AccountImage bad = image_of("digits=2 peak=105000.00");
    CHECK(bad.prop == nullptr);
    CHECK(bad.has_bad_prop_memory);
}

TEST_CASE("a group's hash is read under the contract's names and ours") {
    const InstrumentSpec spec = spec_of({"type",
                                         "4",
                                         "contract_size",
                                         "1",
                                         "profit",
                                         "USDT",
                                         "crypto_margin_factor",
                                         "3",
                                         "margin",
                                         "2.5",
                                         "calc_mode",
                                         "cfd",
                                         "base_currency",
                                         "BTC",
                                         "profit_currency",
                                         "USD",
                                         "margin_currency",
                                         "USD",
                                         "initial_margin",
                                         "100",
                                         "factor",
                                         "2",
                                         "leverage",
                                         "20",
                                         "margin_rate_long",
                                         "1.5",
                                         "margin_rate_short",
                                         "0.5"});
    CHECK(spec.exists);
    CHECK(spec.group == "Standard");
    CHECK(spec.symbol == "EURUSD");
    CHECK(spec.type == 4);
    CHECK(spec.contract_size == 1.0);
    CHECK(spec.profit == "USDT");
    CHECK(spec.crypto_margin_factor == 3.0);
    CHECK(spec.margin == 2.5);
    CHECK(spec.calc_mode == "cfd");
    CHECK(spec.base_currency == "BTC");
    CHECK(spec.profit_currency == "USD");
    CHECK(spec.margin_currency == "USD");
    CHECK(spec.initial_margin == 100.0);
    CHECK(spec.factor == 2.0);
    CHECK(spec.leverage == 20.0);
    CHECK(spec.margin_rate_long == 1.5);
    CHECK(spec.margin_rate_short == 0.5);
}

TEST_CASE("a group's hash has the guards of the symbol's prices") {
    const InstrumentSpec spec =
        spec_of({"digits", "5", "soft_points", "150", "confirm_ticks", "", "discard_points", "abc",
                 "max_age_ms", "5000", "allow_negative", "yes", "ref_symbol", "EURUSD.REF"});
    CHECK(spec.digits == 5.0);
    CHECK(spec.soft_points == 150.0);
    CHECK_FALSE(spec.confirm_ticks);
    REQUIRE(spec.discard_points);
    CHECK(std::isnan(*spec.discard_points));
    CHECK(spec.max_age_ms == 5'000.0);
    CHECK(spec.allow_negative == "yes");
    CHECK(spec.ref_symbol == "EURUSD.REF");
    CHECK(spec.is_readable);
    CHECK_FALSE(unreadable_instrument({"Standard", "EURUSD"}).is_readable);
}

TEST_CASE("in a group's hash '' is not set, and a number that is none is NaN") {
    const InstrumentSpec spec =
        spec_of({"type", "gold", "contract_size", "abc", "profit", "", "margin", ""});
    CHECK(spec.type == 0);
    REQUIRE(spec.contract_size.has_value());
    CHECK(std::isnan(*spec.contract_size));
    CHECK(spec.profit.empty());
    CHECK_FALSE(spec.margin.has_value());
    CHECK_FALSE(spec_of({}).exists);
    CHECK(std::isnan(*unreadable_instrument({"A", "B"}).contract_size));
}

TEST_CASE("a price may have one side, and a side that is no number is missing") {
    const StoredPrice both = decode_price(Hash{"1.1", "1.2", "1700000000000"});
    CHECK(both.exists);
    CHECK(both.bid == 1.1);
    CHECK(both.ask == 1.2);
    CHECK(both.ts_ms == 1'700'000'000'000);
    const StoredPrice one = decode_price(Hash{{}, "5.0", "later"});
    CHECK(one.exists);
    CHECK(std::isnan(one.bid));
    CHECK(one.ask == 5.0);
    CHECK(one.ts_ms == 0);
    for (const char* text : {"nan", "inf", "-inf", "1e999", "0x10", "", "1.1.1"}) {
        CHECK_FALSE(decode_price(Hash{text, text, "1"}).exists);
    }
    CHECK_FALSE(decode_price(Hash{{}, {}, {}}).exists);
    CHECK_FALSE(decode_price({}).exists);
    CHECK(decode_price(Hash{"x", "1.2", "1"}).is_malformed);
    CHECK_FALSE(decode_price(Hash{{}, "1.2", "1"}).is_malformed);
}

namespace {

/// The fields of a JSON object of texts, as HGETALL would give them.
Hash hash_of(const simdjson::dom::element& object) {
    Hash hash;
    for (const simdjson::dom::key_value_pair field : simdjson::dom::object{object}) {
        hash.push_back(field.key);
        hash.push_back(std::string_view{field.value});
    }
    return hash;
}

}  // namespace

TEST_CASE("what the recorded platform cases store can be read") {
    const char* folder = std::getenv("MARGIND_TEST_DATA");
    if (folder == nullptr) SKIP("MARGIND_TEST_DATA is not set: platform-snapshots.json not read");
    simdjson::dom::parser parser;
    const simdjson::dom::element document =
        parser.load(std::string{folder} + "/platform-snapshots.json");
    std::size_t orders = 0;
    for (const simdjson::dom::element stored : document["cases"]) {
        CAPTURE(std::string_view{stored["name"]});
        const Hash config = hash_of(stored["config"]);
        const AccountImage image = account_of(config);
        const auto balance = stored["config"]["wallet_balance"];
        CHECK(image.balance.has_value() ==
              (balance.error() == simdjson::SUCCESS && std::string_view{balance} != ""));
        for (const simdjson::dom::element order : stored["orders"]) {
            Hash hash = hash_of(order);
            if (order["__dangling__"].error() == simdjson::SUCCESS) hash.clear();
            const auto image_of_order = decode_order(std::string_view{order["order_id"]}, hash);
            orders += image_of_order.has_value();
            if (image_of_order) CHECK(image_of_order->is_dangling == hash.empty());
        }
    }
    CHECK(orders > 0);
    for (const simdjson::dom::key_value_pair group : simdjson::dom::object{document["groups"]}) {
        CAPTURE(group.key);
        CHECK(decode_instrument({"Standard", "X"}, hash_of(group.value)).exists);
    }
}
