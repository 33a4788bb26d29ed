// The account of an `evaluate` document and its positions.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/unordered/unordered_flat_set.hpp>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "margind/core/base/decimal.hpp"
#include "margind/core/base/exact_scaling.hpp"
#include "wire/evaluate_document.hpp"
#include "wire/redis_keys.hpp"

namespace margind::wire {
namespace {

namespace dom = simdjson::dom;
using std::string_view_literals::operator""sv;

constexpr std::int64_t duration_max = std::numeric_limits<std::int64_t>::max() / 4;
constexpr double level_max = 1e10;  // percent, or account currency

constexpr std::array margin_modes{"hedging"sv, "netting"sv};
constexpr std::array sides{"buy"sv, "sell"sv};
constexpr std::array position_margins{"cross"sv, "isolated"sv};
// Options of the rule set `standard` that the platform's calculation does not have.
constexpr std::array standard_only{
    "level_compare"sv,        "credit_in_equity"sv,    "fully_hedged_stop_out"sv,
    "hedged_margin_mode"sv,   "valuation_price"sv,     "pnl_conversion"sv,
    "margin_conversion"sv,    "exposure_conversion"sv, "pnl_rounding"sv,
    "close_policy"sv,         "level_unit"sv,          "two_stage_ratio"sv,
    "orders_reserve_margin"sv};
constexpr std::array order_types{"buy_limit"sv, "sell_limit"sv,     "buy_stop"sv,
                                 "sell_stop"sv, "buy_stop_limit"sv, "sell_stop_limit"sv};

/// Reads one of an option's values by its name; absent leaves the rule set's own.
template <class Option, std::size_t count>
void read_option(ObjectReader& reader, std::string_view name, Option& option,
                 const std::pair<std::string_view, Option> (&values)[count]) {
    std::array<std::string_view, count> names;
    for (std::size_t i = 0; i < count; ++i) names[i] = values[i].first;
    const auto chosen = reader.choice(name, names);
    for (const auto& [text, value] : values) {
        if (chosen == text) option = value;
    }
}

/// One choice under two names.
void read_margin_conversion(ObjectReader& reader, MarginConversion& conversion) {
    read_option(reader, "margin_conversion", conversion, margin_conversion_names);
    MarginConversion other = conversion;
    read_option(reader, "exposure_conversion", other, exposure_conversion_names);
    if (other != conversion && reader.has("margin_conversion")) {
        reader.problem("exposure_conversion",
                       "expected what margin_conversion says, of which it is another name");
    }
    conversion = other;
}

/// How margins and P/L are valued, converted and rounded.
void read_valuation_options(ObjectReader& reader, RuleSet& rules) {
    read_option(reader, "hedged_margin_mode", rules.hedged_margin, hedged_margin_names);
    read_option(reader, "valuation_price", rules.valuation_price, valuation_price_names);
    read_option(reader, "pnl_conversion", rules.pnl_conversion, pnl_conversion_names);
    read_margin_conversion(reader, rules.margin_conversion);
    read_option(reader, "pnl_rounding", rules.pnl_rounding, pnl_rounding_names);
    read_option(reader, "close_policy", rules.close_policy, close_policy_names);
}

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
    const auto level = reader.number(name, {.words = "a level of 0 to 10,000,000,000",
                                            .low = 0.0,
                                            .includes_low = true,
                                            .high = level_max});
    if (level && !level_from_real(*level)) {
        reader.problem(name, fmt::format("expected at most two decimals, found {}", *level));
    }
    return level;
}

void read_rule_options(ObjectReader& reader, RuleSet& rules) {
    read_option(reader, "level_compare", rules.level_compare, level_compare_names);
    read_option(reader, "level_unit", rules.level_unit, level_unit_names);
    rules.two_stage_ratio = reader.number("two_stage_ratio", {"a share of 0 to 1", 0.0, true, 1.0})
                                .value_or(rules.two_stage_ratio);
    rules.orders_reserve_margin =
        reader.truth("orders_reserve_margin").value_or(rules.orders_reserve_margin);
    rules.negative_balance_protection =
        reader.truth("negative_balance_protection").value_or(rules.negative_balance_protection);
    rules.credit_in_equity = reader.truth("credit_in_equity").value_or(rules.credit_in_equity);
    rules.fully_hedged_stop_out =
        reader.truth("fully_hedged_stop_out").value_or(rules.fully_hedged_stop_out);
    if (const auto gap = read_level(reader, "leave_gap")) {
        rules.leave_gap = level_from_real(*gap).value_or(Level{});
    }
    rules.dwell_ms = reader.integer("dwell_ms", 0, duration_max).value_or(rules.dwell_ms);
    rules.cooldown_ms = reader.integer("cooldown_ms", 0, duration_max).value_or(rules.cooldown_ms);
    read_valuation_options(reader, rules);
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

void read_lots(ObjectReader& reader, OrderImage& order) {
    order.quantity = reader.required_number("lots", above_zero);
    if (!order.quantity) return;
    order.volume = volume_of(*order.quantity);
    if (order.volume) return;
    reader.problem("lots", fmt::format("expected 0.00000001 to 100,000,000 lots in steps of "
                                       "0.00000001, found {}",
                                       *order.quantity));
}

/// The platform's own calculation takes orders as they are.
void check_order_price(ObjectReader& reader, std::string_view name, const OrderImage& order,
                       const EvaluateDocument& document) {
    if (document.rules.kind == RuleSetKind::platform) return;
    check_price(reader, name, order.open_price.value_or(not_a_price), order.symbol, document);
}

/// What positions and pending orders have in common.
OrderImage read_order(ObjectReader& reader, std::string id) {
    OrderImage order;
    order.id = reader.text("id").value_or(std::move(id));
    if (!is_order_id(order.id)) {
        reader.problem("id", "expected 1 to 256 bytes without control characters");
    }
    order.symbol = reader.required_text("symbol").value_or("");
    if (!order.symbol.empty() && !is_name(order.symbol)) {
        reader.problem("symbol", "expected 1 to 64 bytes without control characters");
    }
    read_lots(reader, order);
    return order;
}

void read_position_margin(ObjectReader& reader, OrderImage& position,
                          const EvaluateDocument& document) {
    const bool is_isolated = reader.choice("margin_mode", position_margins) == "isolated";
    position.isolated_margin = reader.number("isolated_margin", zero_or_above);
    if (!is_isolated) {
        if (!position.isolated_margin) return;
        reader.problem("isolated_margin", "expected with margin_mode isolated only");
        return;
    }
    position.margin_mode = PositionMargin::isolated;
    const InstrumentSpec* spec = document.instrument(position.symbol);
    if (document.rules.kind == RuleSetKind::platform) {
        reader.problem("margin_mode", "expected cross: the rule set platform isolates nothing");
    } else if (spec != nullptr && calc_mode_from(spec->calc_mode) && !is_perpetual(*spec)) {
        reader.problem(
            "margin_mode",
            fmt::format("expected a perpetual: calc_mode {} has no margin of a position's "
                        "own",
                        spec->calc_mode));
    } else if (!position.isolated_margin) {
        reader.problem("isolated_margin", "expected what has been put in for the position");
    }
}

OrderImage read_position(ObjectReader& reader, std::size_t number,
                         const EvaluateDocument& document) {
    OrderImage position = read_order(reader, std::to_string(number));
    const auto side = reader.required_choice("side", sides);
    position.side = side == "sell" ? Side::sell : Side::buy;
    position.open_price = reader.required_number("open_price");
    check_order_price(reader, "open_price", position, document);
    position.swap = reader.number("swap");
    position.commission = reader.number("commission");
    position.given_pnl = reader.number("pnl");
    if (position.given_pnl && document.rules.kind == RuleSetKind::platform) {
        reader.problem("pnl", "the rule set platform does not use it");
    }
    position.opened_ms = reader.integer("open_time", 0, duration_max).value_or(0);
    read_position_margin(reader, position, document);
    reader.finish();
    return position;
}

OrderImage read_pending(ObjectReader& reader, std::size_t number,
                        const EvaluateDocument& document) {
    OrderImage order = read_order(reader, "order " + std::to_string(number));
    const std::string_view type = reader.required_choice("type", order_types).value_or("buy_limit");
    order.side = type.starts_with("sell") ? Side::sell : Side::buy;
    order.kind = type.ends_with("stop_limit") ? OrderKind::stop_limit
                 : type.ends_with("stop")     ? OrderKind::stop
                                              : OrderKind::limit;
    order.open_price = reader.required_number("price");
    check_order_price(reader, "price", order, document);
    reader.finish();
    return order;
}

/// Reads an array of orders of one kind with ids that differ.
template <class Read>
void read_all(ObjectReader& root, std::string_view name, EvaluateDocument& document,
              Problems& problems, Read read) {
    const auto values = root.array(name);
    if (!values) return;
    auto& orders = document.account.orders;
    boost::unordered_flat_set<std::string> ids;
    for (const OrderImage& other : orders) ids.insert(other.id);
    std::size_t index = 0;
    for (const dom::element value : *values) {
        ObjectReader reader{value, fmt::format("{}[{}]", name, index++), problems};
        if (!reader.is_object()) continue;
        OrderImage order = read(reader, index);
        if (!ids.insert(order.id).second) {
            reader.problem("id",
                           fmt::format("expected each id once, found \"{}\" twice", order.id));
        }
        orders.push_back(std::move(order));
    }
}

/// What has been put in for positions comes from what the account has.
void check_isolated_margins(ObjectReader& root, const EvaluateDocument& document) {
    const AccountImage& account = document.account;
    const Digits digits = document.digits();
    const auto money = [&](double amount) { return money_from_real(amount, digits); };
    const auto balance = money(account.balance.value_or(not_a_price));
    const auto credit = money(account.credit.value_or(0.0));
    if (!balance || !credit) return;  // UNKNOWN, whatever is isolated
    Money left = *balance + *credit;
    bool is_enough = true;
    for (const OrderImage& order : account.orders) {
        if (!order.isolated_margin || *order.isolated_margin == 0.0) continue;
        const auto put_in = money(*order.isolated_margin);
        is_enough &= put_in && *put_in <= left;
        if (is_enough) left = left - *put_in;
    }
    if (is_enough) return;
    root.problem("positions",
                 "expected isolated margins of no more in all than balance and credit");
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
    account.margin_call_level = read_level(reader, "margin_call_level");
    account.stop_out_level = read_level(reader, "stop_out_level");
    read_margin_mode(reader, account);
    read_rule_options(reader, document.rules);
    read_prop(reader, document, problems);
    if (document.rules.kind == RuleSetKind::platform) check_platform(reader, account);
    reader.finish();
}

void read_positions(ObjectReader& root, EvaluateDocument& document, Problems& problems) {
    read_all(root, "positions", document, problems, [&](ObjectReader& reader, std::size_t number) {
        return read_position(reader, number, document);
    });
    check_isolated_margins(root, document);
}

void read_orders(ObjectReader& root, EvaluateDocument& document, Problems& problems) {
    const std::size_t positions = document.account.orders.size();
    read_all(root, "orders", document, problems, [&](ObjectReader& reader, std::size_t number) {
        return read_pending(reader, number, document);
    });
    if (document.rules.kind != RuleSetKind::platform) return;
    if (document.account.orders.size() == positions) return;
    root.problem("orders", "the rule set platform knows no pending orders");
}

void read_pretrade(ObjectReader& root, EvaluateDocument& document, Problems& problems) {
    const auto value = root.field("pretrade");
    if (!value) return;
    if (document.rules.kind == RuleSetKind::platform) {
        root.problem("pretrade", "the rule set platform does not use it");
        return;
    }
    ObjectReader reader{*value, "pretrade", problems};
    OrderImage& deal = document.pretrade.emplace(read_order(reader, "pretrade"));
    const auto side = reader.required_choice("side", sides);
    deal.side = side == "sell" ? Side::sell : Side::buy;
    deal.open_price = reader.number("price");
    check_order_price(reader, "price", deal, document);
    reader.finish();
}

}  // namespace margind::wire
