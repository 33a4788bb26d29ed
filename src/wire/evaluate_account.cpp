// The account of an `evaluate` document and its positions.
#include <fmt/format.h>

#include <array>
#include <boost/unordered/unordered_flat_set.hpp>
#include <charconv>
#include <cmath>
#include <limits>

#include "margind/core/decimal.hpp"
#include "wire/evaluate_document.hpp"
#include "wire/redis_keys.hpp"

namespace margind::wire {
namespace {

namespace dom = simdjson::dom;
using std::string_view_literals::operator""sv;

constexpr std::int64_t duration_max = std::numeric_limits<std::int64_t>::max() / 4;
constexpr double level_max = 1e7;  // percent

constexpr std::array margin_modes{"hedging"sv, "netting"sv};
constexpr std::array compares{"le"sv, "lt"sv};
constexpr std::array sides{"buy"sv, "sell"sv};
constexpr std::array account_later{"pnl_rounding"sv, "exposure_conversion"sv, "two_stage_ratio"sv};
constexpr std::array position_later{"open_time"sv, "pnl"sv, "margin_mode"sv, "isolated_margin"sv};
// Options of the rule set `standard` that the platform's calculation does not have.
constexpr std::array standard_only{"level_compare"sv, "credit_in_equity"sv,
                                   "fully_hedged_stop_out"sv};

/// An option of which this version knows the default only.
struct FixedOption {
    std::string_view name;
    std::string_view only;
    std::array<std::string_view, 5> later;
};
constexpr std::array fixed_options{
    FixedOption{"hedged_margin_mode", "larger_leg", {"basic"}},
    FixedOption{"level_unit", "percent", {"money"}},
    FixedOption{"valuation_price", "closing_side", {"mid", "mark", "last"}},
    FixedOption{"pnl_conversion", "worst_side", {"by_deal", "mid", "ask"}},
    FixedOption{"margin_conversion", "order_side", {"open_price", "mid", "ask"}},
    FixedOption{"close_policy",
                "largest_loss",
                {"largest_margin", "fair", "smart", "fifo", "hedge_preserving"}},
};

void read_key(ObjectReader& reader, AccountKey& key) {
    const std::string text = reader.text("id").value_or("live:1");
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0 || !is_name(text.substr(0, colon)) ||
        !is_account_id(text.substr(colon + 1))) {
        reader.problem("id", "expected type:id, as in \"live:1\"");
        return;
    }
    key = {text.substr(0, colon), text.substr(colon + 1)};
}

std::optional<double> read_level(ObjectReader& reader, std::string_view name) {
    return reader.number(name, {.words = "a level of 0 to 10,000,000 percent",
                                .low = 0.0,
                                .includes_low = true,
                                .high = level_max});
}

void read_rule_options(ObjectReader& reader, RuleSet& rules) {
    if (const auto compare = reader.choice("level_compare", compares)) {
        rules.level_compare = *compare == "lt" ? LevelCompare::less : LevelCompare::less_equal;
    }
    rules.credit_in_equity = reader.truth("credit_in_equity").value_or(rules.credit_in_equity);
    rules.fully_hedged_stop_out =
        reader.truth("fully_hedged_stop_out").value_or(rules.fully_hedged_stop_out);
    if (const auto gap = read_level(reader, "leave_gap")) {
        rules.leave_gap = LevelBp{round_half_away(*gap * 100.0)};
    }
    rules.dwell_ms = reader.integer("dwell_ms", 0, duration_max).value_or(rules.dwell_ms);
    rules.cooldown_ms = reader.integer("cooldown_ms", 0, duration_max).value_or(rules.cooldown_ms);
    for (const FixedOption& option : fixed_options) {
        reader.choice(option.name, std::array{option.only}, option.later);
    }
}

void read_margin_mode(ObjectReader& reader, AccountImage& account) {
    const auto mode = reader.choice("margin_mode", margin_modes);
    if (mode) account.margin_mode = *mode == "netting" ? MarginMode::netting : MarginMode::hedging;
}

/// What the platform's calculation does not have is refused where it would say something else.
void check_platform(ObjectReader& reader, const AccountImage& account) {
    for (const std::string_view name : standard_only) {
        if (reader.has(name)) reader.problem(name, "the rule set platform does not use it");
    }
    if (account.credit.value_or(0.0) != 0.0) {
        reader.problem("credit", "expected 0: the rule set platform knows no credit");
    }
    if (account.margin_mode == MarginMode::netting) {
        reader.problem("margin_mode", "expected hedging: the rule set platform does not net");
    }
    if (!account.currency.empty() && account.currency != "USD" && account.currency != "USDT") {
        reader.problem("currency", "expected USD, the currency of the rule set platform");
    }
}

/// A volume from a JSON number: the shortest decimal that reads as it, exact to 10⁻⁸ lot.
std::optional<Volume> volume_of(double lots) {
    std::array<char, 352> text{};
    const auto written =
        std::to_chars(text.data(), text.data() + text.size(), lots, std::chars_format::fixed);
    return parse_volume({text.data(), written.ptr});
}

OrderImage read_position(ObjectReader& reader, std::size_t number) {
    OrderImage position;
    position.id = reader.text("id").value_or(std::to_string(number));
    if (!is_order_id(position.id)) {
        reader.problem("id", "expected 1 to 256 bytes without control characters");
    }
    position.symbol = reader.required_text("symbol").value_or("");
    if (!position.symbol.empty() && !is_name(position.symbol)) {
        reader.problem("symbol", "expected 1 to 64 bytes without control characters");
    }
    const auto side = reader.required_choice("side", sides);
    position.side = side == "sell" ? Side::sell : Side::buy;
    position.quantity = reader.required_number("lots", above_zero);
    if (position.quantity) {
        position.volume = volume_of(*position.quantity);
        if (!position.volume) {
            reader.problem("lots",
                           fmt::format("expected 0.00000001 to 100,000,000 lots in steps of "
                                       "0.00000001, found {}",
                                       *position.quantity));
        }
    }
    position.open_price = reader.required_number("open_price");
    position.swap = reader.number("swap");
    position.commission = reader.number("commission");
    reader.refuse(position_later);
    reader.finish();
    return position;
}

}  // namespace

void read_account(ObjectReader& root, EvaluateDocument& document, Problems& problems) {
    AccountImage& account = document.account;
    const auto value = root.field("account");
    if (!value) {
        root.problem("account", "expected an object, found nothing");
        return;
    }
    ObjectReader reader{*value, "account", problems};
    read_key(reader, account.key);
    account.currency = reader.text("currency").value_or("");
    account.balance = reader.number("balance");
    account.credit = reader.number("credit");
    account.leverage = reader.number("leverage", zero_or_above);
    account.margin_call_percent = read_level(reader, "margin_call_level");
    account.stop_out_percent = read_level(reader, "stop_out_level");
    read_margin_mode(reader, account);
    read_rule_options(reader, document.rules);
    reader.refuse(account_later);
    if (document.rules.kind == RuleSetKind::platform) check_platform(reader, account);
    reader.finish();
}

void read_positions(ObjectReader& root, EvaluateDocument& document, Problems& problems) {
    const auto positions = root.array("positions");
    if (!positions) return;
    boost::unordered_flat_set<std::string> ids;
    std::size_t index = 0;
    for (const dom::element value : *positions) {
        ObjectReader reader{value, fmt::format("positions[{}]", index++), problems};
        if (!reader.is_object()) continue;
        OrderImage position = read_position(reader, index);
        if (!ids.insert(position.id).second) {
            reader.problem("id",
                           fmt::format("expected each id once, found \"{}\" twice", position.id));
        }
        document.account.orders.push_back(std::move(position));
    }
}

}  // namespace margind::wire
