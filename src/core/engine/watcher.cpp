#include "core/engine/watcher.hpp"

#include <algorithm>
#include <cmath>

namespace margind {
namespace {

bool has_come_to(const LevelReading& reading, NextLevel next) {
    return reading.at_stop_out || (next == NextLevel::any && reading.at_margin_call);
}

}  // namespace

/// Conversions are brought up to date before somebody is valued, not at every tick.
void Watcher::refresh_pairs() {
    BitSet& pairs = engine_.dirty_.pairs;
    pairs.for_each(
        [&](std::uint32_t id) { engine_.rates_.refresh(engine_.quotes_.usable(), SymbolId{id}); });
    pairs.clear();
}

bool Watcher::has_no_price(SymbolId symbol) const {
    const Quote& quote = engine_.quotes_.usable()[symbol.value];
    return std::isnan(quote.bid) || std::isnan(quote.ask);
}

void Watcher::look_at_price(SymbolId symbol, Moment now) {
    if (has_no_price(symbol)) return;
    if (engine_.watch_.holds(symbol)) return;
    refresh_pairs();
    const auto [accounts, all] = engine_.watch_.left_by(symbol, engine_.dirty_.calm);
    engine_.stats_.looks += all;
    for (const AccountId account : accounts) look_at(account, symbol, now);
}

void Watcher::look_at(AccountId account, SymbolId symbol, Moment now) {
    const auto next = engine_.watch_.next_level(account);
    if (!next) return;
    const Holdings& holdings = engine_.holdings(account);
    if (engine_.mirror_.is_pending(account) || !engine_.confirmed_.contains(account.value)) {
        engine_.watch_.remove(account, holdings);  // its image brings it back
        return;
    }
    if (engine_.watch_.is_waiting(account) && lacks_a_price(account, holdings)) {
        engine_.watch_.wait_no_more(account, symbol);
        return wait_for_price(account, holdings, *next);  // some may be missing again
    }
    const Valuation valuation = engine_.value(account);
    if (!valuation.causes.none() || has_old_price(holdings, now)) {
        engine_.watch_.remove(account, holdings);
        wait_for_price(account, holdings, *next);
        engine_.dirty_.calm.erase(account.value);
        engine_.mark(account);  // the beat says what is in doubt, and watches it again
        return;
    }
    const auto& isolated = engine_.room_.isolated;
    const LevelReading reading = engine_.read_levels(account, valuation, isolated, nullptr);
    if (!has_come_to(reading, *next)) return place(account, holdings, *next);
    engine_.watch_.remove(account, holdings);
    touch(account, symbol, valuation, reading.at_stop_out, now);
    // Until it is judged it may still go deeper.
    const bool is_judged = !engine_.touches_.contains(account.value);
    if (!is_judged && !reading.at_stop_out) place(account, holdings, NextLevel::stop_out);
}

/// Quotes grow old at the beats; between two of them nobody is judged by one that is too old.
bool Watcher::has_old_price(const Holdings& holdings, Moment now) const {
    return std::ranges::any_of(engine_.watch_.symbols_of(holdings), [&](SymbolId symbol) {
        return engine_.quotes_.has_aged(symbol, now);
    });
}

/// Keeps in mind what has happened until the account is judged: at the next beat, or now. Of
/// several touches the first of the deepest level.
void Watcher::touch(AccountId account, SymbolId symbol, const Valuation& valuation,
                    bool is_stop_out, Moment now) {
    ++engine_.stats_.touches;
    engine_.dirty_.calm.erase(account.value);
    engine_.mark(account);
    const Quote& quote = engine_.quotes_.usable()[symbol.value];
    const AccountRow row = engine_.book_.row(account);
    const Level reached = is_stop_out ? row.stop_out : row.margin_call;
    engine_.touches_.insert_or_assign(account.value,
                                      Touch{.symbol = engine_.symbols_.name(symbol),
                                            .bid = quote.bid,
                                            .ask = quote.ask,
                                            .ts_ms = engine_.quotes_.ts_ms(symbol),
                                            .wall_ms = now.wall_ms,
                                            .equity = valuation.level_equity(),
                                            .margin = valuation.margin,
                                            .digits = row.digits,
                                            .threshold = static_cast<double>(reached.value) / 100.0,
                                            .is_stop_out = is_stop_out});
    if (engine_.options_.trigger != StopOutTrigger::touch) return;
    BeatStats beat;
    engine_.revalue(account, now, beat);
    engine_.stats_.recomputed += beat.recomputed;
}

std::optional<Touch> Watcher::take_touch(AccountId account, EventKind kind) {
    const auto found = engine_.touches_.find(account.value);
    if (found == engine_.touches_.end()) return {};
    const bool says_it = is_stop_out_kind(kind) ||
                         (kind == EventKind::margin_call && !found->second.is_stop_out) ||
                         kind == EventKind::touched;
    if (!says_it) return {};
    std::optional<Touch> touch{std::move(found->second)};
    engine_.touches_.erase(found);
    return touch;
}

void Watcher::tell_touch(AccountId account, Moment now) {
    // One that is still dirty has not been judged.
    if (engine_.dirty_.accounts.contains(account.value)) return;
    if (!engine_.touches_.contains(account.value)) return;
    if (!engine_.has_room_for(EventKind::touched)) {
        engine_.mark(account);  // there will be room
        return;
    }
    engine_.announce(account, EventKind::touched, now, take_touch(account, EventKind::touched));
}

void Watcher::watch(AccountId account, OnLevel on_level) {
    const AccountState state = engine_.memories_.of(account).state;
    const auto touch = engine_.touches_.find(account.value);
    const bool is_touched = touch != engine_.touches_.end();  // and is to be told of it first
    const NextLevel next =
        state == AccountState::ok && !is_touched ? NextLevel::any : NextLevel::stop_out;
    const bool can_come =
        engine_.options_.watches_between_beats && state != AccountState::stop_out &&
        !engine_.is_platform() && engine_.confirmed_.contains(account.value) &&
        !engine_.mirror_.is_pending(account) && !(is_touched && touch->second.is_stop_out);
    if (can_come && engine_.watch_.next_level(account) == next) return;
    const Holdings& holdings = engine_.holdings(account);
    engine_.watch_.remove(account, holdings);
    if (!can_come) return;
    refresh_pairs();
    const Valuation valuation = engine_.value(account);
    if (!valuation.causes.none()) return wait_for_price(account, holdings, next);
    const auto& isolated = engine_.room_.isolated;
    const LevelReading reading = engine_.read_levels(account, valuation, isolated, nullptr);
    if (!has_come_to(reading, next)) return place(account, holdings, next);
    if (on_level == OnLevel::look_at_next_price) {
        engine_.watch_.place_at_point(account, holdings, next);
    }
}

void Watcher::place(AccountId account, const Holdings& holdings, NextLevel next) {
    engine_.watch_.place(account, holdings, engine_.rules_of(account),
                         engine_.general_.find(account), next);
}

/// True where the kernel cannot value the account for want of a price.
bool Watcher::lacks_a_price(AccountId account, const Holdings& holdings) const {
    return engine_.general_.find(account) == nullptr &&
           std::ranges::any_of(engine_.watch_.symbols_of(holdings),
                               [&](SymbolId symbol) { return has_no_price(symbol); });
}

/// For each price that is missing: none that is there makes the account known.
void Watcher::wait_for_price(AccountId account, const Holdings& holdings, NextLevel next) {
    for (const SymbolId symbol : engine_.watch_.symbols_of(holdings)) {
        if (has_no_price(symbol)) engine_.watch_.wait_for(account, symbol, next);
    }
}

}  // namespace margind
