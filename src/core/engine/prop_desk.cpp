#include "margind/core/engine/prop_desk.hpp"

#include <algorithm>
#include <utility>

#include "core/base/hash.hpp"
#include "margind/core/base/assert.hpp"

namespace margind {
namespace {

/// Figures so long after a reset still count as those of the reset.
constexpr std::int64_t prompt_ms = 1'000;

constexpr PropLimit limits[] = {PropLimit::daily_loss, PropLimit::drawdown};

template <class Pair>
auto& of_limit(Pair& both, PropLimit limit) {
    return both[std::to_underlying(limit)];
}

const LimitReading& reading_of(const PropReading& reading, PropLimit limit) {
    return limit == PropLimit::daily_loss ? reading.daily_loss : reading.drawdown;
}

std::optional<std::int64_t>& breach_of(PropState& state, PropLimit limit) {
    return limit == PropLimit::daily_loss ? state.daily_breach_ms : state.drawdown_breach_ms;
}

void add(Hasher& hash, const std::optional<std::int64_t>& number) {
    hash.add(std::uint64_t{number.has_value()});
    hash.add(static_cast<std::uint64_t>(number.value_or(0)));
}

void add(Hasher& hash, const std::optional<Money>& money) {
    add(hash, money ? std::optional{money->minor()} : std::nullopt);
}

std::uint64_t hash_of(const PropState& state) {
    Hasher hash;
    add(hash, state.reset_ms);
    hash.add(std::uint64_t{state.day.has_value()});
    if (state.day) {
        const PropDay& day = *state.day;
        hash.add(static_cast<std::uint64_t>(day.reference_ms));
        for (const Money money : {day.reference.balance, day.reference.equity, day.last_balance}) {
            hash.add(static_cast<std::uint64_t>(money.minor()));
        }
        add(hash, day.realised_profit);
    }
    for (const auto& money : {state.peak, state.peak_start, state.initial_balance}) {
        add(hash, money);
    }
    for (const auto& instant :
         {state.drawdown_start_ms, state.daily_breach_ms, state.drawdown_breach_ms}) {
        add(hash, instant);
    }
    return hash.value();
}

}  // namespace

std::optional<PropLimit> prop_limit_of(EventKind kind) {
    for (const auto& [limit, event] : prop_events) {
        if (event == kind) return limit;
    }
    return std::nullopt;
}

Causes PropDesk::settle(AccountId account, const PropSettings& settings, std::string_view currency,
                        Digits digits) {
    const auto known = accounts_.find(account.value);
    if (settings.is_off()) {
        if (known == accounts_.end()) return {};
        known->second.rules.reset();
        known->second.problems.clear();
        return {};
    }
    Account& on_desk = accounts_[account.value];
    auto rules = prop_rules(settings, digits);
    on_desk.problems = rules ? std::vector<std::string>{} : std::move(rules.error());
    if (on_desk.has_bad_memory) on_desk.problems.emplace_back("prop_state: cannot be read");
    if (!on_desk.memory && !on_desk.has_bad_memory) {
        on_desk.memory = PropMemory{std::string{currency}, digits, {}};
    }
    const auto& memory = on_desk.memory;
    if (memory && (memory->currency != currency || memory->digits != digits)) {
        on_desk.problems.push_back("prop_state: is in " + memory->currency + " with " +
                                   std::to_string(memory->digits.value) + " decimals");
    }
    on_desk.rules.reset();
    if (!on_desk.problems.empty()) return Cause::bad_setting;
    on_desk.rules = *rules;
    return {};
}

void PropDesk::restore(AccountId account, const SharedPropMemory& stored, bool is_bad) {
    const auto known = accounts_.find(account.value);
    const bool has_nothing = stored == nullptr && !is_bad;
    if (has_nothing && known == accounts_.end()) return;
    Account& restored = accounts_[account.value];
    if (restored.memory) return;
    restored.has_bad_memory = is_bad;
    if (stored != nullptr && !is_bad) restored.memory = *stored;
}

bool PropDesk::start_day(std::int64_t reset_ms) {
    if (reset_ms_ && reset_ms <= *reset_ms_) return false;
    reset_ms_ = reset_ms;
    return true;
}

void PropDesk::distrust_store() {
    for (auto& [id, account] : accounts_) {
        for (const PropLimit limit : limits) {
            if (!account.memory || !breach_of(account.memory->state, limit)) continue;
            Telling& telling = of_limit(account.telling, limit);
            if (telling == Telling::told) telling = Telling::again;
        }
    }
}

void PropDesk::advance(AccountId account, const std::optional<PropFigures>& figures,
                       std::int64_t now_ms) {
    MARGIND_ASSERT(has(account));
    Account& advanced = accounts_.find(account.value)->second;
    PropState& state = advanced.memory->state;
    const Telling daily = of_limit(advanced.telling, PropLimit::daily_loss);
    const bool may_end_day = daily != Telling::due && daily != Telling::under_way;
    const bool is_prompt = reset_ms_ && now_ms - *reset_ms_ <= prompt_ms;
    if (reset_ms_ && may_end_day && (figures || !is_prompt)) {
        margind::start_day(state, *advanced.rules, is_prompt ? figures : std::nullopt, *reset_ms_);
    }
    advanced.reading = margind::advance(state, *advanced.rules, figures, now_ms);
    for (const PropLimit limit : limits) {
        const LimitReading& reading = reading_of(advanced.reading, limit);
        Telling& telling = of_limit(advanced.telling, limit);
        const bool holds = reading.verdict == Verdict::breach;
        const bool is_known = reading.verdict != Verdict::unknown;
        if (telling == Telling::again && is_known) telling = holds ? Telling::due : Telling::told;
        if (reading.is_new_breach) telling = Telling::due;
    }
}

const PropDesk::Account* PropDesk::watched(AccountId account) const {
    const auto found = accounts_.find(account.value);
    return found != accounts_.end() && found->second.rules ? &found->second : nullptr;
}

std::vector<AccountId> PropDesk::accounts() const {
    std::vector<AccountId> ids;
    for (const auto& [id, account] : accounts_) {
        if (account.rules) ids.push_back(AccountId{id});
    }
    std::ranges::sort(ids);
    return ids;
}

bool PropDesk::has_to_tell(AccountId account, PropLimit limit) const {
    const Account* on_desk = watched(account);
    return on_desk != nullptr && of_limit(on_desk->telling, limit) == Telling::due;
}

void PropDesk::tell(AccountId account, PropLimit limit) {
    of_limit(accounts_.at(account.value).telling, limit) = Telling::under_way;
}

void PropDesk::told(AccountId account, PropLimit limit) {
    Telling& telling = of_limit(accounts_.at(account.value).telling, limit);
    if (telling == Telling::under_way) telling = Telling::told;
}

std::uint64_t PropDesk::occasion(AccountId account, PropLimit limit) const {
    const PropState& state = accounts_.at(account.value).memory->state;
    Hasher hash;
    if (limit == PropLimit::daily_loss) {
        add(hash, state.reset_ms);
    } else {
        add(hash, state.drawdown_start_ms);
        add(hash, state.peak_start ? state.peak_start : state.initial_balance);
    }
    return hash.value();
}

std::optional<Money> PropDesk::floor(AccountId account, PropLimit limit) const {
    const Account* on_desk = watched(account);
    if (on_desk == nullptr) return std::nullopt;
    const auto& figures = reading_of(on_desk->reading, limit).figures;
    return figures ? std::optional{figures->floor} : std::nullopt;
}

PropState PropDesk::told_state(const Account& account) {
    PropState state = account.memory->state;
    for (const PropLimit limit : limits) {
        const Telling telling = of_limit(account.telling, limit);
        if (telling == Telling::due || telling == Telling::under_way) {
            breach_of(state, limit).reset();
        }
    }
    return state;
}

SharedPropMemory PropDesk::memory(AccountId account) const {
    const Account* on_desk = watched(account);
    if (on_desk == nullptr) return nullptr;
    const PropMemory& memory = *on_desk->memory;
    return std::make_shared<PropMemory>(memory.currency, memory.digits, told_state(*on_desk));
}

std::uint64_t PropDesk::fingerprint(AccountId account) const {
    const Account* on_desk = watched(account);
    return on_desk == nullptr ? 0 : hash_of(told_state(*on_desk));
}

std::optional<PropExplained> PropDesk::explain(AccountId account) const {
    const auto found = accounts_.find(account.value);
    if (found == accounts_.end()) return std::nullopt;
    const Account& known = found->second;
    if (!known.rules && known.problems.empty()) return std::nullopt;
    PropExplained out{.problems = known.problems};
    if (!known.rules) return out;
    out.rules_hash = rules_hash(*known.rules);
    out.reset_ms = known.memory->state.reset_ms;
    out.peak = known.memory->state.peak;
    out.rules = *known.rules;
    out.reading = known.reading;
    return out;
}

}  // namespace margind
