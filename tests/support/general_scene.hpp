// One account of the general valuation, its market and its instruments, without an engine.
#pragma once
#include <catch2/catch_test_macros.hpp>
#include <deque>

#include "margind/core/valuation/general_account.hpp"
#include "support/desk.hpp"

namespace margind::test {

/// An account in dollars under the standard rules, holding nothing; no symbol has a price.
struct GeneralScene {
    GeneralScene() {
        general.rules = &rules;
        general.leverage = 100.0;
        row.digits = Digits{2};
    }
    // The account points to the rules.
    GeneralScene(const GeneralScene&) = delete;
    GeneralScene& operator=(const GeneralScene&) = delete;

    /// An exposure to a new instrument: without volume and price.
    Exposure exposure_of(const InstrumentSpec& from) {
        const auto derived = derive_instrument(from);
        INFO((derived ? "" : derived.error()));
        REQUIRE(derived.has_value());
        const Instrument& instrument = instruments.emplace_back(*derived);
        const CurrencyId dollars = currencies.intern("USD");
        Exposure out{.instrument = &instrument, .symbol = symbols.intern(from.symbol)};
        out.profit_digits = Digits{2};
        out.pnl_rate = rates.intern(currencies.intern(instrument.profit_currency), dollars);
        out.margin_rate = rates.intern(currencies.intern(instrument.margin_currency), dollars);
        return out;
    }

    void quote(SymbolId symbol, double bid, double ask) {
        quotes.grow(symbols.size());
        quotes.apply({.symbol = symbol, .bid = bid, .ask = ask}, moment(0));
    }

    [[nodiscard]] GeneralMarket market() const { return {quotes, rates}; }

    RuleSet rules = standard_rules();
    AccountRow row;
    GeneralAccount general;
    Symbols symbols;
    Currencies currencies;
    RateTable rates{{}, currencies, symbols};
    QuoteBoard quotes{{}};
    std::deque<Instrument> instruments;
};

}  // namespace margind::test
