#pragma once
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support/desk.hpp"
#include "support/prop_account.hpp"

namespace margind::test {

using Kinds = std::vector<EventKind>;

inline PropSettings daily_5_percent() {
    PropSettings prop;
    prop.daily_loss = 5.0;
    return prop;
}

inline PropSettings trailing_10_percent() {
    PropSettings prop;
    prop.drawdown = 10.0;
    prop.drawdown_mode = DrawdownMode::trailing;
    prop.drawdown_base = DrawdownBase::equity;
    return prop;
}

/// One lot of EURUSD bought at 1.1: an equity of 100,000 there, and 1,000 less for each 0.01.
inline AccountImage trader(const PropSettings& prop) {
    AccountImage image =
        account({"live", "1"}, 100'000.0, {order("A", "EURUSD", Side::buy, Volume::per_lot, 1.1)});
    image.rules.prop = prop;
    return image;
}

/// That account at an engine, and short words for what tests do with it.
struct PropTrader : Desk {
    explicit PropTrader(const PropSettings& prop, EngineOptions options = {})
        : Desk{std::move(options)}, image{trader(prop)} {
        read_specification();
        tick("EURUSD", 1.1, 1.1);
        id = give(image);
    }

    void read_specification() { engine.apply(spec("EURUSD", "forex", 100'000.0, "USD")); }
    /// The store was away: what it says is read again.
    void reconnect() {
        engine.open_epoch(now);
        static_cast<void>(engine.plan(1'000));
        read_specification();
        give(image);
    }

    void start_day() { engine.start_prop_day(now.wall_ms, now); }
    /// A beat with the account at this equity.
    void see(std::int64_t equity) {
        const double price = 1.1 + static_cast<double>(equity - 100'000) / 100'000.0;
        tick("EURUSD", price, price);
        beat();
    }
    void pass(std::int64_t ms) {
        now.steady_ms += ms;
        now.wall_ms += ms;
    }
    /// All events are in the stream.
    void confirm() { engine.confirm_events(engine.events().size()); }
    [[nodiscard]] Kinds kinds() const {
        Kinds found;
        for (const Event& event : engine.events()) found.push_back(event.kind);
        return found;
    }
    [[nodiscard]] std::vector<std::string> ids() const {
        std::vector<std::string> found;
        for (const Event& event : engine.events()) found.push_back(event.id);
        return found;
    }
    [[nodiscard]] Explanation explain() const { return engine.explain(id, now); }
    [[nodiscard]] PropExplained prop() const {
        const auto explained = engine.explain(id, now).prop;
        REQUIRE(explained.has_value());
        return explained.value_or(PropExplained{});
    }
    [[nodiscard]] SharedPropMemory memory() const { return engine.snapshot(id, now).prop; }
    [[nodiscard]] Causes causes() const { return engine.snapshot(id, now).causes; }

    AccountImage image;
    AccountId id;
};

}  // namespace margind::test
