#include "margind/core/book/own_rules.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "support/desk.hpp"

namespace margind::test {
namespace {

RuleOverrides read(const AccountImage& image, Causes& causes,
                   RuleSetKind kind = RuleSetKind::standard) {
    return own_rules(image, kind, causes);
}

TEST_CASE("an account's options count, its levels by either name", "[own_rules]") {
    Causes causes;
    AccountImage image = account({"live", "1"}, 1'000.0, {});
    CHECK(read(image, causes) == RuleOverrides{});
    image.rules.margin_call = Level{8'000};
    image.rules.stop_out = Level{2'000};
    image.rules.close_policy = ClosePolicy::fifo;
    CHECK(read(image, causes).margin_call == Level{8'000});
    CHECK(read(image, causes).stop_out == Level{2'000});
    image.stop_out_level = 30.0;  // the platform's own name goes first
    CHECK(read(image, causes).stop_out == Level{3'000});
    CHECK(read(image, causes).close_policy == ClosePolicy::fifo);
    CHECK(causes.none());
    CHECK_FALSE(read(image, causes, RuleSetKind::platform).close_policy.has_value());
    CHECK(read(image, causes, RuleSetKind::platform).margin_call == Level{8'000});
}

TEST_CASE("a level that is none is a cause, and no level", "[own_rules]") {
    for (const double level : {-1.0, std::nan(""), 1e300}) {
        Causes causes;
        AccountImage image = account({"live", "1"}, 1'000.0, {});
        image.margin_call_level = level;
        CHECK_FALSE(read(image, causes).margin_call.has_value());
        CHECK(causes == Causes{Cause::bad_setting});
    }
}

TEST_CASE("an account is stopped out at the level that its settings say", "[own_rules]") {
    Desk desk;
    desk.engine.apply(spec("EURUSD", "forex", 100'000.0, "USD"));
    desk.tick("EURUSD", 1.1, 1.1);
    AccountImage image =
        account({"live", "1"}, 880.0, {order("7", "EURUSD", Side::buy, Volume::per_lot, 1.1)});
    image.rules.stop_out = Level{9'000};
    const AccountId id = desk.give(image);
    desk.beat();
    CHECK(desk.engine.memory(id).state == AccountState::stop_out);
}

}  // namespace
}  // namespace margind::test
