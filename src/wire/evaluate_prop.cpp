// The prop-firm rules of an `evaluate` document's account, and what is remembered of it.
#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <utility>

#include "margind/core/currency.hpp"
#include "margind/core/decimal.hpp"
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

Digits digits_of(const EvaluateDocument& document, const std::string& currency) {
    Digits digits = default_digits(currency);
    for (const auto& [code, given] : document.currency_digits) {
        if (code == currency) digits = given;
    }
    return digits;
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
        if (balance && equity) {
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
    const bool is_usd = document.account.currency.empty();
    const std::string currency = is_usd ? "USD" : document.account.currency;
    const Digits digits = digits_of(document, currency);
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
    document.account.prop = std::make_shared<PropMemory>(currency, digits, state);
}

}  // namespace margind::wire
