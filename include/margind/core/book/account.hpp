#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "margind/core/base/units.hpp"
#include "margind/core/prop/prop_memory.hpp"
#include "margind/core/rules/instrument.hpp"
#include "margind/core/rules/rule_overrides.hpp"

namespace margind {

/// Who an account is: "live:1001" is type "live", id "1001".
struct AccountKey {
    std::string type;
    std::string id;

    [[nodiscard]] std::string text() const { return type + ":" + id; }
    friend auto operator<=>(const AccountKey&, const AccountKey&) = default;
};

enum class Side : std::uint8_t { buy, sell, other };

/// What an order is to its account.
enum class OrderKind : std::uint8_t { position, limit, stop, stop_limit };

/// What a position's losses are paid from: everything that the account has, or what has been put in
/// for it.
enum class PositionMargin : std::uint8_t { cross, isolated, other };

/// An order of an account, open (a position) or pending, as the store has it. A number that is
/// missing or unreadable is nothing.
struct OrderImage {
    std::string id;
    OrderKind kind = OrderKind::position;
    bool is_dangling = false;  // the index names it, its hash does not exist
    std::string symbol;
    Side side = Side::other;
    std::optional<double> open_price;
    std::optional<double> quantity;  // lots, nearest double
    std::optional<Volume> volume;    // lots, exact; nothing when finer than 10⁻⁸ or out of range
    std::optional<double> swap;      // absent = 0; unreadable = NaN
    std::optional<double> commission;
    std::optional<double> given_pnl;  // account currency; told instead of valued
    std::int64_t opened_ms = 0;       // wall clock; 0 = not known
    PositionMargin margin_mode = PositionMargin::cross;
    std::optional<double> isolated_margin;  // account currency
    std::optional<double> margin;           // the order's own `margin` field (rule set `platform`)
};

/// What the rule set `platform` reads back from the last snapshot.
struct StoredMargin {
    std::optional<double> executed;
    std::optional<double> all;
    std::optional<std::int64_t> ts_ms;
};

/// One whole account as the store has it. Replaces the account's previous image; never patches it.
/// `orders` holds open positions and pending orders (the decoder drops what does not count).
struct AccountImage {
    AccountKey key;
    bool exists = true;    // false: neither configuration nor orders are in the store
    std::string currency;  // empty = the configured default
    std::string group;     // empty = "Standard"
    std::optional<double> balance;
    std::optional<double> credit;  // absent = 0; unreadable = NaN
    std::optional<double> leverage;
    std::optional<double> margin_call_level;
    std::optional<double> stop_out_level;
    std::optional<MarginMode> margin_mode;
    RuleOverrides rules;           // what else of the rules is the account's own
    bool has_bad_setting = false;  // one that is there and means nothing
    std::vector<OrderImage> orders;
    StoredMargin stored;
    SharedPropMemory prop;             // as margind has written it
    bool has_bad_prop_memory = false;  // it is there and cannot be read
    std::uint64_t version = 0;         // 0 = unversioned; else an older one is refused
};

}  // namespace margind
