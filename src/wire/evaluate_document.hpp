#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "margind/core/base/money.hpp"
#include "margind/core/book/account.hpp"
#include "margind/core/market/quotes.hpp"
#include "margind/core/rules/instrument.hpp"
#include "margind/core/rules/rules.hpp"
#include "wire/evaluate_reader.hpp"

namespace margind::wire {

/// A price of the document, by name. A side that is not given is NaN.
struct NamedPrice {
    std::string symbol;
    double bid = not_a_price;
    double ask = not_a_price;
    Marks marks = {};
    std::int64_t ts_ms = 0;  // 0 = none: it arrived just now
};

/// An `evaluate` document, read and checked. Fields and units: docs/evaluate.md.
struct EvaluateDocument {
    RuleSet rules;
    std::vector<InstrumentSpec> instruments;
    std::vector<std::pair<std::string, Session>> sessions;  // by symbol
    std::vector<std::pair<std::string, Digits>> currency_digits;
    std::vector<std::string> suffixes;               // of conversion pairs
    std::optional<std::vector<std::string>> pivots;  // absent: those of EngineOptions
    std::vector<NamedPrice> quotes;
    std::vector<NamedPrice> ticks;
    bool has_ticks = false;
    AccountImage account;
    std::optional<OrderImage> pretrade;  // a deal that is only thought of
    std::int64_t now_ms = 0;  // as given, else the newest stamp in the document; 0 = none

    /// Null where the document has none of this symbol.
    [[nodiscard]] const InstrumentSpec* instrument(std::string_view symbol) const;
    /// "USD" where the account does not say.
    [[nodiscard]] std::string_view currency() const;
    /// Decimals of the account's money.
    [[nodiscard]] Digits digits() const;
};

/// Reads a document. Everything that is wrong with it is in `problems`; if there is anything, the
/// result is of no use.
[[nodiscard]] EvaluateDocument read_document(std::string_view json, Problems& problems);

/// A price of a symbol whose instrument has been read; NaN = none was given. At or below zero it is
/// a problem where the instrument does not allow it.
void check_price(ObjectReader& reader, std::string_view name, double price, std::string_view symbol,
                 const EvaluateDocument& document);

/// A perpetual has margins and tiers of its own kind.
[[nodiscard]] bool is_perpetual(const InstrumentSpec& spec);

// Its parts (evaluate_instrument.cpp, evaluate_instruments_together.cpp, evaluate_account.cpp,
// evaluate_prop.cpp).

/// What one instrument alone cannot tell.
void check_instruments_together(const EvaluateDocument& document, Problems& problems);
void read_instruments(ObjectReader& root, EvaluateDocument& document, Problems& problems);
/// Fields of the account. Its currency and its other rules have been read.
void read_prop(ObjectReader& account, EvaluateDocument& document, Problems& problems);
/// What is remembered must have been before the document's now, which has been read.
void check_prop_times(const EvaluateDocument& document, Problems& problems);
void read_account(ObjectReader& root, EvaluateDocument& document, Problems& problems);
void read_positions(ObjectReader& root, EvaluateDocument& document, Problems& problems);
void read_orders(ObjectReader& root, EvaluateDocument& document, Problems& problems);
void read_pretrade(ObjectReader& root, EvaluateDocument& document, Problems& problems);

}  // namespace margind::wire
