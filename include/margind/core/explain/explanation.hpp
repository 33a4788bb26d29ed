#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/base/money.hpp"
#include "margind/core/base/verdict.hpp"
#include "margind/core/book/account.hpp"
#include "margind/core/market/quotes.hpp"
#include "margind/core/prop/prop_rules.hpp"
#include "margind/core/rules/rules.hpp"
#include "margind/core/stop_out/stop_out.hpp"

namespace margind {

/// A price that an explanation rests on.
struct PriceUsed {
    std::string symbol;
    double bid = not_a_price;
    double ask = not_a_price;
    std::int64_t ts_ms = 0;  // the feed's stamp; 0 = none
    std::int64_t age_ms = 0;
    Causes causes;
};

/// One stage of a conversion, with the quote that it takes. NaN where that is in doubt.
struct RateStageUsed {
    std::string symbol;
    bool is_inverse = false;
    double bid = not_a_price;
    double ask = not_a_price;
    Causes causes;
};

/// A conversion that an explanation rests on.
struct RateUsed {
    std::string from;
    std::string to;
    std::string path;  // "EURUSD", "1/USDJPY", "EURUSD * 1/USDJPY", "" = none
    double bid = not_a_price;
    double ask = not_a_price;
    double mid = not_a_price;
    std::vector<RateStageUsed> stages;
};

/// What an isolated position is worth by itself.
struct IsolatedExplained {
    Money put_in;
    bool is_known = false;  // of the next ones
    Money equity;
    Money margin;
    Money closing_fee;
    bool is_at_stop_out = false;
};

struct PositionExplained {
    std::string id;
    std::string symbol;
    Side side = Side::buy;
    double lots = 0.0;
    double open_price = 0.0;
    double close_price = not_a_price;
    Money pnl;
    Money margin;
    bool is_pnl_known = false;
    bool is_margin_known = false;  // may be so without a quote
    Causes causes;                 // why it cannot be valued, whatever the market
    std::optional<IsolatedExplained> isolated;
};

struct SymbolExplained {
    std::string symbol;
    double long_lots = 0.0;
    double short_lots = 0.0;
    Money long_margin;
    Money short_margin;
    Money margin;
    bool is_margin_known = true;
};

/// One summand of a symbol's margin: "hedged", "uncovered", "orders", "tier 1".
struct PartExplained {
    std::string symbol;
    std::string part;
    Money amount;
};

/// One step of a plan of closes, with what is predicted to hold after it.
struct CloseStep {
    std::string position;
    std::string symbol;
    double lots = 0.0;
    Money equity_after;
    Money margin_after;
    Money closing_fee_after;  // still held back from the level
    Money balance_after;
    bool has_level_after = false;  // false: nothing is used any more
    double level_after = 0.0;      // percent
};

/// A position that a plan of closes has to leave out.
struct SkippedStep {
    std::string position;
    std::string symbol;
    Session session = Session::closed;
};

/// How an account stands under its prop-firm rules. Money in its currency.
struct PropExplained {
    std::vector<std::string> problems;  // of the rules, or of what is remembered: then nothing else
    std::string rules_hash;
    std::optional<std::int64_t> reset_ms;  // when the current day began
    std::optional<Money> peak;
    PropRules rules;
    PropReading reading;
};

/// Everything a verdict rests on, in order. Money is in the account's currency.
struct Explanation {
    AccountKey account;
    std::string currency;
    Digits digits;
    Verdict verdict = Verdict::unknown;
    Causes causes;
    AccountState state = AccountState::ok;
    Money balance;
    Money credit;
    Money cash;  // balance + credit (where it counts) + swap − commission − isolated margins
    Money equity;
    Money margin;
    Money pnl;
    Money closing_fee;  // held back from the level
    Level margin_call;
    Level stop_out;
    LevelUnit level_unit = LevelUnit::percent;
    std::vector<PriceUsed> prices;
    std::vector<RateUsed> rates;
    std::vector<PositionExplained> positions;
    std::vector<SymbolExplained> symbols;
    std::vector<PartExplained> margin_parts;   // where a margin is more than sums over positions
    std::optional<Money> margin_before_tiers;  // where an instrument has tiers
    std::optional<Money> margin_initial;
    std::optional<Money> margin_maintenance;  // where an instrument has one
    double pnl_exact = not_a_price;           // before any rounding, without swap and commission
    bool has_parts = true;                    // P/L and margin are sums over positions and symbols
    std::vector<CloseStep> plan;              // empty unless the account is at its stop-out level
    std::vector<SkippedStep> plan_skipped;    // what it cannot close now
    bool is_backstop = false;                 // the plan's second stage: everything goes
    std::optional<Money> deficit;             // what is missing to zero when the plan is done
    std::optional<PropExplained> prop;
    std::vector<std::string> steps;  // the arithmetic, a line each; names as in docs/formulas.md
    std::string rules_hash;
};

/// The price that brought an account to a level, and what that left of it.
struct Touch {
    std::string symbol;
    double bid = not_a_price;
    double ask = not_a_price;
    std::int64_t ts_ms = 0;    // the feed's stamp; 0 = none
    std::int64_t wall_ms = 0;  // when it came
    Money equity;
    Money margin;
    Digits digits;
    double threshold = 0.0;    // as an event's
    bool is_stop_out = false;  // the level that it came to; false: the margin call

    /// What sets it apart from the account's other touches: its price and when that was made.
    [[nodiscard]] std::uint64_t occasion() const;
};

/// One entry of the event stream.
struct Event {
    std::string id;
    std::string account;  // "live:1001"
    TypeIndex type = 0;
    EventKind kind = EventKind::margin_call;
    bool is_armed = false;
    double level = 0.0;  // percent
    double equity = 0.0;
    double margin = 0.0;
    Digits digits;
    double threshold = 0.0;  // percent; of prop-firm limits the equity that must be held
    std::uint64_t data_epoch = 0;
    std::int64_t ts_ms = 0;
    Explanation decision;
    std::optional<Touch> touch;  // the price that brought the account there, where one was seen
    BreachMemory memory;  // to be written with the event
};

}  // namespace margind
