// The prop-firm rules of an `evaluate` document's account, and what is remembered of it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <utility>

#include "margind/core/base/decimal.hpp"
#include "wire/evaluate_document.hpp"

namespace margind::wire {
namespace {

constexpr std::int64_t stamp_max = std::numeric_limits<std::int64_t>::max();

template <class Option, std::size_t count>
std::optional<Option> read_choice(ObjectReader& reader, std::string_view name,
                                  const std::pair<std::string_view, Option> (&values)[count]) {
    std::array<std::string_view, count> names;
    std::ranges::transform(values, names.begin(), [](const auto& value) { return value.first; });
    const auto chosen = reader.choice(name, names);
    return chosen ? option_from(values, *chosen) : std::nullopt;
}

PropSettings read_settings(ObjectReader& reader) {
    const auto amount = [&](std::string_view name) { return reader.number(name, zero_or_above); };
    PropSettings prop;
    prop.daily_loss = amount("daily_loss");
    prop.daily_loss_unit = read_choice(reader, "daily_loss_unit", loss_unit_names);
    prop.daily_loss_base = read_choice(reader, "daily_loss_base", daily_loss_base_names);
    prop.losses_only = reader.truth("losses_only");
    prop.drawdown = amount("drawdown");
    prop.drawdown_unit = read_choice(reader, "drawdown_unit", loss_unit_names);
    prop.drawdown_mode = read_choice(reader, "drawdown_mode", drawdown_mode_names);
    prop.drawdown_base = read_choice(reader, "drawdown_base", drawdown_base_names);
    prop.drawdown_update = read_choice(reader, "drawdown_update", drawdown_update_names);
    prop.drawdown_lock = amount("drawdown_lock");
    prop.peak_start = amount("peak_start");
    prop.initial_balance = amount("initial_balance");
    prop.limit_compare = read_choice(reader, "limit_compare", limit_compare_names);
    return prop;
}

/// Reads the memory. Of the day everything follows from its reference that is not given.
class StateReader {
public:
    StateReader(ObjectReader& reader, Digits digits) : reader_{reader}, digits_{digits} {}

    PropState read() {
        PropState state;
        state.reset_ms = instant("reset_ms");
        state.peak = money("peak");
        state.daily_breach_ms = instant("daily_breach_ms");
        state.drawdown_breach_ms = instant("drawdown_breach_ms");
        const auto balance = money("reference_balance");
        const auto equity = money("reference_equity");
        const auto reference_ms = instant("reference_ms");
        const auto last_balance = money("last_balance");
        const auto realised_profit = money("realised_profit");
        if (realised_profit && *realised_profit < Money{}) {
            reader_.problem("realised_profit", "expected 0 or above: it is of profits alone");
        }
        if (balance && equity) {
            if (!state.reset_ms && !reference_ms) {
                reader_.problem("reset_ms",
                                "expected when the day began, or in "
                                "reference_ms when the reference was taken");
            }
            state.day = PropDay{.reference_ms = reference_ms.value_or(state.reset_ms.value_or(0)),
                                .reference = {*balance, *equity},
                                .last_balance = last_balance.value_or(*balance),
                                .realised_profit = realised_profit.value_or(Money{})};
        } else if (balance || equity || reference_ms || last_balance || realised_profit) {
            const std::string_view missing = balance ? "reference_equity" : "reference_balance";
            reader_.problem(missing, "expected a number: the day has a reference");
        }
        reader_.finish();
        return state;
    }

private:
    std::optional<std::int64_t> instant(std::string_view name) {
        return reader_.integer(name, 0, stamp_max);
    }
    std::optional<Money> money(std::string_view name) {
        const auto number = reader_.number(name);
        const auto amount = number ? money_from_real(*number, digits_) : std::nullopt;
        if (number && !amount) reader_.problem(name, "expected an amount that fits");
        return amount;
    }

    ObjectReader& reader_;
    Digits digits_;
};

}  // namespace

void read_prop(ObjectReader& account, EvaluateDocument& document, Problems& problems) {
    PropSettings& prop = document.rules.prop;
    prop = read_settings(account);
    const Digits digits = document.digits();
    const auto rules = prop_rules(prop, digits);
    if (!rules) {
        for (const std::string& problem : rules.error()) problems.push_back("account." + problem);
    }
    const auto memory = account.field("prop_state");
    if (!memory) return;
    if (prop.is_off()) {
        account.problem("prop_state", "expected daily_loss or drawdown beside it");
    }
    ObjectReader reader{*memory, account.path_of("prop_state"), problems};
    PropState state = StateReader{reader, digits}.read();
    if (rules) {
        // Set since then: the peak that is given has been begun from it.
        state.peak_start = state.peak ? rules->peak_start : std::nullopt;
        state.initial_balance = rules->initial_balance;
    }
    document.account.prop =
        std::make_shared<PropMemory>(std::string{document.currency()}, digits, state);
}

void check_prop_times(const EvaluateDocument& document, Problems& problems) {
    if (document.account.prop == nullptr) return;
    const PropState& state = document.account.prop->state;
    const auto reference_ms = state.day ? std::optional{state.day->reference_ms} : std::nullopt;
    const std::int64_t now_ms = document.now_ms;
    const std::int64_t reset_ms = state.reset_ms.value_or(0);
    const auto check = [&](std::string_view name, std::optional<std::int64_t> instant,
                           std::int64_t least_ms) {
        if (!instant) return;
        const bool is_after_now = now_ms > 0 && *instant > now_ms;
        if (!is_after_now && *instant >= least_ms) return;
        problems.push_back(fmt::format("account.prop_state.{}: expected {}, found {}", name,
                                       is_after_now
                                           ? fmt::format("no time after now_ms ({})", now_ms)
                                           : fmt::format("no time before reset_ms ({})", least_ms),
                                       *instant));
    };
    check("reset_ms", state.reset_ms, 0);
    if (now_ms > 0 && reset_ms > now_ms) return;  // what is wrong beside it follows from that
    check("reference_ms", reference_ms, reset_ms);
    check("daily_breach_ms", state.daily_breach_ms, reset_ms);
    check("drawdown_breach_ms", state.drawdown_breach_ms, 0);
}

}  // namespace margind::wire
