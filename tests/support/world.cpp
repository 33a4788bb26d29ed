#include "support/world.hpp"

#include <algorithm>

namespace margind::test {
namespace {

ModelOptions model_options(const EngineOptions& options) {
    ModelOptions out;
    out.rules = options.rules;
    out.types = options.types;
    out.currency = options.currency;
    out.image_overdue_ms = options.image_overdue_ms;
    out.events_pending_max = options.events_pending_max;
    out.is_armed = options.is_armed;
    return out;
}

BreachMemory engine_memory(const ModelMemory& memory) {
    BreachMemory out;
    out.state = *account_state_from(memory.state);
    out.breach = memory.breach;
    out.step = memory.step;
    out.announced_armed = memory.announced_armed;
    out.is_suspended = memory.is_suspended;
    out.last_stop_out_ms = memory.last_stop_out_ms;
    return out;
}

}  // namespace

World::World(std::uint64_t seed, WorldOptions options)
    : options_{options}, random_{seed}, writer_{~seed}, material_{seed, options.rules} {
    const EngineOptions engine_options = material_.options();
    engine_ = std::make_unique<Engine>(engine_options);
    model_ = std::make_unique<ReferenceModel>(model_options(engine_options));
    model_->market.pivots = engine_options.pivots;
    model_->market.max_age_ms = engine_options.quotes.max_age_ms;
    model_->market.future_ms_max = engine_options.quotes.future_ms_max;
    for (const std::string& symbol : engine_options.negative_prices) {
        model_->market.negative_allowed.insert(symbol);
    }
    // All symbols are known from the start: what is heard of them must not depend on who holds
    // them.
    for (const std::string& symbol : material_.symbols()) {
        engine_->intern_symbol(symbol);
        for (const char* group : Material::groups) {
            spec_store_[{group, symbol}] = material_.spec(group, symbol);
        }
    }
    while (store_.size() < options_.accounts) invent_account();
    if (random_.chance(0.5)) {
        for (int i = 0; i < 5; ++i) restore();
    }
}

void World::random_event() {
    struct Weighted {
        std::uint64_t weight;
        Chance chance;
    };
    static constexpr Weighted chances[] = {
        {500, &World::tick},           {120, &World::beat},
        {60, &World::change_account},  {20, &World::push_image},
        {3, &World::invent_account},   {120, &World::read_wanted},
        {30, &World::late_answer},     {10, &World::change_spec},
        {3, &World::lose_connection},  {10, &World::operate},
        {10, &World::force},           {5, &World::forget_price},
        {50, &World::write_snapshots}, {20, &World::late_confirmation},
        {40, &World::take_events},     {1, &World::restore},
        {4, &World::fall_silent},      {3, &World::shift_wall_clock},
    };
    static constexpr std::uint64_t total = [] {
        std::uint64_t sum = 0;
        for (const Weighted& one : chances) sum += one.weight;
        return sum;
    }();
    pass(random_.between(0, 40));
    std::uint64_t at = random_.below(total);
    for (const Weighted& one : chances) {
        if (at < one.weight) return (this->*one.chance)();
        at -= one.weight;
    }
}

void World::pass(std::int64_t ms) {
    now_.steady_ms += ms;
    now_.wall_ms += ms;
}

AccountImage& World::any_account() { return store_[random_.below(store_.size())]; }

void World::send(const ModelTick& tick) {
    PriceTick out;
    out.symbol = engine_->find_symbol(tick.symbol);
    out.bid = tick.bid.value_or(not_a_price);
    out.ask = tick.ask.value_or(not_a_price);
    out.ts_ms = tick.ts_ms;
    out.is_stored = tick.is_stored;
    static constexpr const char* fates[] = {"accepted", "not_finite", "not_positive", "late",
                                            "crossed"};
    const std::string fate = fates[static_cast<std::size_t>(engine_->apply(out, now_))];
    const std::string expected = model_->market.tick(tick, now_);
    if (fate != expected) complain("tick of " + tick.symbol + ": " + fate + ", not " + expected);
}

void World::tick() {
    const ModelTick tick = material_.tick(now_.wall_ms);
    price_store_[tick.symbol] = tick;
    send(tick);
}

void World::give(const AccountImage& image) {
    AccountImage shuffled = image;  // the store keeps orders in a set
    random_.shuffle(shuffled.orders);
    const bool accepted = engine_->apply(shuffled, now_);
    if (accepted != model_->image(image, now_)) complain("image of " + image.key.text());
}

void World::give(const InstrumentSpec& spec) {
    engine_->apply(spec);
    model_->spec(spec);
}

void World::invent_account() {
    AccountKey key{random_.chance(0.6) ? "live" : "demo", std::to_string(random_.below(100'000))};
    if (random_.chance(0.03)) key.type = "strategy";  // no such type here
    if (std::ranges::find(store_, key, &AccountImage::key) != store_.end()) return;
    AccountImage image = material_.account(key);
    if (random_.chance(0.2)) image.version = 10;
    if (random_.chance(0.2)) {
        give(image);
    } else {
        const bool is_known = !engine_->adopt(key, now_).is_none();
        if (is_known != model_->adopt(key, now_)) complain("adopted " + key.text());
    }
    store_.push_back(std::move(image));
}

void World::change_account() {
    AccountImage& image = any_account();
    material_.change(image);
    if (image.version != 0) ++image.version;
    const AccountId id = engine_->find_account(image.key);
    if (id.is_none()) return;
    engine_->invalidate(id, now_);
    model_->invalidate(image.key, now_);
}

/// Delivered without having been asked for; sometimes an old one.
void World::push_image() {
    AccountImage& image = any_account();
    AccountImage old = image;
    material_.change(image);
    if (image.version != 0) ++image.version;
    if (random_.chance(0.5)) old = image;
    if (random_.chance(0.3) && old.version != 0) old.version -= random_.below(2);
    give(old);
}

void World::read_wanted() {
    const Need need = engine_->plan(static_cast<std::uint32_t>(random_.between(1, 40)));
    for (const AccountId id : need.accounts) {
        const AccountKey key = engine_->account_key(id);
        if (!model_->accounts().at(key.text()).is_wanted) complain("reads " + key.text());
        model_->started_reading(key);
    }
    answer(need);
}

void World::answer(const Need& need) {
    Need failed;
    for (const AccountId id : need.accounts) {
        const AccountKey key = engine_->account_key(id);
        const auto stored = std::ranges::find(store_, key, &AccountImage::key);
        AccountImage image{.key = key, .exists = false};
        if (stored != store_.end()) image = *stored;
        if (random_.chance(0.08)) {
            failed.accounts.push_back(id);
            model_->gave_back(key);
        } else if (random_.chance(0.1)) {
            under_way_.push_back(std::move(image));
        } else {
            give(image);
        }
    }
    for (const InstrumentKey& key : need.instruments) {
        if (random_.chance(0.1)) {
            failed.instruments.push_back(key);
            continue;
        }
        InstrumentSpec spec{.group = key.group, .symbol = key.symbol, .exists = false};
        const auto stored = spec_store_.find({key.group, key.symbol});
        give(stored == spec_store_.end() ? spec : stored->second);
    }
    for (const SymbolId symbol : need.prices) {
        if (random_.chance(0.1)) failed.prices.push_back(symbol);
        if (random_.chance(0.5)) continue;  // the answer was lost; a tick will come
        const auto stored = price_store_.find(engine_->symbols().name(symbol));
        if (stored == price_store_.end()) continue;
        ModelTick tick = stored->second;
        tick.is_stored = true;
        send(tick);
    }
    if (!failed.is_empty()) engine_->refetch(failed);
}

void World::late_answer() {
    if (under_way_.empty()) return;
    give(under_way_.front());
    under_way_.erase(under_way_.begin());
}

void World::change_spec() {
    const std::string group = random_.pick(Material::groups);
    const std::string symbol = random_.pick(material_.symbols());
    InstrumentSpec& spec = spec_store_[{group, symbol}];
    spec = material_.spec(group, symbol);
    if (random_.chance(0.5)) {
        give(spec);
    } else {
        engine_->invalidate_instrument(group, symbol);
    }
}

void World::lose_connection() {
    engine_->open_epoch(now_);
    model_->open_epoch(now_);
    written_.clear();
    if (writer_.chance(0.3)) portfolio_.clear();  // the store came back empty
}

void World::operate() {
    Control control;
    if (random_.chance(0.7)) control.armed = random_.chance(0.7);
    control.killed = random_.chance(0.15);
    while (random_.chance(0.3)) control.frozen.push_back(random_.pick(material_.symbols()));
    engine_->apply(control);
    model_->control(control.armed, control.killed, {control.frozen.begin(), control.frozen.end()});
}

void World::force() {
    const AccountKey& key = any_account().key;
    const AccountId id = engine_->find_account(key);
    if (id.is_none()) return;
    engine_->force(id, now_);
    model_->invalidate(key, now_);
    written_.erase(key.text());
}

void World::forget_price() {
    const std::string symbol = random_.pick(material_.symbols());
    price_store_.erase(symbol);
    engine_->forget_price(engine_->find_symbol(symbol));
    model_->market.forget(symbol);
}

void World::restore() {
    const AccountKey& key = any_account().key;
    ModelMemory memory;
    memory.state = random_.pick({"ok", "margin_call", "stop_out", "recovering"});
    memory.breach = static_cast<std::uint32_t>(random_.between(1'000, 2'000'000));
    memory.step = static_cast<std::uint32_t>(random_.between(1, 9));
    memory.announced_armed = random_.chance(0.5);
    memory.is_suspended = memory.state != "ok" && random_.chance(0.2);
    if (random_.chance(0.7)) memory.last_stop_out_ms = now_.wall_ms - random_.between(0, 3'000);
    restored_.insert(key.text());
    engine_->restore(key, engine_memory(memory), now_);
    model_->restore(key, memory, now_);
}

void World::fall_silent() { pass(random_.between(1'000, 30'000)); }

void World::shift_wall_clock() { now_.wall_ms += random_.between(-2'000, 2'000); }

void World::write_snapshots() {
    const auto by_chance = static_cast<std::uint32_t>(writer_.between(1, 40));
    const std::uint32_t max = options_.snapshots_max != 0 ? options_.snapshots_max : by_chance;
    const SnapshotBatch batch = engine_->next_snapshots(max, now_);
    check_batch(batch);
    write(batch, writer_.chance(0.8) ? Written::yes : Written::no);
}

void World::write(SnapshotBatch batch, Written written) {
    for (const Snapshot& one : batch) {
        // Of a batch that failed, any part may have arrived.
        if (written == Written::no && writer_.chance(0.5)) continue;
        portfolio_[std::string{one.account}] = one.fingerprint;
    }
    // The rules of `platform` read back what was written: there the answer comes at once.
    const bool answers_at_once = options_.rules == RuleSetKind::platform || writer_.chance(0.7);
    unconfirmed_.emplace_back(std::move(batch), written);
    // Answers come in the order of the writes.
    while (answers_at_once && !unconfirmed_.empty()) late_confirmation();
}

void World::late_confirmation() {
    if (unconfirmed_.empty()) return;
    confirm(unconfirmed_.front().first, unconfirmed_.front().second);
    unconfirmed_.erase(unconfirmed_.begin());
}

void World::drain() {
    while (!unconfirmed_.empty()) late_confirmation();
    for (SnapshotBatch batch; !(batch = engine_->next_snapshots(7, now_)).empty();) {
        for (const Snapshot& one : batch) {
            portfolio_[std::string{one.account}] = one.fingerprint;
        }
        confirm(batch, Written::yes);
    }
    check_portfolio();
}

void World::confirm(const SnapshotBatch& batch, Written written) {
    engine_->confirm(batch, written);
    for (const Snapshot& sent : batch) {
        // What was on its way when the connection was lost may be lost as well.
        if (sent.data_epoch != model_->data_epoch()) continue;
        if (written == Written::no) {
            written_.erase(std::string{sent.account});
            continue;
        }
        written_[std::string{sent.account}] = sent.fingerprint;
        const auto* figures = std::get_if<PlatformFigures>(&sent.figures);
        if (figures == nullptr || figures->error != PlatformError::none) continue;
        if (!model_->accounts().at(std::string{sent.account}).image) continue;
        PlatformModelFigures stored;
        stored.used_margin_executed = figures->used_margin_executed;
        stored.used_margin_all = figures->used_margin_all;
        model_->written(std::string{sent.account}, stored, sent.ts_ms);
    }
}

void World::take_events() {
    const auto count = random_.below(engine_->events().size() + 1);
    engine_->confirm_events(count);
    model_->events.erase(model_->events.begin(),
                         model_->events.begin() + static_cast<std::ptrdiff_t>(count));
    events_compared_ -= count;
}

}  // namespace margind::test
