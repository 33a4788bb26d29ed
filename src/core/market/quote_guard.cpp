#include "margind/core/market/quote_guard.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace margind {
namespace {

/// What prices as doubles may be off by, in points: exactly at a limit is within it.
constexpr double point_tolerance = 1e-3;
constexpr double share_tolerance = 1e-12;  // the same of a share of a price

bool is_given(double side) { return !std::isnan(side); }

bool is_beyond(double distance, double limit_points, const GuardSettings& settings) {
    return limit_points > 0.0 && settings.points(distance) > limit_points + point_tolerance;
}

/// The mid of a quote, or its only side.
double mid_of(const Quote& quote) {
    if (!is_given(quote.bid)) return quote.ask;
    if (!is_given(quote.ask)) return quote.bid;
    return (quote.bid + quote.ask) / 2.0;
}

}  // namespace

std::string_view to_string(GuardState state) {
    switch (state) {
        case GuardState::open: return "open";
        case GuardState::fresh: return "fresh";
        case GuardState::holding: return "holding";
        case GuardState::awaiting_reference: return "awaiting_reference";
        case GuardState::unchanged: return "unchanged";
        case GuardState::bad_settings: return "bad_settings";
    }
    return "?";
}

void SideGuard::hold(double price, const Arrival& arrival) {
    is_holding_ = true;
    held_ = price;
    held_ts_ms_ = arrival.ts_ms;
    held_since_ms_ = arrival.since_ms();
}

void SideGuard::release() {
    is_holding_ = false;
    ticks_ = 0;
}

SideGuard::Verdict SideGuard::judge(double price, double standing, const Arrival& arrival,
                                    const GuardSettings& settings) {
    const bool is_first = std::exchange(is_fresh_, false) || !is_given(standing);
    if (is_first || !is_beyond(price - standing, settings.soft_points, settings)) {
        release();
        return is_first ? Verdict::confirmed : Verdict::passes;
    }
    const bool is_above = price > standing;
    if (!is_holding_ || is_above != is_above_) {
        is_above_ = is_above;
        ticks_ = 0;
        since_ms_ = arrival.at_ms;
    } else if (price == held_ && arrival.ts_ms > 0 && arrival.ts_ms == held_ts_ms_) {
        --ticks_;  // the same message again confirms nothing
    }
    ++ticks_;
    hold(price, arrival);
    if (ticks_ <= settings.confirm_ticks && !is_due(arrival.at_ms, settings.confirm_ms)) {
        return Verdict::held;
    }
    release();
    return Verdict::confirmed;
}

void SideGuard::hold_with(const SideGuard& other, double price, const Arrival& arrival) {
    is_above_ = other.is_above_;
    since_ms_ = other.since_ms_;
    hold(price, arrival);
}

void QuoteGuard::set(const GuardSettings& settings) {
    settings_ = settings;
    problem_.clear();
    is_unchanged_ = is_unchanged_ && settings.freeze_after_ms > 0;
}

QuoteGuard::Verdict QuoteGuard::judge(const Arrival& arrival, const Quote& standing,
                                      double reference_mid) {
    const TickFate fate = judge_whole(arrival.quote, standing, reference_mid);
    if (fate == TickFate::no_reference) remember_awaiting(arrival);
    if (fate != TickFate::accepted) return {fate, {}};
    awaiting_.reset();  // overtaken
    return judge_sides(arrival, standing);
}

/// The guards that let a quote in or refuse it as a whole.
TickFate QuoteGuard::judge_whole(const Quote& given, const Quote& standing,
                                 double reference_mid) const {
    const auto side_of = [](double side, double before, const SideGuard& guard) {
        return is_given(side) || guard.is_fresh() ? side : before;
    };
    const Quote whole{side_of(given.bid, standing.bid, bid_),
                      side_of(given.ask, standing.ask, ask_)};
    if (whole.bid <= whole.ask) {  // known, and not crossed: that is a doubt of another kind
        const double spread = whole.ask - whole.bid;
        const bool is_narrow = settings_.points(spread) < settings_.min_spread - point_tolerance;
        if (is_narrow || is_beyond(spread, settings_.max_spread, settings_)) {
            return TickFate::spread;
        }
    }
    if (!settings_.ref_symbol.empty()) {
        if (!is_given(reference_mid)) return TickFate::no_reference;
        const double share = settings_.ref_band_percent / 100.0 + share_tolerance;
        const double distance = std::abs(mid_of(whole) - reference_mid);
        if (!(distance <= std::abs(reference_mid) * share)) return TickFate::off_reference;
    }
    const auto has_jumped = [&](double side, double before, const SideGuard& guard) {
        if (!is_given(side) || !is_given(before) || guard.is_fresh()) return false;
        return is_absurd(side - before);
    };
    const bool is_discarded =
        has_jumped(given.bid, standing.bid, bid_) || has_jumped(given.ask, standing.ask, ask_);
    return is_discarded ? TickFate::outlier_discarded : TickFate::accepted;
}

QuoteGuard::Verdict QuoteGuard::judge_sides(const Arrival& arrival, const Quote& standing) {
    using Side = SideGuard::Verdict;
    const Quote& given = arrival.quote;
    const bool is_first =
        (is_given(given.bid) && bid_.is_fresh()) || (is_given(given.ask) && ask_.is_fresh());
    Side bid = Side::passes;
    Side ask = Side::passes;
    if (is_given(given.bid)) bid = bid_.judge(given.bid, standing.bid, arrival, settings_);
    if (is_given(given.ask)) ask = ask_.judge(given.ask, standing.ask, arrival, settings_);
    // A side that is no outlier itself waits with the other one's where it would cross what that
    // one stands at meanwhile: a doubt about one side is none about the quote.
    if (bid == Side::passes && ask_.is_holding() && given.bid > standing.ask) {
        bid_.hold_with(ask_, given.bid, arrival);
        bid = Side::held;
    } else if (ask == Side::passes && bid_.is_holding() && given.ask < standing.bid) {
        ask_.hold_with(bid_, given.ask, arrival);
        ask = Side::held;
    }
    Verdict verdict;
    if (bid != Side::held) verdict.enters.bid = given.bid;
    if (ask != Side::held) verdict.enters.ask = given.ask;
    if (is_first) changed_ms_ = arrival.at_ms;
    note_entered(verdict.enters, standing, arrival.at_ms);
    if (is_unchanged_) verdict.fate = TickFate::unchanged;
    if (bid == Side::held || ask == Side::held) {
        verdict.fate = TickFate::outlier_held;
        held_marks_ = arrival.marks;
    }
    return verdict;
}

void QuoteGuard::note_entered(const Quote& enters, const Quote& standing, std::int64_t at_ms) {
    const auto differs = [](double side, double before) {
        return is_given(side) && side != before;
    };
    if (differs(enters.bid, standing.bid) || differs(enters.ask, standing.ask)) {
        changed_ms_ = at_ms;
    }
    is_unchanged_ =
        settings_.freeze_after_ms > 0 && at_ms - changed_ms_ > settings_.freeze_after_ms;
}

/// Sides that came before, and are not in this quote, wait on.
void QuoteGuard::remember_awaiting(const Arrival& arrival) {
    const Quote before = awaiting_ ? awaiting_->quote : Quote{};
    awaiting_ = arrival;
    if (!is_given(arrival.quote.bid)) awaiting_->quote.bid = before.bid;
    if (!is_given(arrival.quote.ask)) awaiting_->quote.ask = before.ask;
}

std::optional<Arrival> QuoteGuard::take_confirmed(std::int64_t now_ms) {
    Arrival confirmed{.marks = held_marks_, .at_ms = now_ms};
    const auto take = [&](SideGuard& side, double& price) {
        if (!side.is_due(now_ms, settings_.confirm_ms)) return false;
        price = side.held();
        confirmed.ts_ms = std::max(confirmed.ts_ms, side.held_ts_ms());
        confirmed.age_ms = std::max(confirmed.age_ms, now_ms - side.held_since_ms());
        side.release();
        return true;
    };
    const bool has_bid = take(bid_, confirmed.quote.bid);
    const bool has_ask = take(ask_, confirmed.quote.ask);
    if (!has_bid && !has_ask) return {};
    changed_ms_ = now_ms;
    is_unchanged_ = false;
    return confirmed;
}

bool QuoteGuard::is_absurd(double distance) const {
    return is_beyond(distance, settings_.discard_points, settings_);
}

std::optional<Arrival> QuoteGuard::take_awaiting() { return std::exchange(awaiting_, {}); }

void QuoteGuard::start_afresh() {
    bid_.start_afresh();
    ask_.start_afresh();
    awaiting_.reset();
    is_unchanged_ = false;
}

GuardState QuoteGuard::state() const {
    if (!problem_.empty()) return GuardState::bad_settings;
    if (awaiting_) return GuardState::awaiting_reference;
    if (bid_.is_holding() || ask_.is_holding()) return GuardState::holding;
    if (is_unchanged_) return GuardState::unchanged;
    if (bid_.is_fresh() || ask_.is_fresh()) return GuardState::fresh;
    return GuardState::open;
}

}  // namespace margind
