// The beat: dirty symbols into accounts, accounts into figures, figures into states and events.
#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "core/engine/watcher.hpp"
#include "margind/core/engine/engine.hpp"
#include "margind/core/valuation/isolated.hpp"

namespace margind {

void Engine::refresh_market(Moment now) {
    const std::uint32_t come = quotes_.come_count();
    quotes_.age(now, [&](SymbolId symbol) { requote(symbol); });
    if (quotes_.come_count() != come) rates_need_resolving_ = true;
    resolve_rates();
    rates_.refresh(quotes_.usable());
    dirty_.pairs.clear();
}

bool Engine::wants_beat() const {
    return !dirty_.symbols.is_empty() || !dirty_.wants_next_beat.is_empty() ||
           !dirty_.accounts.is_empty() || quotes_.is_waiting();
}

void Engine::resolve_rates() {
    if (!rates_need_resolving_) return;
    rates_need_resolving_ = false;
    // Some conversions go another way now: whoever uses one is revalued, and watched anew.
    std::vector<AccountId> users;
    for (const RateId rate : rates_.outdated(quotes_)) {
        holders_.of_rate(rate).for_each([&](std::uint32_t id) { users.emplace_back(id); });
    }
    for (const AccountId account : users) {
        watch_.remove(account, holdings(account));
        mark(account);
    }
    rates_.resolve(quotes_);
    rates_.refresh(quotes_.usable());
    dirty_.pairs.clear();
    for (const AccountId account : users) {
        Watcher{*this}.watch(account, Watcher::OnLevel::look_at_next_price);
    }
}

/// Each holder of a dirty symbol, and each account that converts through it, once per account type.
void Engine::expand_dirty_symbols() {
    resolve_rates();
    if (dirty_.symbols.is_empty()) return;
    dirty_.symbols.for_each([&](std::uint32_t symbol) {
        dirty_.accounts.insert_all(holders_.of_symbol(SymbolId{symbol}));
        for (const RateId rate : rates_.users(SymbolId{symbol})) {
            dirty_.accounts.insert_all(holders_.of_rate(rate));
        }
    });
    dirty_.symbols.clear();
}

BeatStats Engine::recompute(Moment now) {
    BeatStats beat;
    beat.symbols_dirty = dirty_.symbols.count();
    refresh_market(now);
    dirty_.unseen.for_each(
        [&](std::uint32_t id) { Watcher{*this}.look_at_price(SymbolId{id}, now); });
    dirty_.unseen.clear();
    expand_dirty_symbols();
    dirty_.wants_next_beat.for_each([&](std::uint32_t id) { mark(AccountId{id}); });
    dirty_.wants_next_beat.clear();
    revalue_calm(now, beat);
    for (const BitSet& accounts : of_type_) {
        dirty_.accounts.for_each_in(accounts,
                                    [&](std::uint32_t id) { revalue(AccountId{id}, now, beat); });
    }
    ++stats_.beats;
    stats_.recomputed += beat.recomputed;
    // A gap or a change of everybody's rules fills them: their room is not kept for the next.
    constexpr std::size_t much = 65'536;
    if (held_valuations_.empty() && held_valuations_.bucket_count() > much) held_valuations_ = {};
    if (unknown_since_ms_.empty() && unknown_since_ms_.bucket_count() > much) {
        unknown_since_ms_ = {};
    }
    return beat;
}

/// What is in doubt about the account's image now; an image that is merely on its way is waited
/// for.
Causes Engine::image_causes(AccountId account, Moment now) const {
    const bool is_confirmed = confirmed_.contains(account.value);
    if (!is_confirmed && book_.has_image(account)) return Cause::image_unconfirmed;
    if (mirror_.is_pending(account) &&
        mirror_.pending_for_ms(account, now.steady_ms) >= options_.image_overdue_ms) {
        // Adopted unconfirmed, it has no image that could be too old.
        const bool is_unread = book_.causes(account).has(Cause::image_unconfirmed);
        return is_unread ? Cause::image_unconfirmed : Cause::image_outdated;
    }
    return {};
}

/// What an account is worth now, and into `room_.isolated` what each of its isolated positions is.
Valuation Engine::value(AccountId account) {
    const AccountRow row = book_.row(account);
    room_.isolated.clear();
    const GeneralAccount* general = general_.find(account);
    if (general == nullptr) {
        const PositionSlice positions = book_.positions(account);
        room_.rows.assign(positions.begin(), positions.end());
        return value_account(row, room_.rows, market());
    }
    const GeneralMarket general_market{quotes_, rates_};
    Valuation valuation = value_general(row, *general, general_market).totals;
    room_.isolated = value_isolated(row, *general, general_market);
    for (const Valuation& isolated : room_.isolated) {
        if (isolated.causes.none()) continue;
        valuation = {.balance = valuation.balance,
                     .causes = valuation.causes | isolated.causes,
                     .digits = valuation.digits};
    }
    return valuation;
}

void Engine::revalue(AccountId account, Moment now, BeatStats& beat) {
    const Causes doubt = image_causes(account, now);
    if (doubt.none() && mirror_.is_pending(account)) {
        ++beat.deferred;  // stays dirty
        return;
    }
    dirty_.accounts.erase(account.value);
    count_out(account);
    Valuation valuation = value(account);
    if (!valuation.causes.none()) valuation.causes = market_causes(account);
    const bool is_unconfirmed = doubt.has(Cause::image_unconfirmed);
    if (!doubt.none()) {
        // What an image from before a gap lacks, or seems to lack, says nothing.
        valuation.causes = is_unconfirmed ? doubt : valuation.causes | doubt;
    }
    if (is_platform() && book_.has_image(account) && !is_gone(account) && !is_unconfirmed) {
        valuation.causes |= value_platform(account, now);
    }
    keep_valuation(account, valuation);
    book_.line(account).valued_ms = now.wall_ms;
    ++beat.recomputed;
    advance_state(account, now, beat);
    if (prop_.has(account)) advance_prop(account, now, beat);
    note_snapshot(account);
    Watcher watcher{*this};
    watcher.tell_touch(account, now);
    set_calm(account);
    watcher.watch(account, Watcher::OnLevel::leave);
}

/// The platform's own figures, with what is in doubt about them. They are published as they are,
/// but nobody is flagged by figures that leave something out.
Causes Engine::value_platform(AccountId account, Moment now) {
    PlatformFigures& figures = platform_figures_[account.value];
    const auto positions = book_.position_records(account, room_.records);
    figures = value_platform_account(book_.record(account), positions,
                                     platform_instruments_[account.value], quotes_, options_.rules,
                                     now.wall_ms);
    stats_.degraded += figures.degraded != 0 && figures.error == PlatformError::none;
    stats_.errors += figures.error != PlatformError::none;
    stats_.orders_skipped += figures.orders_skipped;
    Causes causes = doubts_of(figures);
    for (const PositionRecord& position : positions) {
        if (position.symbol.is_none() || position.is_dangling) continue;
        const Quote& raw = quotes_.raw(position.symbol);
        if (std::isnan(raw.bid) != std::isnan(raw.ask)) causes |= Cause::one_side_missing;
    }
    return causes;
}

/// The causes of an account whose figures are in doubt, by walking its positions.
Causes Engine::market_causes(AccountId account) const {
    Causes causes = book_.causes(account);
    if (causes.has(Cause::image_missing)) return causes;
    if (const GeneralAccount* general = general_.find(account)) {
        causes |= doubts_of(*general, quotes_, rates_);
        return causes.none() ? Causes{Cause::overflow} : causes;
    }
    for (const PositionRow row : book_.positions(account)) {
        if (row.symbol.is_none()) continue;
        causes |= quotes_.causes(row.symbol);
        for (const RateId rate : {row.pnl_rate, row.margin_rate}) {
            if (!rate.is_none() && std::isnan(rates_.rates()[rate.value].bid)) {
                causes |= Cause::no_rate;
            }
        }
    }
    return causes.none() ? Causes{Cause::overflow} : causes;
}

/// Of everything in the account that has a level, with what its isolated positions are worth.
/// `parts` is filled in where these are several.
LevelReading Engine::read_levels(AccountId account, const Valuation& valuation,
                                 std::span<const Valuation> isolated,
                                 std::vector<StopOutPart>* parts) const {
    const AccountRow row = book_.row(account);
    const RuleSet& rules = rules_of(account);
    if (is_platform()) {
        return margind::read_levels(row, platform_figures_[account.value], rules);
    }
    const GeneralAccount* general = general_.find(account);
    if (isolated.empty()) return margind::read_levels(row, valuation, rules);
    LevelReading reading = margind::read_levels(crossed_row(row, *general), valuation, rules);
    if (parts != nullptr) parts->push_back({crossed_part, reading.at_stop_out});
    for (std::size_t i = 0; i < isolated.size(); ++i) {
        const LevelReading part = margind::read_levels(row, isolated[i], rules);
        reading.add(part);
        if (parts != nullptr) {
            parts->push_back({part_id(general->isolated[i].id), part.at_stop_out});
        }
    }
    return reading;
}

void Engine::advance_state(AccountId account, Moment now, BeatStats& beat) {
    const std::uint32_t id = account.value;
    const BreachMemory before = memories_.of(account);
    BreachMemory next = before;
    Transition transition;
    std::vector<StopOutPart> parts;
    if (book_.valued_causes(account).none()) {
        unknown_since_ms_.erase(id);
        LevelReading reading = read_levels(account, valuation(account), room_.isolated, &parts);
        // Where the last isolated position is gone, what is crossed may not have been told of.
        const bool had_parts = next.parts != 0 || parts_told_.knows(account);
        if (parts.empty() && had_parts) parts = {{crossed_part, reading.at_stop_out}};
        if (!parts.empty()) reading.news = parts_told_.look(account, parts, next);
        const bool is_in = before.state == AccountState::stop_out;
        const bool must_last = !is_in && persistence_.soften(account, reading, now);
        const bool is_breach = reading.at_margin_call || reading.at_stop_out;
        book_.set_verdict(account, is_breach ? Verdict::breach : Verdict::ok);
        transition = advance(next, reading, rules_of(account), is_armed_, now);
        transition.wants_next_beat |= must_last;
        look_for_deficit(account, next, transition);
    } else {
        book_.set_verdict(account, Verdict::unknown);
        ++beat.unknown;
        const auto since =
            unknown_since_ms_.try_emplace(id, std::max<std::int64_t>(1, now.wall_ms)).first;
        // Before the first image there is nothing that could be suspended.
        const bool is_over = now.wall_ms - since->second >= options_.image_overdue_ms;
        if (book_.has_image(account)) transition = suspend(next, is_over);
    }
    if (transition.event && !has_room_for(*transition.event)) {
        // The figures are new; the state waits until it can be told.
        ++beat.deferred;
        mark(account);
        count_in(account);
        return;
    }
    // Said again under its old id it is of what it was of: news wait for an id of their own.
    const bool is_new_stop_out =
        transition.event && is_stop_out_kind(*transition.event) && next.step != before.step;
    if (is_new_stop_out) next.parts = name_of(parts);
    if (next != before) memories_.set(account, next);
    count_in(account);
    if (is_new_stop_out && !parts.empty()) parts_told_.tell(account, parts);
    if (next.state != AccountState::stop_out) parts_told_.forget(account);
    if (transition.wants_next_beat) dirty_.wants_next_beat.insert(id);
    if (!transition.event) return;
    ++beat.events;
    auto touch = next.step == before.step ? std::nullopt
                                          : Watcher{*this}.take_touch(account, *transition.event);
    announce(account, *transition.event, now, std::move(touch));
}

/// What may come and go between the beats does not crowd out what has come to stay.
bool Engine::has_room_for(EventKind kind) const {
    const std::size_t all = options_.events_pending_max;
    if (events_.size() < all / 2) return true;
    const auto touched =
        static_cast<std::size_t>(std::ranges::count(events_, EventKind::touched, &Event::kind));
    if (kind == EventKind::touched) return touched < (all + 1) / 2;
    return events_.size() - touched < all;
}

/// What is missing to zero where nothing is open any more.
std::optional<Money> Engine::deficit(AccountId account) const {
    const Money left = book_.balance(account) + book_.credit(account);
    const bool counts = rules_of(account).negative_balance_protection;
    if (!counts || book_.line(account).count > 0 || left >= Money{}) return std::nullopt;
    return Money{} - left;
}

/// A client whose positions are all closed and who still owes: told once, and again when it is
/// another amount.
void Engine::look_for_deficit(AccountId account, BreachMemory& memory,
                              Transition& transition) const {
    const auto owed = deficit(account);
    if (!owed) {
        memory.deficit = Money{};
        memory.has_told_deficit = false;
        return;
    }
    if (*owed == memory.deficit && memory.has_told_deficit) return;
    if (transition.event) {
        transition.wants_next_beat = true;  // one event a beat
        return;
    }
    if (*owed != memory.deficit) ++memory.deficits;
    memory.deficit = *owed;
    memory.has_told_deficit = true;
    transition.event = EventKind::deficit;
}

void Engine::count_in(AccountId account) {
    if (book_.verdict(account) != Verdict::unknown) {
        ++counts_.by_state[static_cast<std::size_t>(memories_.of(account).state)];
        return;
    }
    ++counts_.unknown;
    const Causes causes = book_.valued_causes(account);
    for (std::size_t i = 0; i < std::size(cause_names); ++i) {
        counts_.unknown_by_cause[i] += causes.has(cause_names[i].first);
    }
}

/// The reverse of count_in, before anything has changed that it looks at.
void Engine::count_out(AccountId account) {
    if (book_.verdict(account) != Verdict::unknown) {
        --counts_.by_state[static_cast<std::size_t>(memories_.of(account).state)];
        return;
    }
    --counts_.unknown;
    const Causes causes = book_.valued_causes(account);
    for (std::size_t i = 0; i < std::size(cause_names); ++i) {
        counts_.unknown_by_cause[i] -= causes.has(cause_names[i].first);
    }
}

void Engine::announce(AccountId account, EventKind kind, Moment now, std::optional<Touch> touch) {
    const BreachMemory& memory = memories_.of(account);
    const AccountRow row = book_.row(account);
    Event event;
    event.account = std::string{account_name(account)};
    const auto limit = prop_limit_of(kind);
    const std::uint32_t step = kind == EventKind::unknown ? memory.suspensions : memory.step;
    event.id = event_id(event.account, kind, memory.breach, step);
    if (limit) event.id = event_id(event.account, kind, prop_.occasion(account, *limit));
    if (kind == EventKind::deficit) event.id = event_id(event.account, kind, memory.deficits);
    if (kind == EventKind::touched) event.id = event_id(event.account, kind, touch->occasion());
    event.type = row.type;
    event.kind = kind;
    event.is_armed = is_armed_;
    event.digits = row.digits;
    event.data_epoch = data_epoch_;
    event.ts_ms = now.wall_ms;
    event.memory = memory;
    event.decision = explain(account, now);
    const bool is_stop_out = is_stop_out_kind(kind);
    event.threshold =
        static_cast<double>((is_stop_out ? row.stop_out : row.margin_call).value) / 100.0;
    if (limit) {
        const auto floor = prop_.floor(account, *limit);
        event.threshold = floor ? floor->to_double(event.decision.digits) : not_a_price;
    }
    if (kind == EventKind::touched) {
        event.digits = touch->digits;
        event.threshold = touch->threshold;
        event.level = level_percent(touch->equity, touch->margin);
        event.equity = touch->equity.to_double(touch->digits);
        event.margin = touch->margin.to_double(touch->digits);
    } else if (!book_.valued_causes(account).none()) {
        event.level = event.equity = event.margin = not_a_price;
    } else if (is_platform()) {
        const PlatformFigures& figures = platform_figures_[account.value];
        event.level = figures.level;
        event.equity = figures.equity;
        event.margin = figures.used_margin_executed;
    } else {
        const Valuation valuation = is_stop_out ? stopped_out(account) : this->valuation(account);
        event.level = level_percent(valuation.level_equity(), valuation.margin);
        event.equity = valuation.equity.to_double(row.digits);
        event.margin = valuation.margin.to_double(row.digits);
    }
    stats_.margin_calls += kind == EventKind::margin_call;
    stats_.stop_outs += is_stop_out;
    stats_.recoveries += kind == EventKind::recovered;
    stats_.unknown_in_breach += kind == EventKind::unknown;
    stats_.deficits += kind == EventKind::deficit;
    stats_.daily_losses += kind == EventKind::daily_loss;
    stats_.drawdowns += kind == EventKind::drawdown;
    event.touch = std::move(touch);
    events_.push_back(std::move(event));
}

}  // namespace margind
