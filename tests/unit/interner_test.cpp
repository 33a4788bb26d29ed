#include "margind/core/base/interner.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "margind/core/base/currency.hpp"
#include "margind/core/base/ids.hpp"

using namespace margind;

TEST_CASE("a name keeps the id of its first sight", "[interner]") {
    Interner<SymbolId> names;
    const SymbolId eurusd = names.intern("EURUSD");
    const SymbolId usdjpy = names.intern("USDJPY");
    CHECK(eurusd.value == 0);
    CHECK(usdjpy.value == 1);
    CHECK(names.intern("EURUSD") == eurusd);
    CHECK(names.find("USDJPY") == usdjpy);
    CHECK(names.find("GBPUSD").is_none());
    CHECK(names.size() == 2);
    CHECK(names.name(usdjpy) == "USDJPY");
}

TEST_CASE("names are compared byte by byte", "[interner]") {
    Interner<SymbolId> names;
    const SymbolId upper = names.intern("EURUSD");
    CHECK(names.intern("eurusd") != upper);
    CHECK(names.intern("") != upper);
    CHECK(names.intern(std::string_view{"EUR\0USD", 7}) != upper);
    CHECK(names.size() == 4);
}

TEST_CASE("names do not move when many follow", "[interner]") {
    Interner<AccountId> names;
    std::string text = "live:0";
    const AccountId first = names.intern(text);
    text = "overwritten";  // the interner keeps its own copy
    const std::string* place = &names.name(first);
    for (int i = 1; i < 5'000; ++i) names.intern("live:" + std::to_string(i));
    CHECK(&names.name(first) == place);
    CHECK(names.name(first) == "live:0");
    for (int i = 0; i < 5'000; ++i) {
        REQUIRE(names.find("live:" + std::to_string(i)).value == static_cast<std::uint32_t>(i));
    }
}

TEST_CASE("currencies know their digits", "[interner]") {
    CHECK(default_digits("USD") == Digits{2});
    CHECK(default_digits("JPY") == Digits{0});
    CHECK(default_digits("KWD") == Digits{3});
    CHECK(default_digits("BTC") == Digits{8});
    CHECK(default_digits("ZZZ") == Digits{2});

    Currencies currencies;
    const CurrencyId usd = currencies.intern("USD");
    CHECK(currencies.digits(usd) == Digits{2});
    currencies.set_digits("USD", Digits{4});
    CHECK(currencies.digits(usd) == Digits{4});
    currencies.set_digits("XAU", Digits{6});  // before it is first seen
    CHECK(currencies.digits(currencies.intern("XAU")) == Digits{6});
    CHECK(currencies.code(usd) == "USD");
    CHECK(currencies.find("EUR").is_none());
    CHECK(currencies.intern("USDT") != usd);
}

TEST_CASE("currencies have the digits of ISO 4217") {
    for (const char* code : {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF",
                             "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"}) {
        INFO(code);
        CHECK(default_digits(code) == Digits{0});
    }
    for (const char* code : {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}) {
        INFO(code);
        CHECK(default_digits(code) == Digits{3});
    }
    for (const char* code : {"CLF", "UYW"}) {
        INFO(code);
        CHECK(default_digits(code) == Digits{4});
    }
    for (const char* code : {"USD", "EUR", "GBP", "CHF", "AUD", "BRL", "CNY", "HUF", "IDR", "INR",
                             "MGA", "MRU", "MXN", "TWD", "TZS", "UYU", "ZAR"}) {
        INFO(code);
        CHECK(default_digits(code) == Digits{2});
    }
}
