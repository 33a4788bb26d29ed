// Rule sets that come and go: what becomes of their places in the book.
#include <catch2/catch_test_macros.hpp>

#include "margind/core/book/account_rules.hpp"
#include "support/desk.hpp"

namespace margind::test {
namespace {

constexpr std::uint32_t entries_max = RuleBook::entries_max;
constexpr AccountId first{0};
constexpr AccountId second{1};
constexpr AccountId third{2};

/// The rules of some accounts, all of one group without options.
struct Shelf {
    explicit Shelf(std::uint32_t accounts = 3) : rules{standard_rules()} { rules.grow(accounts); }

    /// Gives an account a rule set that differs from the common one in its cool-down. True where
    /// there was room for it.
    bool give(AccountId account, std::int64_t cooldown_ms) {
        AccountImage image;
        image.rules.cooldown_ms = cooldown_ms;
        rules.keep(account, image);
        return settle(account);
    }
    /// Takes its own options from an account.
    bool clear(AccountId account) {
        rules.keep(account, {});
        return settle(account);
    }
    bool settle(AccountId account) { return rules.settle(account, group, fallback).is_settled; }
    [[nodiscard]] const RuleBook::Entry& of(AccountId account) const { return rules.of(account); }

    /// True where the entry of an account is this set, with its hash.
    [[nodiscard]] bool has(AccountId account, std::int64_t cooldown_ms) const {
        RuleSet expected = standard_rules();
        expected.cooldown_ms = cooldown_ms;
        return of(account).rules == expected && of(account).hash == rules_hash(expected);
    }

    static constexpr GroupId group{0};
    static constexpr GroupId fallback{1};
    AccountRules rules;
};

AccountImage with_cooldown(const std::string& id, std::int64_t cooldown_ms) {
    AccountImage image =
        account({"live", id}, 10'000.0, {order("A", "EURUSD", Side::buy, Volume::per_lot, 1.1)});
    image.rules.cooldown_ms = cooldown_ms;
    image.rules.valuation_price = ValuationPrice::mid;  // not for the kernel
    return image;
}

/// EURUSD at 1.1, one pip wide.
struct QuotedDesk : Desk {
    QuotedDesk() {
        engine.apply(spec("EURUSD", "forex", 100'000.0, "USD"));
        tick("EURUSD", 1.1, 1.1001);
    }
    [[nodiscard]] Causes causes(AccountId id) const { return engine.snapshot(id, now).causes; }
};

TEST_CASE("an account that changes an option again and again leaves room for others", "[rules]") {
    Shelf shelf;
    for (std::int64_t i = 1; i <= 5'000; ++i) {
        REQUIRE(shelf.give(first, 10'000 + i));
        REQUIRE(shelf.has(first, 10'000 + i));
    }
    CHECK(shelf.give(second, 1));
    CHECK(shelf.has(second, 1));
    CHECK(shelf.has(first, 15'000));
}

TEST_CASE("a rule set stays while one of the accounts that share it has it", "[rules]") {
    Shelf shelf;
    CHECK(shelf.give(first, 5));
    CHECK(shelf.give(second, 5));
    const RuleBook::Entry* shared = &shelf.of(first);
    CHECK(&shelf.of(second) == shared);
    CHECK(shelf.give(first, 6));
    for (std::int64_t i = 0; i < 10; ++i) CHECK(shelf.give(third, 100 + i));
    CHECK(&shelf.of(second) == shared);
    CHECK(shelf.has(second, 5));
    CHECK(shelf.has(first, 6));
    CHECK(shelf.has(third, 109));
}

TEST_CASE("a rule set that is settled again stays where it is", "[rules]") {
    Shelf shelf;
    CHECK(shelf.give(first, 5));
    const RuleBook::Entry* before = &shelf.of(first);
    CHECK(shelf.settle(first));
    CHECK(shelf.settle(first));
    CHECK(&shelf.of(first) == before);
    CHECK(before->accounts == 1);
}

TEST_CASE("an entry whose place was taken is not found by its old rules", "[rules]") {
    Shelf shelf;
    CHECK(shelf.give(first, 5));
    const RuleBook::Entry* place = &shelf.of(first);
    CHECK(shelf.clear(first));
    CHECK(&shelf.of(first).rules == &shelf.rules.book().common());
    CHECK(shelf.give(second, 6));
    CHECK(&shelf.of(second) == place);
    CHECK(shelf.give(first, 5));
    CHECK(shelf.has(first, 5));
    CHECK(shelf.has(second, 6));
    CHECK(&shelf.of(first) != place);
    CHECK(shelf.give(third, 6));
    CHECK(&shelf.of(third) == place);
}

TEST_CASE("what a group's accounts have is worked out again after its place was taken", "[rules]") {
    Shelf shelf;
    RuleOverrides options;
    options.cooldown_ms = 5;
    shelf.rules.book().apply(Shelf::group, options, false);
    CHECK(shelf.settle(first));
    CHECK(shelf.has(first, 5));
    const RuleBook::Entry* place = &shelf.of(first);
    CHECK(shelf.give(first, 6));  // leaves the group's set to nobody
    CHECK(shelf.give(second, 7));
    CHECK(&shelf.of(second) == place);
    CHECK(shelf.settle(third));
    CHECK(shelf.has(third, 5));
    CHECK(shelf.has(second, 7));
}

TEST_CASE("a full book refuses only who needs one more rule set", "[rules]") {
    // One place is the common set's.
    Shelf shelf{entries_max + 1};
    for (std::uint32_t i = 1; i < entries_max; ++i) {
        REQUIRE(shelf.give(AccountId{i}, 10'000 + i));
    }
    CHECK_FALSE(shelf.give(first, 1));
    CHECK(shelf.of(first).rules == shelf.rules.book().common());
    CHECK(shelf.give(first, 10'001));  // one that is there
    CHECK(&shelf.of(first) == &shelf.of(second));
    CHECK(shelf.give(third, 2));  // in the place of the set that it had alone
    CHECK(shelf.has(third, 2));
    CHECK(shelf.has(first, 10'001));

    const AccountId last{entries_max};
    CHECK_FALSE(shelf.give(last, 3));
    CHECK(shelf.clear(third));
    CHECK(shelf.settle(last));
    CHECK(shelf.has(last, 3));
}

TEST_CASE("a group's bad options leave its accounts on the common rule set", "[rules]") {
    Shelf shelf;
    CHECK(shelf.give(first, 5));
    const RuleBook::Entry* place = &shelf.of(first);
    shelf.rules.book().apply(Shelf::group, RuleOverrides{}, true);
    CHECK_FALSE(shelf.settle(first));
    CHECK(&shelf.of(first).rules == &shelf.rules.book().common());
    CHECK(place->accounts == 0);
    shelf.rules.book().apply(Shelf::group, std::nullopt, false);
    CHECK(shelf.settle(first));
    CHECK(shelf.has(first, 5));
}

TEST_CASE("accounts are valued by their own rules after others took places in the book",
          "[engine][rules]") {
    QuotedDesk desk;
    const AccountId changing = desk.give(with_cooldown("1", 1));
    const AccountId steady = desk.give(with_cooldown("2", 7));
    for (std::int64_t i = 1; i <= 5'000; ++i) desk.give(with_cooldown("1", 10'000 + i));
    // At the closing side, in the place of a set that valued at the middle.
    AccountImage plain = with_cooldown("3", 3);
    plain.rules.valuation_price = ValuationPrice::closing_side;
    const AccountId newcomer = desk.give(plain);
    desk.beat();
    CHECK(desk.causes(changing).none());
    CHECK(desk.causes(steady).none());
    CHECK(desk.causes(newcomer).none());
    CHECK(desk.engine.rules_of(changing).cooldown_ms == 15'000);
    CHECK(desk.engine.rules_of(steady).cooldown_ms == 7);
    CHECK(desk.engine.rules_of(newcomer).cooldown_ms == 3);
    CHECK(desk.figures(changing).pnl == Money::from_minor(500));  // half a pip
    CHECK(desk.figures(steady).pnl == Money::from_minor(500));
    CHECK(desk.figures(newcomer).pnl == Money{});
}

TEST_CASE("an account that is gone from the store keeps its rules until it is back",
          "[engine][rules]") {
    QuotedDesk desk;
    const AccountId gone = desk.give(with_cooldown("1", 7));
    AccountImage nothing{.key = {"live", "1"}};
    nothing.exists = false;
    desk.give(nothing);
    for (std::int64_t i = 1; i <= 10; ++i) desk.give(with_cooldown("2", 10'000 + i));
    CHECK(desk.engine.rules_of(gone).cooldown_ms == 7);
    desk.give(with_cooldown("1", 8));
    desk.beat();
    CHECK(desk.causes(gone).none());
    CHECK(desk.engine.rules_of(gone).cooldown_ms == 8);
    CHECK(desk.figures(gone).pnl == Money::from_minor(500));
}

}  // namespace
}  // namespace margind::test
