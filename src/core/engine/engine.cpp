#include "margind/core/engine/engine.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "core/base/hash.hpp"
#include "core/engine/watcher.hpp"
#include "margind/core/base/assert.hpp"

namespace margind {

std::uint32_t shard_of(std::string_view account, std::uint32_t shard_count) {
    if (shard_count <= 1) return 0;
    Hasher hash;
    hash.add(account);
    return static_cast<std::uint32_t>(hash.value() % shard_count);
}

Engine::Engine(EngineOptions options)
    : options_{std::move(options)},
      quotes_{options_.quotes},
      order_prices_{quotes_, options_.rules.kind},
      rates_{{}, currencies_, symbols_},
      general_{book_, instruments_, order_prices_, currencies_, rates_, symbols_},
      rules_{options_.rules},
      persistence_{options_.persist_ms},
      watch_{book_, quotes_, rates_, options_.sweep_min},
      of_type_(options_.types.size()),
      is_armed_{options_.is_armed} {
    MARGIND_ASSERT(!options_.types.empty() && options_.types.size() < 256);
    for (const auto& [code, digits] : options_.currency_digits) {
        currencies_.set_digits(code, digits);
    }
    std::vector<CurrencyId> pivots;
    for (const std::string& pivot : options_.pivots) pivots.push_back(currencies_.intern(pivot));
    rates_.set_pivots(std::move(pivots));
    rates_.set_suffixes(options_.suffixes);
    currencies_.intern(options_.currency);
    instruments_.intern_group(fallback_group);
    for (const std::string& symbol : options_.negative_prices) {
        quotes_.set_guard(intern_symbol(symbol), options_.guard_of(symbol));
    }
}

/// Makes every column as long as there are accounts and symbols.
void Engine::grow() {
    const std::uint32_t accounts = book_.account_count();
    const std::uint32_t symbols = symbols_.size();
    quotes_.grow(symbols);
    dirty_.grow(accounts, symbols);
    mirror_.grow(accounts, symbols);
    for (BitSet& set : of_type_) set.grow(accounts);
    rules_.grow(accounts);
    confirmed_.grow(accounts);
    watch_.grow(accounts, symbols);
    if (is_platform()) {
        platform_figures_.resize(accounts);
        platform_instruments_.resize(accounts);
    }
}

SymbolId Engine::intern_symbol(std::string_view name) {
    const SymbolId known = symbols_.find(name);
    if (!known.is_none()) return known;
    if (symbols_.size() >= options_.symbols_max) return {};
    const SymbolId symbol = symbols_.intern(name);
    grow();
    mirror_.want_price(symbol);
    return symbol;
}

TickFate Engine::apply(const PriceTick& tick, Moment now) {
    ++stats_.ticks;
    const bool had_come = quotes_.has_come(tick.symbol);
    const TickFate fate = quotes_.apply(tick, now);
    ++stats_.tick_fates[static_cast<std::size_t>(fate)];
    const bool may_have_entered = fate == TickFate::accepted || fate == TickFate::crossed ||
                                  fate == TickFate::outlier_held || fate == TickFate::unchanged;
    if (!had_come && quotes_.has_come(tick.symbol)) {
        rates_need_resolving_ = true;
        ask_for_guard(tick.symbol);
        resolve_rates();
    }
    if (may_have_entered) {
        dirty_.symbols.insert(tick.symbol.value);
        mirror_.price_received(tick.symbol);
        if (!rates_.users(tick.symbol).empty()) dirty_.pairs.insert(tick.symbol.value);
        Watcher{*this}.look_at_price(tick.symbol, now);
    }
    return fate;
}

/// The symbol's quote may be another one, though no tick has come.
void Engine::requote(SymbolId symbol) {
    dirty_.symbols.insert(symbol.value);
    dirty_.unseen.insert(symbol.value);
}

void Engine::forget_price(SymbolId symbol) {
    quotes_.forget(symbol);
    mirror_.price_received(symbol);
    requote(symbol);
}

void Engine::set_session(SymbolId symbol, Session session) {
    if (symbol.is_none() || !quotes_.set_session(symbol, session)) return;
    if (session == Session::open) quotes_.start_afresh(symbol);
    requote(symbol);
}

std::optional<TypeIndex> Engine::type_index(std::string_view type) const {
    const auto found = std::ranges::find(options_.types, type);
    if (found == options_.types.end()) return {};
    return static_cast<TypeIndex>(found - options_.types.begin());
}

AccountId Engine::find_account(const AccountKey& key) const {
    return account_names_.find(key.text());
}

void Engine::reserve(std::uint32_t accounts, std::size_t positions) {
    account_names_.reserve(accounts);
    book_.reserve(accounts, positions);
}

AccountId Engine::adopt(const AccountKey& key, Moment now, Cause why) {
    const std::string text = key.text();
    if (const AccountId known = account_names_.find(text); !known.is_none()) return known;
    const auto type = type_index(key.type);
    if (!type || shard_of(text, options_.shard_count) != options_.shard_index) return {};
    const bool fits = text.size() <= AccountNames::name_max;
    if (!fits || book_.account_count() >= options_.accounts_max) {
        ++stats_.accounts_refused;
        return {};
    }
    const AccountId account = book_.add(*type, currencies_.intern(options_.currency),
                                        instruments_.intern_group(fallback_group));
    book_.set_causes(account, why);
    book_.set_valued_causes(account, why);
    account_names_.add(text);
    grow();
    count_in(account);
    of_type_[*type].insert(account.value);
    mirror_.want(account, now.steady_ms);
    mark(account);
    return account;
}

AccountKey Engine::account_key(AccountId account) const {
    const std::string& type = options_.types[book_.type(account)];
    return {type, std::string{account_name(account).substr(type.size() + 1)}};
}

void Engine::invalidate(AccountId account, Moment now) {
    dirty_.calm.erase(account.value);
    mirror_.want(account, now.steady_ms);
    mark(account);
}

void Engine::force(AccountId account, Moment now) {
    book_.line(account).written = 0;
    invalidate(account, now);
}

void Engine::open_epoch(Moment now) {
    ++data_epoch_;
    ++stats_.gaps;
    quotes_.distrust_all();
    instruments_.distrust_all();
    for (const Instruments::Asked& asked : instruments_.asked()) want_instrument(asked);
    rules_.book().distrust_all();
    for (const GroupId group : rules_.book().asked()) want_group(group);
    prop_.distrust_store();
    std::vector<AccountId> order;
    for (std::uint32_t id = 0; id < book_.account_count(); ++id) {
        order.push_back(AccountId{id});
        // What the store lost in the gap is not known: everything is written again.
        book_.line(AccountId{id}).written = 0;
        invalidate(AccountId{id}, now);
    }
    confirmed_.clear();
    watch_.clear();
    // Events may be lost as well: what still holds is announced again, under its old id.
    memories_.for_each([](AccountId, BreachMemory& memory) {
        memory.has_told_deficit = false;
        memory.must_reassert = memory.state != AccountState::ok;
    });
    std::ranges::sort(order, {}, [&](AccountId id) {
        const bool in_breach = memories_.of(id).state != AccountState::ok;
        return std::tuple{in_breach ? 0 : 1, danger(id), id};
    });
    mirror_.set_order(std::move(order));
    for (std::uint32_t id = 0; id < symbols_.size(); ++id) mirror_.want_price(SymbolId{id});
}

void Engine::apply(const Control& control) {
    const bool was_armed = is_armed_;
    is_killed_ = control.killed;
    is_armed_ = !control.killed && control.armed.value_or(options_.is_armed);
    if (control.is_readable && control.frozen != frozen_) freeze(control.frozen);
    if (was_armed && !is_armed_) disarm_events();
    if (!is_armed_ || was_armed) return;
    // Stop-outs announced in dry run are announced again, in earnest.
    memories_.for_each([&](AccountId account, const BreachMemory& memory) {
        if (memory.state != AccountState::stop_out) return;
        dirty_.calm.erase(account.value);
        mark(account);
    });
}

/// What is not yet in the stream must not stop anybody out any more. Arming announces it again.
void Engine::disarm_events() {
    for (Event& event : events_) {
        event.is_armed = false;
        event.memory.announced_armed = false;
        if (event.kind != EventKind::stop_out) continue;
        event.kind = EventKind::would_stop_out;
        event.id = event_id(event.account, event.kind, event.memory.breach, event.memory.step);
        const AccountId account = account_names_.find(event.account);
        BreachMemory memory = memories_.of(account);
        if (memory.breach != event.memory.breach) continue;
        memory.announced_armed = false;
        memories_.set(account, memory);
    }
}

void Engine::freeze(const std::vector<std::string>& frozen) {
    for (const std::string& symbol : frozen) intern_symbol(symbol);
    for (std::uint32_t id = 0; id < symbols_.size(); ++id) {
        const bool is_frozen =
            std::ranges::find(frozen, symbols_.name(SymbolId{id})) != frozen.end();
        if (quotes_.freeze(SymbolId{id}, is_frozen)) requote(SymbolId{id});
    }
    frozen_ = frozen;
}

void Engine::restore(const AccountKey& key, BreachMemory memory, Moment now) {
    const AccountId account = adopt(key, now);
    if (account.is_none()) return;
    memory.must_reassert = memory.state != AccountState::ok;
    memory.has_told_deficit = false;
    memory.above_since_ms = -1;
    parts_told_.forget(account);
    watch_.remove(account, holdings(account));
    count_out(account);
    memories_.set(account, memory);
    count_in(account);
    dirty_.calm.erase(account.value);
    mark(account);
}

Need Engine::plan(std::uint32_t accounts_max) { return mirror_.take(accounts_max); }

void Engine::want_missing_prices() {
    for (std::uint32_t id = 0; id < symbols_.size(); ++id) {
        if (!quotes_.is_quoted(SymbolId{id})) mirror_.want_price(SymbolId{id});
    }
}

void Engine::refetch(const Need& need) { mirror_.give_back(need); }

/// Figures that have come back to what is written are not written again.
bool Engine::is_written(AccountId account) {
    dirty_.unsure.erase(account.value);
    const std::uint64_t written = book_.line(account).written;
    if (written == 0 || fingerprint(account) != written) return false;
    dirty_.unsent.erase(account.value);
    dirty_.unsent_urgent.erase(account.value);
    return true;
}

SnapshotBatch Engine::next_snapshots(std::uint32_t max, Moment now) {
    SnapshotBatch batch;
    for (const BitSet& accounts : of_type_) {
        const auto take = [&](const BitSet& set, const BitSet* but) {
            for (auto id = set.next_in(accounts, 0);
                 id != AccountId::none_value && batch.size() < max;
                 id = set.next_in(accounts, id + 1)) {
                if (but != nullptr && but->contains(id)) continue;
                if (is_written(AccountId{id})) continue;
                batch.push_back(snapshot(AccountId{id}, now));
            }
        };
        take(dirty_.unsent_urgent, nullptr);
        take(dirty_.unsent, &dirty_.unsent_urgent);
    }
    return batch;
}

void Engine::confirm(const SnapshotBatch& batch, Written written) {
    for (const Snapshot& sent : batch) {
        // What was under way at a gap may be lost with whatever else the store has lost.
        if (sent.data_epoch != data_epoch_) continue;
        // Any part of a batch that failed may have arrived: what the store has is not known.
        book_.line(sent.id).written = written == Written::yes ? sent.fingerprint : 0;
        note_snapshot(sent.id);
        if (written == Written::no) continue;
        if (fingerprint(sent.id) != sent.fingerprint) continue;  // revalued meanwhile
        const auto* figures = std::get_if<PlatformFigures>(&sent.figures);
        if (figures == nullptr || figures->error != PlatformError::none) continue;
        // What was written is what the platform's rules read back next time.
        book_.set_stored(sent.id,
                         {figures->used_margin_executed, figures->used_margin_all, sent.ts_ms});
    }
}

void Engine::confirm_events(std::size_t count) {
    MARGIND_ASSERT(count <= events_.size());
    for (std::size_t i = 0; i < count; ++i) {
        const auto limit = prop_limit_of(events_[i].kind);
        if (!limit) continue;
        const AccountId account = account_names_.find(events_[i].account);
        prop_.told(account, *limit);
        note_snapshot(account);  // the store may remember it now
    }
    events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(count));
}

BitSet Engine::dirty_of(TypeIndex type) {
    expand_dirty_symbols();
    dirty_.unsure.for_each([&](std::uint32_t id) { (void)is_written(AccountId{id}); });
    return either_in(dirty_.accounts, dirty_.unsent, of_type_[type]);
}

std::uint32_t Engine::dirty_count(TypeIndex type) { return dirty_of(type).count(); }

std::vector<AccountId> Engine::dirty_accounts(TypeIndex type, AccountId from, std::uint32_t max) {
    const BitSet dirty = dirty_of(type);
    std::vector<AccountId> accounts;
    for (auto id = dirty.next(from.value); id != AccountId::none_value && accounts.size() < max;
         id = dirty.next(id + 1)) {
        accounts.push_back(AccountId{id});
    }
    return accounts;
}

std::uint64_t Engine::state_hash() const {
    std::uint64_t sum = 0;
    for (std::uint32_t id = 0; id < book_.account_count(); ++id) {
        const AccountId account{id};
        const BreachMemory& memory = memories_.of(account);
        Hasher hash;
        hash.add(account_name(account));
        hash.add(fingerprint(account));
        hash.add(static_cast<std::uint64_t>(memory.state));
        hash.add((std::uint64_t{memory.breach} << 32) | memory.step);
        sum += hash.value();  // a sum: the order in which accounts became known does not matter
    }
    return mix(sum ^ book_.account_count());
}

}  // namespace margind
