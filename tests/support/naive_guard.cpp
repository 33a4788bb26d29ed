#include "support/naive_guard.hpp"

#include <algorithm>
#include <cstdlib>

namespace margind::test {

std::optional<NaiveGuard::Points> NaiveGuard::Side::standing() const {
    for (auto each = seen.rbegin(); each != seen.rend(); ++each) {
        if (!each->is_held) return each->price;
    }
    return {};
}

std::optional<NaiveGuard::Doubt> NaiveGuard::Side::doubt() const {
    if (!is_holding()) return {};
    Doubt doubt{.is_up = seen.back().is_up};
    for (std::size_t i = seen.size(); i-- > 0;) {
        const Seen& each = seen[i];
        if (!each.is_held || each.is_up != doubt.is_up) break;
        doubt.since_ms = each.since_ms;
        const bool is_repeat = i > 0 && seen[i - 1].is_held && seen[i - 1].is_outlier &&
                               seen[i - 1].is_up == each.is_up && seen[i - 1].price == each.price &&
                               each.ts_ms > 0 && seen[i - 1].ts_ms == each.ts_ms;
        if (each.is_outlier && !is_repeat) ++doubt.outliers;
    }
    return doubt;
}

void NaiveGuard::Side::enter(Points price, const Tick& tick) {
    seen.push_back({.price = price, .ts_ms = tick.ts_ms, .since_ms = tick.at_ms});
}

NaiveGuard::Judged NaiveGuard::Side::judge(std::optional<Points> price, const Tick& tick,
                                           const Settings& settings) {
    if (!price) return Judged::not_given;
    const auto before = standing();
    if (!has_come || !before) {
        has_come = true;
        enter(*price, tick);
        return Judged::confirmed;
    }
    if (settings.soft == 0 || std::abs(*price - *before) <= settings.soft) {
        enter(*price, tick);
        return Judged::passes;
    }
    seen.push_back({.price = *price,
                    .ts_ms = tick.ts_ms,
                    .since_ms = tick.at_ms,
                    .is_up = *price > *before,
                    .is_held = true,
                    .is_outlier = true});
    const Doubt now = *doubt();
    const bool is_confirmed =
        now.outliers > settings.confirm_ticks || tick.at_ms - now.since_ms >= settings.confirm_ms;
    seen.back().is_held = !is_confirmed;
    return is_confirmed ? Judged::confirmed : Judged::held;
}

/// What has just entered did not: it waits as long as the other side does.
void NaiveGuard::Side::wait_with(const Side& other) {
    seen.back().is_held = true;
    seen.back().is_up = other.doubt()->is_up;
    seen.back().since_ms = other.doubt()->since_ms;
    // Whatever was held before has been contradicted by it.
    for (std::size_t i = seen.size() - 1; i-- > 0 && seen[i].is_held;) {
        seen.erase(seen.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

std::optional<NaiveGuard::Points> NaiveGuard::Side::confirmed_by(std::int64_t now_ms,
                                                                 std::int64_t confirm_ms) const {
    const auto now = doubt();
    if (!now || now_ms - now->since_ms < confirm_ms) return {};
    return seen.back().price;
}

/// Why the tick is refused as a whole; empty where it is not.
std::string NaiveGuard::refusal(const Tick& tick) const {
    if (tick.ts_ms > 0 && tick.ts_ms < newest_ts_ms_) return "late";
    const auto with = [](std::optional<Points> given, const Side& side) {
        return given || !side.has_come ? given : side.standing();
    };
    const auto bid = with(tick.bid, bid_);
    const auto ask = with(tick.ask, ask_);
    if (bid && ask && *ask >= *bid) {
        const Points spread = *ask - *bid;
        if (spread < settings_.min_spread) return "spread";
        if (settings_.max_spread > 0 && spread > settings_.max_spread) return "spread";
    }
    if (settings_.has_reference) {
        if (!reference_) return "no_reference";
        const double reference = static_cast<double>(reference_->bid + reference_->ask) / 2.0;
        const double mid = static_cast<double>(bid.value_or(*(ask ? ask : bid)) +
                                               ask.value_or(*(bid ? bid : ask))) /
                           2.0;
        if (std::abs(mid - reference) > reference * settings_.band_percent / 100.0) {
            return "off_reference";
        }
    }
    const auto is_absurd = [&](std::optional<Points> given, const Side& side) {
        const auto before = side.standing();
        return settings_.discard > 0 && given && before && side.has_come &&
               std::abs(*given - *before) > settings_.discard;
    };
    if (is_absurd(tick.bid, bid_) || is_absurd(tick.ask, ask_)) return "outlier_discarded";
    return {};
}

std::string NaiveGuard::tick(const Tick& tick) {
    const std::string refused = refusal(tick);
    if (refused == "no_reference") {
        const Tick before = awaiting_.value_or(Tick{});
        awaiting_ = tick;
        if (!tick.bid) awaiting_->bid = before.bid;
        if (!tick.ask) awaiting_->ask = before.ask;
    }
    if (!refused.empty()) return refused;
    awaiting_.reset();
    return judge_sides(tick);
}

std::string NaiveGuard::judge_sides(const Tick& tick) {
    const bool is_first = (tick.bid && !bid_.has_come) || (tick.ask && !ask_.has_come);
    const auto old_bid = bid_.standing();
    const auto old_ask = ask_.standing();
    Judged bid = bid_.judge(tick.bid, tick, settings_);
    Judged ask = ask_.judge(tick.ask, tick, settings_);
    if (bid == Judged::passes && ask_.is_holding() && *tick.bid > *old_ask) {
        bid_.wait_with(ask_);
        bid = Judged::held;
    } else if (ask == Judged::passes && bid_.is_holding() && *tick.ask < *old_bid) {
        ask_.wait_with(bid_);
        ask = Judged::held;
    }
    const auto enters = [](Judged judged) {
        return judged == Judged::passes || judged == Judged::confirmed;
    };
    const bool is_held = bid == Judged::held || ask == Judged::held;
    if (enters(bid) || enters(ask)) {
        newest_ts_ms_ = std::max(newest_ts_ms_, tick.ts_ms);
        settle(is_first || bid_.standing() != old_bid || ask_.standing() != old_ask, tick.at_ms);
    } else if (is_first) {
        changed_ms_ = tick.at_ms;
    }
    if (is_held) return "outlier_held";
    if (is_crossed_) return "crossed";
    return is_unchanged_ ? "unchanged" : "accepted";
}

/// After something has entered.
void NaiveGuard::settle(bool has_changed, std::int64_t at_ms) {
    if (has_changed) changed_ms_ = at_ms;
    is_unchanged_ =
        settings_.freeze_after_ms > 0 && at_ms - changed_ms_ > settings_.freeze_after_ms;
    const auto bid = bid_.standing();
    const auto ask = ask_.standing();
    is_crossed_ = bid && ask && *bid > *ask;
    if (bid && ask && !is_crossed_) good_ = Sides{*bid, *ask};
}

void NaiveGuard::beat(std::int64_t now_ms) {
    if (awaiting_ && (!settings_.has_reference || reference_)) {
        const Tick waited = *awaiting_;
        awaiting_.reset();
        // Its stamp was looked at when it came, and nothing has entered since.
        tick(waited);
    }
    const auto bid = bid_.confirmed_by(now_ms, settings_.confirm_ms);
    const auto ask = ask_.confirmed_by(now_ms, settings_.confirm_ms);
    for (Side* side : {bid ? &bid_ : nullptr, ask ? &ask_ : nullptr}) {
        if (side == nullptr) continue;
        side->seen.back().is_held = false;
        newest_ts_ms_ = std::max(newest_ts_ms_, side->seen.back().ts_ms);
    }
    if (bid || ask) settle(true, now_ms);
}

void NaiveGuard::gap() {
    for (Side* side : {&bid_, &ask_}) {
        side->has_come = false;
        std::erase_if(side->seen, [](const Seen& each) { return each.is_held; });
    }
    awaiting_.reset();
    newest_ts_ms_ = 0;
    is_unchanged_ = false;
}

std::optional<NaiveGuard::Sides> NaiveGuard::usable() const {
    if (is_crossed_ || is_unchanged_ || !bid_.has_come || !ask_.has_come) return {};
    return good_;
}

}  // namespace margind::test
