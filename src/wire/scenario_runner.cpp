#include "wire/scenario_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "margind/core/rules/instruments.hpp"
#include "wire/book_supply.hpp"
#include "wire/scenario_figures.hpp"
#include "wire/scenario_settings.hpp"

namespace margind::wire {
namespace {

constexpr std::int64_t start_ms = 1'700'000'000'000;  // 2023-11-14 22:13:20 UTC, on every grid

std::int64_t first_beat(std::int64_t beat_ms) { return start_ms - start_ms % beat_ms; }

}  // namespace

ScenarioRunner::ScenarioRunner(const Scenario& scenario)
    : scenario_{scenario},
      engine_{scenario.options},
      now_{first_beat(scenario.beat_ms), first_beat(scenario.beat_ms)} {}

std::vector<ScenarioProblem> ScenarioRunner::run() {
    for (const ScenarioStep& each : scenario_.steps) {
        place_ = each.place;
        std::visit([this](const auto& line) { step(line); }, each.statement);
    }
    return std::move(problems_);
}

void ScenarioRunner::advance(std::int64_t ms) {
    now_.steady_ms += ms;
    now_.wall_ms += ms;
}

AccountImage& ScenarioRunner::account(const AccountKey& key) {
    auto found = std::ranges::lower_bound(book_.accounts, key, {}, &AccountImage::key);
    if (found == book_.accounts.end() || found->key != key) {
        found = book_.accounts.insert(found, AccountImage{.key = key});
    }
    return *found;
}

/// The store has changed: the engine reads the account again, as it would from Redis.
void ScenarioRunner::changed(const AccountKey& key) {
    engine_.invalidate(engine_.adopt(key, now_), now_);
}

void ScenarioRunner::step(const AccountLine& line) {
    AccountImage& stored = account(line.image.key);
    std::vector<OrderImage> orders = std::move(stored.orders);
    stored = line.image;
    stored.orders = std::move(orders);
    changed(line.image.key);
}

void ScenarioRunner::step(const BalanceLine& line) {
    account(line.account).balance = line.balance;
    changed(line.account);
}

void ScenarioRunner::step(const OpenLine& line) {
    std::vector<OrderImage>& orders = account(line.account).orders;
    OrderImage order = line.order;
    if (order.id.empty()) order.id = std::to_string(++orders_opened_[line.account]);
    if (std::ranges::find(orders, order.id, &OrderImage::id) != orders.end()) {
        return fail(fmt::format("order {} of {} is open already", order.id, line.account.text()));
    }
    for (const std::string& group : {std::string{fallback_group}, account(line.account).group}) {
        const InstrumentKey key{group, order.symbol};
        const InstrumentSpec spec = default_scenario_instrument(group, order.symbol);
        if (spec.exists) book_.instruments.try_emplace(key, spec);
    }
    orders.push_back(std::move(order));
    changed(line.account);
}

void ScenarioRunner::step(const CloseLine& line) {
    std::vector<OrderImage>& orders = account(line.account).orders;
    const auto found = std::ranges::find(orders, line.order, &OrderImage::id);
    if (found == orders.end()) {
        return fail(fmt::format("{} has no open order {}", line.account.text(), line.order));
    }
    orders.erase(found);
    changed(line.account);
}

void ScenarioRunner::step(const InstrumentLine& line) {
    book_.instruments.insert_or_assign(InstrumentKey{line.spec.group, line.spec.symbol}, line.spec);
    engine_.invalidate_instrument(line.spec.group, line.spec.symbol);
}

void ScenarioRunner::step(const TickLine& line) {
    const SymbolId symbol = engine_.intern_symbol(line.symbol);
    const std::int64_t ts_ms = line.ts_ms.value_or(now_.wall_ms - line.late_ms);
    last_fate_ = engine_.apply(PriceTick{symbol, line.bid, line.ask, ts_ms}, now_);
    if (last_fate_ == TickFate::accepted) {
        book_.prices[line.symbol] = {true, line.bid, line.ask, now_.wall_ms};
    }
}

void ScenarioRunner::beat() {
    advance(scenario_.beat_ms);
    supply(engine_, book_, now_);
    engine_.recompute(now_);
    constexpr std::uint32_t everything = 0xffffffff;
    engine_.confirm(engine_.next_snapshots(everything, now_), Written::yes);
    for (const Event& event : engine_.events()) {
        events_.push_back({event.id, event.account, event.kind, event.ts_ms, event.level});
    }
    engine_.confirm_events(engine_.events().size());
}

void ScenarioRunner::step(const FlushLine& line) {
    for (std::uint32_t i = 0; i < line.beats; ++i) beat();
}

void ScenarioRunner::check(TextPlace place, std::string_view what, std::string_view expected,
                           std::string_view found) {
    ++checks_;
    if (expected == found) return;
    problems_.push_back({place, fmt::format("expected {} {}, found {}", what, expected, found)});
}

std::string ScenarioRunner::kinds_since(std::size_t& cursor, std::string_view account) const {
    std::string kinds;
    for (; cursor < events_.size(); ++cursor) {
        const ScenarioEvent& event = events_[cursor];
        if (!account.empty() && event.account != account) continue;
        if (!kinds.empty()) kinds += ',';
        kinds += margind::to_string(event.kind);
    }
    return kinds.empty() ? "none" : kinds;
}

std::string ScenarioRunner::found_text(AccountId id, const ExpectAccountLine::Item& item,
                                       const Snapshot& snapshot) const {
    switch (item.field) {
        case ExpectedField::peak:
        case ExpectedField::daily_floor:
        case ExpectedField::drawdown_floor:
            return prop_text(engine_.explain(id, now_), item.field, item.text);
        default: return figure_text(snapshot, item.field, item.text);
    }
}

void ScenarioRunner::step(const ExpectAccountLine& line) {
    const std::string name = line.account.text();
    const AccountId id = engine_.find_account(line.account);
    if (id.is_none()) return fail(fmt::format("the engine does not know {}", name));
    const Snapshot snapshot = engine_.snapshot(id, now_);
    for (const ExpectAccountLine::Item& item : line.items) {
        const std::string found = item.field == ExpectedField::events
                                      ? kinds_since(account_events_seen_[line.account], name)
                                      : found_text(id, item, snapshot);
        std::string what = fmt::format("{} {}", name, to_string(item.field));
        // What an account in doubt should have come to helps nobody without the doubt's name.
        const bool is_in_doubt = found == "none" && snapshot.verdict == Verdict::unknown;
        const std::string why =
            is_in_doubt ? fmt::format("none ({})", figure_text(snapshot, ExpectedField::causes, ""))
                        : found;
        check(item.place, what, item.text, item.text == found ? found : why);
    }
}

void ScenarioRunner::step(const ExpectTickLine& line) {
    check(place_, "the tick to be", to_string(line.fate), to_string(last_fate_));
}

void ScenarioRunner::step(const ExpectQuoteLine& line) {
    const SymbolId symbol = engine_.find_symbol(line.symbol);
    if (symbol.is_none()) return fail(fmt::format("nobody has named {} yet", line.symbol));
    const auto text = [](bool is_usable, double bid, double ask) {
        return is_usable ? fmt::format("{} {}", bid, ask) : std::string{"none"};
    };
    const Quote usable = engine_.quotes().usable()[symbol.value];
    check(place_, fmt::format("the quote of {} to be", line.symbol),
          text(line.is_usable, line.bid, line.ask),
          text(!std::isnan(usable.bid) && !std::isnan(usable.ask), usable.bid, usable.ask));
    if (line.guard.empty()) return;
    const QuoteGuard* guard = engine_.quotes().guard(symbol);
    check(place_, fmt::format("the guard of {} to be", line.symbol), line.guard,
          guard == nullptr ? "none" : to_string(guard->state()));
}

void ScenarioRunner::step(const ExpectEventsLine& line) {
    check(place_, "the events", line.kinds, kinds_since(events_seen_, {}));
}

}  // namespace margind::wire
