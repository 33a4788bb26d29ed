#pragma once
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <utility>

#include "margind/core/prop/prop_rules.hpp"

namespace margind::test {

/// Whole units of a currency with two decimals.
constexpr Money units(std::int64_t whole) { return Money::from_minor(whole * 100); }
constexpr Money cents(std::int64_t minor) { return Money::from_minor(minor); }

/// One account under prop-firm rules, driven by hand: a reset a day, an hour between two looks.
struct PropAccount {
    explicit PropAccount(PropRules rules_) : rules{std::move(rules_)} {}

    void reset(Money balance, Money equity) { start(PropFigures{balance, equity}); }
    void reset_unknown() { start({}); }
    PropReading see(Money balance, Money equity) {
        return advance(state, rules, PropFigures{balance, equity}, now_ms += 3'600'000);
    }
    PropReading see_unknown() { return advance(state, rules, {}, now_ms += 3'600'000); }

    PropRules rules;
    PropState state;
    std::int64_t now_ms = 0;

private:
    void start(const std::optional<PropFigures>& figures) {
        now_ms = next_reset_ms_;
        next_reset_ms_ += 86'400'000;
        CHECK(start_day(state, rules, figures, now_ms));
    }
    std::int64_t next_reset_ms_ = 86'400'000;
};

/// The figures of a limit that must have some.
inline LimitFigures figures(const LimitReading& reading) {
    REQUIRE(reading.figures.has_value());
    return reading.figures.value_or(LimitFigures{});
}

}  // namespace margind::test
