// Prop-firm rules in the beat: what accounts are worth goes to the desk, and what it finds into
// events.
#include "margind/core/base/decimal.hpp"
#include "margind/core/engine/engine.hpp"

namespace margind {
namespace {

/// What the platform's own figures come to in cents.
std::optional<PropFigures> prop_figures(const PlatformFigures& figures) {
    const auto balance = money_from_real(figures.balance, Digits{2});
    const auto equity = money_from_real(figures.equity, Digits{2});
    if (!balance || !equity) return std::nullopt;
    return PropFigures{*balance, *equity};
}

/// What is crossed and what is isolated together, which loses no more than has been put in; nothing
/// where that does not fit.
std::optional<Money> whole_equity(Money crossed, std::span<const Valuation> isolated) {
    std::int64_t sum = crossed.minor();
    for (const Valuation& value : isolated) {
        const std::int64_t equity = std::max<std::int64_t>(0, value.equity.minor());
        if (__builtin_add_overflow(sum, equity, &sum)) return std::nullopt;
    }
    return Money::from_minor(sum);
}

}  // namespace

void Engine::start_prop_day(std::int64_t reset_ms, Moment now) {
    // A clock that goes back must not bring a day that is still to come.
    if (reset_ms > now.wall_ms || !prop_.start_day(reset_ms)) return;
    for (const AccountId account : prop_.accounts()) mark(account);
}

void Engine::advance_prop(AccountId account, Moment now, BeatStats& beat) {
    const Valuation valuation = this->valuation(account);
    std::optional<PropFigures> figures;
    if (valuation.causes.none()) {
        const auto equity = whole_equity(valuation.equity, room_.isolated);
        if (equity) figures = PropFigures{book_.balance(account), *equity};
        if (is_platform()) figures = prop_figures(platform_figures_[account.value]);
    }
    prop_.advance(account, figures, now.wall_ms);
    for (const auto& [limit, kind] : prop_events) {
        if (!prop_.has_to_tell(account, limit)) continue;
        if (events_.size() >= options_.events_pending_max) {
            ++beat.deferred;
            mark(account);
            return;
        }
        ++beat.events;
        announce(account, kind, now);
        prop_.tell(account, limit);
    }
}

}  // namespace margind
