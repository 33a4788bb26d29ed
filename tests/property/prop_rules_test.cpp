// Prop-firm rules against a naive model that keeps every balance and equity ever told and works
// each answer out from the whole history, comparing fractions by cross-multiplication.
#include "margind/core/prop/prop_rules.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "support/random.hpp"

using namespace margind;
using namespace margind::test;

namespace {

using Wide = __int128;

bool fits(Wide value) {
    return value >= std::numeric_limits<std::int64_t>::min() &&
           value <= std::numeric_limits<std::int64_t>::max();
}

/// One thing that was told of the account, under the rules of that time.
struct Told {
    bool is_reset = false;
    bool is_new_day = false;  // a reset later than all before
    std::int64_t at_ms = 0;
    std::optional<PropFigures> figures;
    PropRules rules;
};

struct Known {
    std::int64_t at_ms = 0;
    PropFigures figures;
};

/// What the naive model says of one limit.
struct Expected {
    Verdict verdict = Verdict::ok;
    PropDoubt doubt = PropDoubt::none;
    Wide reference = 0;
    Wide kept_profit = 0;
    Wide loss = 0;
};

/// The loss that a limit allows is share / 10,000 where it is a fraction.
struct Allowance {
    Wide numerator = 0;
    Wide denominator = 1;
};

std::optional<Allowance> allowance_of(const LossLimit& limit, Wide reference,
                                      const PropRules& rules) {
    if (limit.unit == LossUnit::money) return Allowance{limit.money.minor(), 1};
    if (limit.unit == LossUnit::percent_of_initial) {
        if (!rules.initial_balance) return {};
        reference = rules.initial_balance->minor();
    }
    return Allowance{(reference > 0 ? reference : 0) * limit.share.value, 10'000};
}

bool is_too_much(Wide loss, Allowance allowance, LevelCompare compare) {
    if (loss <= 0) return false;
    const Wide scaled = loss * allowance.denominator;
    return compare == LevelCompare::less ? scaled > allowance.numerator
                                         : scaled >= allowance.numerator;
}

/// The smallest whole loss that is too much (`le`), or the largest that is not (`lt`).
Wide whole_limit(Allowance allowance, LevelCompare compare) {
    Wide whole = allowance.numerator / allowance.denominator;
    if (compare == LevelCompare::less_equal &&
        whole * allowance.denominator < allowance.numerator) {
        ++whole;
    }
    return whole;
}

class History {
public:
    void tell(Told told) {
        if (told.is_reset) {
            told.is_new_day = std::none_of(told_.begin(), told_.end(), [&](const Told& earlier) {
                return earlier.is_reset && earlier.at_ms >= told.at_ms;
            });
        }
        told_.push_back(std::move(told));
    }

    [[nodiscard]] const Told& last() const { return told_.back(); }

    /// Where the current day began, as an index; the start of everything before the first reset.
    [[nodiscard]] std::size_t day_start() const {
        for (std::size_t i = told_.size(); i-- > 0;) {
            if (told_[i].is_new_day) return i;
        }
        return 0;
    }

    [[nodiscard]] std::optional<std::int64_t> reset_ms() const {
        const Told& start = told_[day_start()];
        return start.is_new_day ? std::optional{start.at_ms} : std::nullopt;
    }

    /// What was told with figures on this day, from the one it is measured from on: the figures of
    /// the reset itself, else the first after it.
    [[nodiscard]] std::vector<Known> day() const {
        std::vector<Known> day;
        for (std::size_t i = day_start(); i < told_.size(); ++i) {
            const Told& told = told_[i];
            const bool counts = !told.is_reset || told.is_new_day;
            if (counts && told.figures) day.push_back({told.at_ms, *told.figures});
        }
        return day;
    }

    /// Rises and falls of the balance since the reference, each summed by itself.
    [[nodiscard]] std::pair<Wide, Wide> realised() const {
        Wide profit = 0;
        Wide loss = 0;
        const std::vector<Known> known = day();
        for (std::size_t i = 1; i < known.size(); ++i) {
            const Wide last = known[i - 1].figures.balance.minor();
            const Wide balance = known[i].figures.balance.minor();
            (balance > last ? profit : loss) += balance > last ? balance - last : last - balance;
        }
        return {profit, loss};
    }

    /// The highest figure that counted since the peak was last begun.
    [[nodiscard]] Wide peak() const {
        std::vector<Wide> counted;
        std::optional<Money> begun_from;
        bool is_awaited = true;  // the day's reference
        for (const Told& told : told_) {
            if (told.is_reset && !told.is_new_day) continue;
            if (told.rules.peak_start != begun_from) {
                begun_from = told.rules.peak_start;
                if (begun_from) counted = {begun_from->minor()};
            }
            const auto& initial_balance = told.rules.initial_balance;
            if (counted.empty() && initial_balance) counted = {initial_balance->minor()};
            if (told.is_reset) is_awaited = true;
            if (!told.figures) continue;
            const bool is_live = told.rules.drawdown_update == PeakUpdate::live;
            if (!is_live && !is_awaited) continue;
            is_awaited = false;
            const bool is_balance = told.rules.drawdown_base == DrawdownBase::balance;
            counted.push_back((is_balance ? told.figures->balance : told.figures->equity).minor());
        }
        return *std::max_element(counted.begin(), counted.end());
    }

    /// When this limit was first reached since the entry at `from`, judged anew for every entry.
    template <class Judge>
    [[nodiscard]] std::optional<std::int64_t> first_breach(std::size_t from, Judge judge) const {
        History part;
        for (std::size_t i = 0; i < told_.size(); ++i) {
            part.told_.push_back(told_[i]);
            if (i < from || told_[i].is_reset) continue;
            if (judge(part).verdict == Verdict::breach) return told_[i].at_ms;
        }
        return {};
    }

    /// The entry at which the drawdown was last begun by hand: its peak, or, where it is static, by
    /// another initial balance.
    [[nodiscard]] std::size_t drawdown_begun_at() const {
        std::size_t begun_at = 0;
        std::optional<Money> begun_from;
        std::optional<Money> initial_balance;
        for (std::size_t i = 0; i < told_.size(); ++i) {
            if (told_[i].is_reset && !told_[i].is_new_day) continue;
            const PropRules& rules = told_[i].rules;
            const bool is_other_peak = rules.peak_start && rules.peak_start != begun_from;
            const bool is_other_balance = rules.initial_balance && initial_balance &&
                                          rules.initial_balance != initial_balance;
            const bool is_static = rules.drawdown_mode == DrawdownMode::static_floor;
            if (is_other_peak || (is_static && is_other_balance)) begun_at = i;
            begun_from = rules.peak_start;
            if (rules.initial_balance) initial_balance = rules.initial_balance;
        }
        return begun_at;
    }

private:
    std::vector<Told> told_;
};

Expected unknown(PropDoubt doubt) { return {.verdict = Verdict::unknown, .doubt = doubt}; }

/// The verdict from fractions; UNKNOWN where one of the figures to be shown does not fit.
Expected conclude(Expected expected, Allowance allowance, Wide whole, const PropRules& rules) {
    const Wide floor = expected.reference + expected.kept_profit - whole;
    for (const Wide figure : {expected.reference, expected.kept_profit, whole, expected.loss, floor,
                              whole - expected.loss}) {
        if (!fits(figure)) return unknown(PropDoubt::overflow);
    }
    if (is_too_much(expected.loss, allowance, rules.limit_compare)) {
        expected.verdict = Verdict::breach;
    }
    return expected;
}

Expected judge_daily_loss(const History& history) {
    const PropRules& rules = history.last().rules;
    if (!rules.daily_loss) return {};
    const auto& now = history.last().figures;
    if (!now) return unknown(PropDoubt::account_unknown);
    const PropFigures start = history.day().front().figures;
    const Wide balance = start.balance.minor();
    const Wide start_equity = start.equity.minor();
    Expected expected;
    expected.reference = rules.daily_loss_base == DailyLossBase::balance ? balance
                         : rules.daily_loss_base == DailyLossBase::equity
                             ? start_equity
                             : std::max(balance, start_equity);
    const auto allowance = allowance_of(*rules.daily_loss, expected.reference, rules);
    if (!allowance) return unknown(PropDoubt::no_initial_balance);
    const Wide equity = now->equity.minor();
    expected.loss = expected.reference - equity;
    if (rules.losses_only) {
        const auto [profit, loss] = history.realised();
        if (!fits(profit)) return unknown(PropDoubt::overflow);
        // What was floating at the reset and is part of the reference is realised free of charge.
        const Wide floating_profit = std::max<Wide>(0, expected.reference - balance);
        const Wide floating_loss = std::max<Wide>(0, balance - expected.reference);
        expected.kept_profit = std::max<Wide>(0, profit - floating_profit);
        const Wide realised_loss = std::max<Wide>(0, loss - floating_loss);
        expected.loss = std::max(realised_loss, expected.reference + expected.kept_profit - equity);
    }
    return conclude(expected, *allowance, whole_limit(*allowance, rules.limit_compare), rules);
}

Expected judge_drawdown(const History& history) {
    const PropRules& rules = history.last().rules;
    if (!rules.drawdown) return {};
    const auto& now = history.last().figures;
    if (!now) return unknown(PropDoubt::account_unknown);
    const bool is_trailing = rules.drawdown_mode == DrawdownMode::trailing;
    if (!is_trailing && !rules.initial_balance) return unknown(PropDoubt::no_initial_balance);
    Expected expected;
    expected.reference = is_trailing ? history.peak() : rules.initial_balance->minor();
    auto allowance = allowance_of(*rules.drawdown, expected.reference, rules);
    if (!allowance) return unknown(PropDoubt::no_initial_balance);
    expected.loss = expected.reference - now->equity.minor();
    // Below the lock the floor is the lock: what may be lost reaches down to it.
    if (is_trailing && rules.drawdown_lock) {
        const Wide to_lock = expected.reference - rules.drawdown_lock->minor();
        if (to_lock * allowance->denominator > allowance->numerator) allowance = {to_lock, 1};
    }
    return conclude(expected, *allowance, whole_limit(*allowance, rules.limit_compare), rules);
}

void check(const LimitReading& actual, const Expected& expected, bool is_on, LevelCompare compare) {
    CHECK(actual.is_on == is_on);
    CHECK(actual.verdict == expected.verdict);
    CHECK(actual.doubt == expected.doubt);
    REQUIRE(actual.figures.has_value() == (is_on && expected.doubt == PropDoubt::none));
    if (!actual.figures) return;
    const LimitFigures& figures = *actual.figures;
    CHECK(figures.reference.minor() == static_cast<std::int64_t>(expected.reference));
    CHECK(figures.kept_profit.minor() == static_cast<std::int64_t>(expected.kept_profit));
    CHECK(figures.loss.minor() == static_cast<std::int64_t>(expected.loss));
    CHECK(figures.floor == figures.reference + figures.kept_profit - figures.limit);
    CHECK(figures.remaining == figures.limit - figures.loss);
    if (figures.loss <= Money{}) return;
    const Money none;
    const bool is_exceeded =
        compare == LevelCompare::less ? figures.remaining < none : figures.remaining <= none;
    CHECK(is_exceeded == (actual.verdict == Verdict::breach));
}

/// An account whose figures walk about in small steps around 100, or anywhere at all.
class Walk {
public:
    Walk(Random& random, bool is_wild) : random_{random}, is_wild_{is_wild} {}

    PropFigures next() {
        if (is_wild_) return {any(), any()};
        if (random_.chance(0.4)) balance_ += random_.between(-9, 9);
        return {Money::from_minor(balance_), Money::from_minor(balance_ + random_.between(-9, 9))};
    }
    Money amount() { return is_wild_ ? any() : Money::from_minor(random_.between(1, 120)); }

private:
    Money any() {
        const auto bits = static_cast<std::int64_t>(random_.next());
        return Money::from_minor(random_.chance(0.5) ? bits : bits / random_.between(1, 1'000'000));
    }

    Random& random_;
    bool is_wild_;
    std::int64_t balance_ = 100;
};

std::optional<LossLimit> random_limit(Random& random, Walk& walk) {
    if (random.chance(0.1)) return {};
    const std::int64_t share = random.pick({1, 333, 500, 1'000, 2'500, 10'000});
    if (random.chance(0.4)) return LossLimit::percent(share);
    if (random.chance(0.4)) return LossLimit::percent_of_initial(share);
    return LossLimit::amount(random.chance(0.5) ? walk.amount() : Money::from_minor(7));
}

PropRules random_rules(Random& random, Walk& walk) {
    PropRules rules;
    rules.daily_loss = random_limit(random, walk);
    rules.daily_loss_base =
        random.pick({DailyLossBase::balance, DailyLossBase::equity, DailyLossBase::larger});
    rules.losses_only = random.chance(0.5);
    rules.drawdown = random_limit(random, walk);
    rules.drawdown_mode = random.pick({DrawdownMode::static_floor, DrawdownMode::trailing});
    rules.drawdown_base = random.pick({DrawdownBase::balance, DrawdownBase::equity});
    rules.drawdown_update = random.pick({PeakUpdate::live, PeakUpdate::at_reset});
    if (random.chance(0.4)) rules.drawdown_lock = walk.amount();
    if (random.chance(0.2)) rules.peak_start = walk.amount();
    if (random.chance(0.7)) rules.initial_balance = walk.amount();
    rules.limit_compare = random.pick({LevelCompare::less_equal, LevelCompare::less});
    return rules;
}

/// One account's life: days that begin, some told twice or too late, phases in which it is UNKNOWN.
struct Life {
    explicit Life(std::uint64_t seed, bool is_wild)
        : random{seed}, walk{random, is_wild}, rules{random_rules(random, walk)} {}

    void step() {
        now_ms += random.between(0, 3);
        if (random.chance(0.1)) is_unknown = !is_unknown;
        if (random.chance(0.05)) {
            rules.peak_start = random.chance(0.3) ? std::nullopt : std::optional{walk.amount()};
        }
        if (random.chance(0.03)) {
            rules.initial_balance =
                random.chance(0.3) ? std::nullopt : std::optional{walk.amount()};
        }
        const auto figures = is_unknown ? std::nullopt : std::optional{walk.next()};
        if (random.chance(0.15)) {
            const std::int64_t reset_ms = now_ms - random.between(0, 3);
            history.tell({true, false, reset_ms, figures, rules});
            REQUIRE(start_day(state, rules, figures, reset_ms) == history.last().is_new_day);
            return;
        }
        history.tell({false, false, now_ms, figures, rules});
        compare(advance(state, rules, figures, now_ms));
    }

    void compare(const PropReading& reading) {
        check(reading.daily_loss, judge_daily_loss(history), rules.daily_loss.has_value(),
              rules.limit_compare);
        check(reading.drawdown, judge_drawdown(history), rules.drawdown.has_value(),
              rules.limit_compare);
        const auto daily_ms = history.first_breach(history.day_start(), judge_daily_loss);
        const auto drawdown_ms = history.first_breach(history.drawdown_begun_at(), judge_drawdown);
        CHECK(reading.daily_loss.breached_since_ms == daily_ms);
        CHECK(reading.drawdown.breached_since_ms == drawdown_ms);
        const std::vector<Known> day = history.day();
        const auto reference_ms = day.empty() ? std::nullopt : std::optional{day.front().at_ms};
        CHECK(reading.reference_ms == reference_ms);
        CHECK(reading.is_late == (reference_ms && reference_ms != history.reset_ms()));
    }

    Random random;
    Walk walk;
    PropRules rules;
    PropState state;
    History history;
    std::int64_t now_ms = 1'000;
    bool is_unknown = false;
};

}  // namespace

TEST_CASE("prop-firm limits equal a recomputation over the whole history", "[property]") {
    const int seed = GENERATE(range(1, 401));
    CAPTURE(seed);
    Life life{static_cast<std::uint64_t>(seed), false};
    for (int step = 0; step < 80; ++step) {
        CAPTURE(step);
        life.step();
    }
}

TEST_CASE("prop-firm limits are exact, or in doubt, for any money at all", "[property]") {
    const int seed = GENERATE(range(1'001, 1'201));
    CAPTURE(seed);
    Life life{static_cast<std::uint64_t>(seed), true};
    for (int step = 0; step < 60; ++step) {
        CAPTURE(step);
        life.step();
    }
}
