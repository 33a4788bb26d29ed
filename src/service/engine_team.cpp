#include "service/engine_team.hpp"

#include <algorithm>
#include <utility>

namespace margind::service {

EngineTeam::EngineTeam(const EngineOptions& options, std::uint32_t count, OnBeat on_beat)
    : on_beat_{std::move(on_beat)} {
    batch_.reserve(batch_size);
    for (std::uint32_t i = 0; i < count; ++i) {
        EngineOptions share = options;
        share.shard_index = i;
        share.shard_count = count;
        members_.push_back(std::make_unique<Member>(std::move(share)));
    }
    for (const auto& member : members_) {
        member->thread = std::jthread{[this, &member = *member] { run(member); }};
    }
}

EngineTeam::~EngineTeam() {
    feed({.kind = Kind::stop});
    flush();
}

std::uint32_t EngineTeam::number_of(std::string_view symbol) {
    const auto known = std::ranges::find(names_, symbol);
    const auto number = static_cast<std::uint32_t>(known - names_.begin());
    if (known == names_.end()) {
        names_.emplace_back(symbol);
        feed({.kind = Kind::name, .name = &names_.back()});
    }
    return number;
}

void EngineTeam::tick(std::uint32_t number, double bid, double ask, std::int64_t ts_ms,
                      Moment now) {
    feed({.number = number, .bid = bid, .ask = ask, .ts_ms = ts_ms, .now = now});
}

void EngineTeam::beat(Moment now) { feed({.kind = Kind::beat, .now = now}); }

void EngineTeam::feed(const Message& message) {
    batch_.push_back(message);
    if (batch_.size() == batch_size) flush();
}

void EngineTeam::flush() {
    for (const auto& member : members_) flush(*member);
    batch_.clear();
}

void EngineTeam::flush(Member& member) {
    for (auto next = batch_.cbegin(); next != batch_.cend();) {
        const std::uint64_t done = member.done.load(std::memory_order_acquire);
        const auto end = member.ring.push(next, batch_.cend());
        if (end == next) {
            wait_past(member.done, done);
            continue;
        }
        member.fed.fetch_add(static_cast<std::uint64_t>(end - next), std::memory_order_release);
        member.fed.notify_one();
        next = end;
    }
}

void EngineTeam::settle() {
    flush();
    for (const auto& member : members_) {
        const std::uint64_t fed = member->fed.load(std::memory_order_relaxed);
        for (std::uint64_t done = 0; (done = member->done.load(std::memory_order_acquire)) < fed;) {
            wait_past(member->done, done);
        }
        if (member->failure) std::rethrow_exception(member->failure);
    }
}

/// Until the counter is another one than `seen`. Looks some time before it sleeps: to be woken
/// costs more than a batch takes.
void EngineTeam::wait_past(std::atomic<std::uint64_t>& counter, std::uint64_t seen) {
    constexpr int looks = 2'000;
    for (int i = 0; i < looks; ++i) {
        if (counter.load(std::memory_order_acquire) != seen) return;
    }
    counter.wait(seen, std::memory_order_acquire);
}

/// The thread of a member, until it is told to stop. One that has failed takes everything in and
/// does nothing.
void EngineTeam::run(Member& member) {
    Message messages[batch_size];
    std::uint64_t done = 0;
    for (bool goes_on = true; goes_on;) {
        wait_past(member.fed, done);
        const std::size_t count = member.ring.pop(messages, batch_size);
        for (std::size_t i = 0; i < count; ++i) {
            goes_on &= messages[i].kind != Kind::stop;
            if (member.failure) continue;
            try {
                take(member, messages[i]);
            } catch (...) {
                member.failure = std::current_exception();
            }
        }
        done += count;
        member.done.store(done, std::memory_order_release);
        member.done.notify_one();
    }
}

void EngineTeam::take(Member& member, const Message& message) {
    switch (message.kind) {
        case Kind::stop: return;
        case Kind::name:
            member.names.emplace_back(*message.name);
            member.symbols.emplace_back();
            return;
        case Kind::beat:
            member.engine.recompute(message.now);
            on_beat_(member.engine, message.now);
            return;
        case Kind::tick: break;
    }
    SymbolId& symbol = member.symbols[message.number];
    if (symbol.is_none()) symbol = member.engine.find_symbol(member.names[message.number]);
    if (symbol.is_none()) return;  // none of its accounts depends on it
    member.engine.apply(PriceTick{symbol, message.bid, message.ask, message.ts_ms}, message.now);
}

}  // namespace margind::service
