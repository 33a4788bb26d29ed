// What is said of an account between two valuations, and whether it has been written.
#include <utility>

#include "core/engine/fingerprint.hpp"
#include "margind/core/engine/engine.hpp"

namespace margind {

bool Engine::is_gone(AccountId account) const {
    return book_.setting_causes(account).has(Cause::image_missing);
}

std::int64_t Engine::unknown_since_ms(AccountId account) const {
    const auto found = unknown_since_ms_.find(account.value);
    return found == unknown_since_ms_.end() ? 0 : found->second;
}

/// What is said of the account until it is valued again. Where that cannot be done now, the last
/// figures stay, for its danger alone.
void Engine::keep_valuation(AccountId account, const Valuation& valuation) {
    if (!held_valuations_.empty()) held_valuations_.erase(account.value);
    book_.set_valued_causes(account, valuation.causes);
    if (!valuation.causes.none()) return;
    AccountLine& line = book_.line(account);
    line.equity = valuation.equity;
    line.margin = valuation.margin;
    if (valuation.closing_fee != Money{}) {
        closing_fees_.insert_or_assign(account.value, valuation.closing_fee);
    } else if (!closing_fees_.empty()) {
        closing_fees_.erase(account.value);
    }
}

/// The account is about to change: until it is valued again, what was said of it stands.
void Engine::hold_valuation(AccountId account) {
    if (!book_.valued_causes(account).none()) return;
    held_valuations_.try_emplace(account.value, valuation(account));
}

Valuation Engine::valuation(AccountId account) const {
    if (!held_valuations_.empty()) {
        const auto held = held_valuations_.find(account.value);
        if (held != held_valuations_.end()) return held->second;
    }
    const AccountLine& line = book_.line(account);
    Valuation out{.balance = book_.balance(account),
                  .causes = book_.valued_causes(account),
                  .digits = line.digits};
    if (!out.causes.none()) return out;
    out.equity = line.equity;
    out.margin = line.margin;
    out.pnl = line.equity - (line.cash - line.carry);
    if (const auto fee = closing_fees_.find(account.value); fee != closing_fees_.end()) {
        out.closing_fee = fee->second;
    }
    return out;
}

std::uint64_t Engine::fingerprint(AccountId account) const {
    const Valuation valuation = this->valuation(account);
    const std::uint64_t prop = prop_.fingerprint(account) << 1;  // the sum is never 0
    if (!is_platform()) return fingerprint_of(valuation, book_.verdict(account)) ^ prop;
    const PlatformFigures& figures = platform_figures_[account.value];
    Hasher hash;
    hash.add((std::uint64_t{valuation.causes.bits()} << 8) |
             static_cast<std::uint64_t>(book_.verdict(account)));
    for (const double figure : {figures.equity, figures.balance, figures.used_margin_executed,
                                figures.used_margin_all, figures.open_pnl}) {
        hash.add(figure);
    }
    hash.add((std::uint64_t{figures.degraded} << 8) | static_cast<std::uint64_t>(figures.error));
    return (hash.value() | 1) ^ prop;
}

void Engine::note_snapshot(AccountId account) {
    if (is_written(account)) return;
    const std::uint32_t id = account.value;
    dirty_.unsent.insert(id);
    const bool is_urgent = memories_.of(account).state != AccountState::ok ||
                           book_.verdict(account) == Verdict::breach;
    if (is_urgent) {
        dirty_.unsent_urgent.insert(id);
    } else {
        dirty_.unsent_urgent.erase(id);
    }
}

Snapshot Engine::snapshot(AccountId account, Moment now) const {
    const Valuation valuation = this->valuation(account);
    Snapshot out;
    out.id = account;
    out.type = book_.type(account);
    out.account = account_name(account);
    out.verdict = book_.verdict(account);
    out.causes = valuation.causes;
    out.state = memories_.of(account).state;
    // Before the first image there is nothing that could be shown, a zero least of all.
    if (is_platform() && book_.has_image(account)) {
        out.figures = platform_figures_[account.value];
    } else {
        out.figures = StandardFigures{valuation.balance, valuation, valuation.digits};
    }
    out.ts_ms = book_.line(account).valued_ms;
    out.price_age_ms = -1;
    for (const PositionRow row : book_.positions(account)) {
        if (row.symbol.is_none()) continue;
        out.price_age_ms = std::max(out.price_age_ms, quotes_.age_ms(row.symbol, now));
    }
    out.prop = prop_.memory(account);
    out.data_epoch = data_epoch_;
    out.fingerprint = fingerprint(account);
    return out;
}

}  // namespace margind
