#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "margind/core/market/quote.hpp"
#include "margind/core/market/tick_fate.hpp"
#include "margind/core/rules/guard_settings.hpp"

namespace margind {

/// How a guard stands, the most telling of what holds.
enum class GuardState : std::uint8_t {
    open,                // quotes pass
    fresh,               // a side has not come since a break: it will not be compared
    holding,             // an outlier waits to be confirmed, the last good side stands
    awaiting_reference,  // the newest quote waits for its reference symbol
    unchanged,           // the quote comes without changing, and is stale
    bad_settings,        // its settings cannot be understood: the symbol is in doubt
};
[[nodiscard]] std::string_view to_string(GuardState state);

/// What has arrived: sides that are not given are NaN.
struct Arrival {
    Quote quote;
    Marks marks;
    std::int64_t ts_ms = 0;   // the feed's own stamp; 0 = none
    std::int64_t at_ms = 0;   // steady clock
    std::int64_t age_ms = 0;  // how old it was by then: prices that were stored

    [[nodiscard]] std::int64_t since_ms() const { return at_ms - age_ms; }
};

/// Outliers of one side of a symbol. A price further than soft_points from the standing one is
/// held. It is confirmed by the next one in the same direction once confirm_ticks have been held,
/// or when confirm_ms have passed since the first; a price near the standing one ends the doubt.
class SideGuard {
public:
    enum class Verdict : std::uint8_t { passes, confirmed, held };

    explicit SideGuard(bool is_fresh = true) : is_fresh_{is_fresh} {}
    /// The next price of the side is the first after a break: it passes whatever it is.
    void start_afresh() { *this = SideGuard{}; }
    /// `standing` is the side's last price that passed; NaN where there is none.
    Verdict judge(double price, double standing, const Arrival& arrival,
                  const GuardSettings& settings);
    /// Holds a price that is no outlier itself as long as the other side's outlier is held.
    void hold_with(const SideGuard& other, double price, const Arrival& arrival);
    void release();

    [[nodiscard]] bool is_fresh() const { return is_fresh_; }
    [[nodiscard]] bool is_holding() const { return is_holding_; }
    [[nodiscard]] bool is_due(std::int64_t now_ms, std::int64_t confirm_ms) const {
        return is_holding_ && now_ms - since_ms_ >= confirm_ms;
    }
    /// The newest price held, the feed's stamp that it came with, and when that was.
    [[nodiscard]] double held() const { return held_; }
    [[nodiscard]] std::int64_t held_ts_ms() const { return held_ts_ms_; }
    [[nodiscard]] std::int64_t held_since_ms() const { return held_since_ms_; }
    /// Outliers held in a row, and since when.
    [[nodiscard]] std::int64_t ticks() const { return ticks_; }
    [[nodiscard]] std::int64_t since_ms() const { return since_ms_; }

private:
    void hold(double price, const Arrival& arrival);

    bool is_fresh_;
    bool is_holding_ = false;
    bool is_above_ = false;  // the direction of the run
    std::int64_t ticks_ = 0;
    std::int64_t since_ms_ = 0;
    double held_ = not_a_price;
    std::int64_t held_ts_ms_ = 0;
    std::int64_t held_since_ms_ = 0;
};

/// Decides which quotes of one symbol may enter: a state machine without a clock. Owned by the
/// QuoteBoard, which knows the standing quote and the reference.
class QuoteGuard {
public:
    struct Verdict {
        TickFate fate = TickFate::accepted;
        Quote enters;  // NaN: the side does not
    };

    /// Of a symbol that has had quotes: whether each side has come since the last break, and since
    /// when the quote is what it is.
    QuoteGuard(bool has_bid, bool has_ask, std::int64_t changed_ms)
        : bid_{!has_bid}, ask_{!has_ask}, changed_ms_{changed_ms} {}

    /// The state stays: what is held is judged by the new settings.
    void set(const GuardSettings& settings);
    /// The settings cannot be understood; those before stay in force.
    void set_problem(std::string problem) { problem_ = std::move(problem); }

    /// `standing`: the sides that passed last. `reference_mid`: NaN where it cannot be used.
    Verdict judge(const Arrival& arrival, const Quote& standing, double reference_mid);
    /// The held sides that time has confirmed, as one arrival; they are no longer held. Nothing
    /// where there is none.
    std::optional<Arrival> take_confirmed(std::int64_t now_ms);
    /// The quote that waited for its reference; it waits no longer.
    std::optional<Arrival> take_awaiting();
    /// A break: start, gap, session opening. What comes next is not compared with what was before.
    void start_afresh();
    /// True while time, or the reference, may let something in without a tick.
    [[nodiscard]] bool is_waiting() const {
        return bid_.is_holding() || ask_.is_holding() || awaiting_.has_value();
    }

    /// True for a distance beyond discard_points, where there is such a limit.
    [[nodiscard]] bool is_absurd(double distance) const;

    [[nodiscard]] GuardState state() const;
    [[nodiscard]] bool is_unchanged() const { return is_unchanged_; }
    [[nodiscard]] const GuardSettings& settings() const { return settings_; }
    /// What is wrong with the newest settings; empty where nothing is.
    [[nodiscard]] const std::string& problem() const { return problem_; }
    [[nodiscard]] const SideGuard& bid() const { return bid_; }
    [[nodiscard]] const SideGuard& ask() const { return ask_; }

private:
    [[nodiscard]] TickFate judge_whole(const Quote& given, const Quote& standing,
                                       double reference_mid) const;
    Verdict judge_sides(const Arrival& arrival, const Quote& standing);
    void note_entered(const Quote& enters, const Quote& standing, std::int64_t at_ms);
    void remember_awaiting(const Arrival& arrival);

    GuardSettings settings_;
    std::string problem_;
    SideGuard bid_;
    SideGuard ask_;
    Marks held_marks_;
    std::optional<Arrival> awaiting_;
    std::int64_t changed_ms_ = 0;  // when the quote changed last, on the steady clock
    bool is_unchanged_ = false;
};

}  // namespace margind
