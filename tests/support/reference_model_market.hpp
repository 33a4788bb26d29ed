#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "margind/core/base/moment.hpp"

namespace margind::test {

/// Names of causes, as snapshots have them.
using CauseNames = std::set<std::string>;

/// Both sides of a price or of a rate.
struct TwoSides {
    double bid = 0.0;
    double ask = 0.0;
};

/// One price message. A side that was not in it is nothing.
struct ModelTick {
    std::string symbol;
    std::optional<double> bid;
    std::optional<double> ask;
    std::int64_t ts_ms = 0;
    bool is_stored = false;
};

/// The market of the reference model: quotes by name, conversions looked up each time they are
/// needed. Slow and obvious on purpose.
class ModelMarket {
public:
    std::vector<std::string> pivots{"USD", "EUR"};
    std::set<std::string> negative_allowed;
    std::int64_t max_age_ms = 0;  // 0 = quotes do not age
    std::int64_t future_ms_max = 5'000;

    /// What became of the tick: "accepted", "not_finite", "not_positive", "late" or "crossed".
    std::string tick(const ModelTick& tick, Moment now);
    /// The store has no price of this symbol.
    void forget(const std::string& symbol);
    /// No price received so far counts until it is received again.
    void distrust_all();
    void freeze(std::set<std::string> symbols) { frozen_ = std::move(symbols); }

    /// Both sides, where they may be used now.
    [[nodiscard]] std::optional<TwoSides> usable(const std::string& symbol, Moment now) const;
    [[nodiscard]] CauseNames causes(const std::string& symbol, Moment now) const;
    /// The sides of the last message, good or not.
    [[nodiscard]] std::optional<double> raw_bid(const std::string& symbol) const;
    [[nodiscard]] std::optional<double> raw_ask(const std::string& symbol) const;

    /// What one unit of `from` costs in `to`: directly, inversely, or in one hop by a pivot.
    [[nodiscard]] std::optional<TwoSides> rate(const std::string& from, const std::string& to,
                                               Moment now) const;
    /// The symbols of the way that `rate` goes, whether they may be used now or not.
    [[nodiscard]] std::vector<std::string> way(const std::string& from,
                                               const std::string& to) const;

private:
    struct Sides {
        std::optional<double> newest_bid, newest_ask;
        std::optional<double> raw_bid, raw_ask;      // of the last message
        std::optional<double> good_bid, good_ask;    // the last that were not crossed
        std::optional<std::int64_t> bid_at, ask_at;  // steady clock; nothing = must come again
        std::int64_t ts_ms = 0;
        bool is_crossed = false;  // the last message was
    };
    static void distrust(Sides& sides);
    [[nodiscard]] const Sides* find(const std::string& symbol) const;
    [[nodiscard]] bool has_come(const std::string& symbol) const;
    [[nodiscard]] std::string one_way(const std::string& from, const std::string& to) const;
    [[nodiscard]] std::optional<TwoSides> stage(const std::string& symbol, const std::string& from,
                                                Moment now) const;

    std::map<std::string, Sides> sides_;
    std::set<std::string> frozen_;
};

}  // namespace margind::test
