#include "margind/core/prop/prop_rules.hpp"

#include <algorithm>
#include <limits>

#include "core/base/hash.hpp"

namespace margind {
namespace {

/// Wide enough for every figure here: 2⁶³ of money times 2⁶³ basis points.
using Wide = __int128;

constexpr std::int64_t whole_bp = 10'000;

Wide wide(Money money) { return money.minor(); }

bool fits(Wide value) {
    return value >= std::numeric_limits<std::int64_t>::min() &&
           value <= std::numeric_limits<std::int64_t>::max();
}

Money narrow(Wide value) { return Money::from_minor(static_cast<std::int64_t>(value)); }

/// Towards minus infinity. Precondition: denominator > 0.
Wide divide_down(Wide numerator, Wide denominator) {
    const Wide quotient = numerator / denominator;
    return numerator % denominator < 0 ? quotient - 1 : quotient;
}

/// `part` of `whole` in basis points; nothing where there is no whole.
std::optional<std::int64_t> share_bp(Wide part, Wide whole) {
    if (whole <= 0) return {};
    const Wide share = divide_down(part * whole_bp, whole);
    if (!fits(share)) return {};
    return static_cast<std::int64_t>(share);
}

/// A limit while it is worked out. floor = reference + kept_profit − limit.
struct Measure {
    Wide reference = 0;
    Wide kept_profit = 0;
    Wide limit = 0;
    Wide loss = 0;
};

/// The size of a limit in minor units; nothing where it needs an initial balance and there is none.
/// A share of the reference that is no whole number is rounded to the side where comparing whole
/// losses with it says the same: loss >= x where loss >= ⌈x⌉, loss > x where loss > ⌊x⌋.
std::optional<Wide> size_of(const LossLimit& limit, Wide reference, const PropRules& rules) {
    if (limit.unit == LossUnit::money) return wide(limit.money);
    if (limit.unit == LossUnit::percent_of_initial) {
        if (!rules.initial_balance) return {};
        reference = wide(*rules.initial_balance);
    }
    // Of nothing, and of less than nothing, nothing may be lost.
    const Wide share = std::max<Wide>(reference, 0) * limit.share.value;
    const bool rounds_up = rules.limit_compare == LevelCompare::less_equal;
    return rounds_up ? -divide_down(-share, whole_bp) : divide_down(share, whole_bp);
}

LimitReading in_doubt(PropDoubt doubt) {
    return {.is_on = true, .verdict = Verdict::unknown, .doubt = doubt};
}

LimitReading conclude(const Measure& measure, Money equity, LevelCompare compare) {
    const Wide floor = measure.reference + measure.kept_profit - measure.limit;
    const Wide remaining = measure.limit - measure.loss;
    for (const Wide value :
         {measure.reference, measure.kept_profit, measure.limit, measure.loss, floor, remaining}) {
        if (!fits(value)) return in_doubt(PropDoubt::overflow);
    }
    // Where nothing may be lost (an account that is empty yet), nothing lost is no breach.
    const bool is_breach =
        measure.loss > 0 && (compare == LevelCompare::less ? remaining < 0 : remaining <= 0);
    return {.is_on = true,
            .verdict = is_breach ? Verdict::breach : Verdict::ok,
            .figures = LimitFigures{.reference = narrow(measure.reference),
                                    .kept_profit = narrow(measure.kept_profit),
                                    .limit = narrow(measure.limit),
                                    .floor = narrow(floor),
                                    .loss = narrow(measure.loss),
                                    .remaining = narrow(remaining),
                                    .used_bp = share_bp(measure.loss, measure.limit),
                                    .distance_bp = share_bp(remaining, wide(equity))}};
}

Money reference_of(const PropFigures& figures, DailyLossBase base) {
    switch (base) {
        case DailyLossBase::balance: return figures.balance;
        case DailyLossBase::equity: return figures.equity;
        case DailyLossBase::larger: return std::max(figures.balance, figures.equity);
    }
    return figures.balance;
}

/// The day's profits and losses apart. What was floating at the reset and is in the reference
/// already is neither when it is realised.
void count_losses_only(const PropDay& day, Money realised_profit, Measure& measure) {
    const Wide carried = measure.reference - wide(day.reference.balance);
    const Wide profit = wide(realised_profit);
    const Wide loss = wide(day.reference.balance) + profit - wide(day.last_balance);
    measure.kept_profit = std::max<Wide>(0, profit - std::max<Wide>(0, carried));
    const Wide realised_loss = std::max<Wide>(0, loss + std::min<Wide>(0, carried));
    measure.loss = std::max(measure.loss + measure.kept_profit, realised_loss);
}

LimitReading daily_loss_reading(const PropDay& day, const PropRules& rules, Money equity) {
    if (!rules.daily_loss) return {};
    Measure measure;
    measure.reference = wide(reference_of(day.reference, rules.daily_loss_base));
    measure.loss = measure.reference - wide(equity);
    const std::optional<Wide> limit = size_of(*rules.daily_loss, measure.reference, rules);
    if (!limit) return in_doubt(PropDoubt::no_initial_balance);
    measure.limit = *limit;
    if (rules.losses_only) {
        if (!day.realised_profit) return in_doubt(PropDoubt::overflow);
        count_losses_only(day, *day.realised_profit, measure);
    }
    return conclude(measure, equity, rules.limit_compare);
}

LimitReading drawdown_reading(Money peak, const PropRules& rules, Money equity) {
    if (!rules.drawdown) return {};
    const bool is_trailing = rules.drawdown_mode == DrawdownMode::trailing;
    if (!is_trailing && !rules.initial_balance) return in_doubt(PropDoubt::no_initial_balance);
    Measure measure;
    measure.reference = wide(is_trailing ? peak : *rules.initial_balance);
    measure.loss = measure.reference - wide(equity);
    const std::optional<Wide> limit = size_of(*rules.drawdown, measure.reference, rules);
    if (!limit) return in_doubt(PropDoubt::no_initial_balance);
    measure.limit = *limit;
    if (is_trailing && rules.drawdown_lock) {
        measure.limit = std::max(measure.limit, measure.reference - wide(*rules.drawdown_lock));
    }
    return conclude(measure, equity, rules.limit_compare);
}

/// Begins the drawdown anew where the operator says so, once for each value of the setting: the
/// peak at `peak_start`, a static one with another initial balance. The first peak is at the
/// latter.
void begin_drawdown(PropState& state, const PropRules& rules) {
    bool is_anew = false;
    if (rules.peak_start != state.peak_start) {
        state.peak_start = rules.peak_start;
        if (rules.peak_start) {
            state.peak = rules.peak_start;
            is_anew = true;
        }
    }
    if (rules.initial_balance && rules.initial_balance != state.initial_balance) {
        const bool is_static = rules.drawdown_mode == DrawdownMode::static_floor;
        is_anew |= is_static && state.initial_balance;
        state.initial_balance = rules.initial_balance;
    }
    if (is_anew) state.drawdown_breach_ms.reset();
    if (is_anew || !state.drawdown_start_ms) {
        state.drawdown_start_ms = state.reset_ms.value_or(0);
    }
    if (!state.peak) state.peak = rules.initial_balance;
}

Money raise_peak(PropState& state, const PropRules& rules, const PropFigures& figures) {
    const bool is_balance = rules.drawdown_base == DrawdownBase::balance;
    const Money figure = is_balance ? figures.balance : figures.equity;
    const Money peak = std::max(figure, state.peak.value_or(figure));
    state.peak = peak;
    return peak;
}

PropDay& take_reference(PropState& state, const PropRules& rules, const PropFigures& figures,
                        std::int64_t now_ms) {
    raise_peak(state, rules, figures);
    return state.day.emplace(PropDay{.reference_ms = now_ms,
                                     .reference = figures,
                                     .last_balance = figures.balance,
                                     .realised_profit = Money{}});
}

void count_realised(PropDay& day, Money balance) {
    const Wide rise = wide(balance) - wide(day.last_balance);
    day.last_balance = balance;
    if (rise <= 0 || !day.realised_profit) return;
    const Wide sum = wide(*day.realised_profit) + rise;
    day.realised_profit = fits(sum) ? std::optional{narrow(sum)} : std::nullopt;
}

/// Remembers a breach at its first instant.
void remember(LimitReading& reading, std::optional<std::int64_t>& breach_ms, std::int64_t now_ms) {
    reading.is_new_breach = reading.verdict == Verdict::breach && !breach_ms;
    if (reading.is_new_breach) breach_ms = now_ms;
    if (reading.is_on) reading.breached_since_ms = breach_ms;
}

void check_size(std::string_view key, const LossLimit& limit, const PropRules& rules,
                std::vector<std::string>& problems) {
    const auto problem = [&](std::string_view text) {
        problems.push_back(std::string{key} + ": " + std::string{text});
    };
    if (limit.unit == LossUnit::money) {
        if (limit.money <= Money{}) problem("expected an amount above 0");
        return;
    }
    if (limit.share.value <= 0 || limit.share.value > whole_bp) {
        problem("expected more than 0 and at most 100 percent");
    }
    if (limit.unit == LossUnit::percent_of_initial && !rules.initial_balance) {
        problem("percent_of_initial needs initial_balance");
    }
}

void add(Hasher& hash, const std::optional<LossLimit>& limit) {
    hash.add(std::uint64_t{limit.has_value()});
    if (!limit) return;
    hash.add(static_cast<std::uint64_t>(limit->unit));
    // The other field does not count, so it is not hashed.
    const bool is_money = limit->unit == LossUnit::money;
    hash.add(static_cast<std::uint64_t>(is_money ? limit->money.minor() : limit->share.value));
}

void add(Hasher& hash, const std::optional<Money>& money) {
    hash.add(std::uint64_t{money.has_value()});
    if (money) hash.add(static_cast<std::uint64_t>(money->minor()));
}

}  // namespace

std::vector<std::string> problems_of(const PropRules& rules) {
    std::vector<std::string> problems;
    if (rules.daily_loss) check_size("daily_loss", *rules.daily_loss, rules, problems);
    if (rules.drawdown) check_size("drawdown", *rules.drawdown, rules, problems);
    if (rules.losses_only && !rules.daily_loss) {
        problems.emplace_back("losses_only: there is no daily_loss");
    }
    const bool is_static = rules.drawdown_mode == DrawdownMode::static_floor;
    if (rules.drawdown && is_static && !rules.initial_balance) {
        problems.emplace_back("drawdown: static needs initial_balance");
    }
    if (rules.initial_balance && *rules.initial_balance <= Money{}) {
        problems.emplace_back("initial_balance: expected an amount above 0");
    }
    if (rules.peak_start && *rules.peak_start <= Money{}) {
        problems.emplace_back("peak_start: expected an amount above 0");
    }
    if (rules.drawdown && !is_static) return problems;
    for (const auto& [is_set, key] :
         {std::pair{rules.drawdown_base != DrawdownBase::balance, "drawdown_base"},
          std::pair{rules.drawdown_update != PeakUpdate::live, "drawdown_update"},
          std::pair{rules.drawdown_lock.has_value(), "drawdown_lock"},
          std::pair{rules.peak_start.has_value(), "peak_start"}}) {
        if (is_set) problems.push_back(std::string{key} + ": there is no trailing drawdown");
    }
    return problems;
}

std::string rules_hash(const PropRules& rules) {
    Hasher hash;
    add(hash, rules.daily_loss);
    add(hash, rules.drawdown);
    add(hash, rules.drawdown_lock);
    add(hash, rules.peak_start);
    add(hash, rules.initial_balance);
    for (const std::uint64_t field :
         {std::uint64_t{rules.losses_only}, static_cast<std::uint64_t>(rules.daily_loss_base),
          static_cast<std::uint64_t>(rules.drawdown_mode),
          static_cast<std::uint64_t>(rules.drawdown_base),
          static_cast<std::uint64_t>(rules.drawdown_update),
          static_cast<std::uint64_t>(rules.limit_compare)}) {
        hash.add(field);
    }
    return to_hex(hash.value());
}

bool start_day(PropState& state, const PropRules& rules, const std::optional<PropFigures>& figures,
               std::int64_t reset_ms) {
    if (state.reset_ms && reset_ms <= *state.reset_ms) return false;
    state.reset_ms = reset_ms;
    state.day.reset();
    state.daily_breach_ms.reset();
    begin_drawdown(state, rules);
    if (figures) take_reference(state, rules, *figures, reset_ms);
    return true;
}

PropReading advance(PropState& state, const PropRules& rules,
                    const std::optional<PropFigures>& figures, std::int64_t now_ms) {
    begin_drawdown(state, rules);
    PropReading reading;
    if (figures) {
        reading.equity = figures->equity;
        PropDay& day = state.day ? *state.day : take_reference(state, rules, *figures, now_ms);
        count_realised(day, figures->balance);
        const bool is_live = rules.drawdown_update == PeakUpdate::live;
        const bool is_raised = is_live || !state.peak;
        const Money peak = is_raised ? raise_peak(state, rules, *figures) : *state.peak;
        reading.daily_loss = daily_loss_reading(day, rules, figures->equity);
        reading.drawdown = drawdown_reading(peak, rules, figures->equity);
    } else {
        if (rules.daily_loss) reading.daily_loss = in_doubt(PropDoubt::account_unknown);
        if (rules.drawdown) reading.drawdown = in_doubt(PropDoubt::account_unknown);
    }
    remember(reading.daily_loss, state.daily_breach_ms, now_ms);
    remember(reading.drawdown, state.drawdown_breach_ms, now_ms);
    reading.is_late = state.is_late();
    if (state.day) reading.reference_ms = state.day->reference_ms;
    return reading;
}

}  // namespace margind
