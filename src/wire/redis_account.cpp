#include "wire/redis_account.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <string>

#include "margind/core/base/decimal.hpp"
#include "wire/instrument_fields.hpp"
#include "wire/redis_keys.hpp"
#include "wire/rule_fields.hpp"
#include "wire/tier_text.hpp"

namespace margind::wire {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Calls `visit(field, value)` for each field that is set; '' is not set.
template <class Visit>
void for_each_field(FlatReply hash, Visit visit) {
    for (std::size_t i = 0; i + 1 < hash.size(); i += 2) {
        if (!hash[i + 1].empty()) visit(hash[i], hash[i + 1]);
    }
}

/// A number whose absence means something else than its being unreadable.
double real_or_nan(std::string_view text) { return parse_real(text).value_or(not_a_number); }

std::optional<std::int64_t> parse_integer(std::string_view text) {
    return parse_fixed(text, Digits{0});
}

/// A name, or one that nothing has: what is unreadable must not look like what is not set.
std::string name_or_mark(std::string_view text) {
    return is_name(text) ? std::string{text} : std::string{"?"};
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
    return std::ranges::equal(text, lower, [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
}

/// Tiers, or bands that nobody can have: what is unreadable must not look like what is not set.
std::vector<TierSpec> tiers_or_mark(std::string_view text) {
    return parse_tiers(text).value_or(std::vector{TierSpec{.from = not_a_number}});
}

/// A status with which an order is no open position.
bool is_not_open(std::string_view status) {
    constexpr std::array<std::string_view, 5> not_open{"pending", "queued", "rejected", "cancelled",
                                                       "closed"};
    return std::ranges::any_of(
        not_open, [&](std::string_view name) { return equals_ignoring_case(status, name); });
}

bool is_waiting(std::string_view status) {
    return equals_ignoring_case(status, "pending") || equals_ignoring_case(status, "queued");
}

Side parse_side(std::string_view text) {
    if (equals_ignoring_case(text, "buy")) return Side::buy;
    if (equals_ignoring_case(text, "sell")) return Side::sell;
    return Side::other;
}

/// Type of an order that waits for its price. Nothing for any other: while a market order waits to
/// be executed it holds nothing.
struct PendingType {
    std::string_view name;
    Side side;
    OrderKind kind;
};
constexpr PendingType pending_types[] = {
    {"buy_limit", Side::buy, OrderKind::limit},
    {"sell_limit", Side::sell, OrderKind::limit},
    {"buy_stop", Side::buy, OrderKind::stop},
    {"sell_stop", Side::sell, OrderKind::stop},
    {"buy_stop_limit", Side::buy, OrderKind::stop_limit},
    {"sell_stop_limit", Side::sell, OrderKind::stop_limit},
};

const PendingType* pending_type(std::string_view text) {
    const auto* found = std::ranges::find_if(pending_types, [&](const PendingType& type) {
        return equals_ignoring_case(text, type.name);
    });
    return found == std::end(pending_types) ? nullptr : found;
}

void decode_order_field(std::string_view field, std::string_view value, OrderImage& order) {
    if (field == "symbol") {
        if (is_name(value)) order.symbol = value;
    } else if (field == "order_type") {
        order.side = parse_side(value);
    } else if (field == "order_price") {
        order.open_price = parse_real(value);
    } else if (field == "order_quantity") {
        order.quantity = parse_real(value);
        order.volume = parse_volume(value);
    } else if (field == "swap") {
        order.swap = real_or_nan(value);
    } else if (field == "commission") {
        order.commission = real_or_nan(value);
    } else if (field == "open_time") {
        order.opened_ms = std::max<std::int64_t>(0, parse_integer(value).value_or(0));
    } else if (field == "margin") {
        order.margin = parse_real(value);
    } else if (field == "margin_mode") {
        const bool is_cross = equals_ignoring_case(value, "cross");
        order.margin_mode = is_cross                                  ? PositionMargin::cross
                            : equals_ignoring_case(value, "isolated") ? PositionMargin::isolated
                                                                      : PositionMargin::other;
    } else if (field == "isolated_margin") {
        order.isolated_margin = parse_real(value);
    }
}

}  // namespace

void decode_account(FlatReply hash, AccountImage& image) {
    for_each_field(hash, [&](std::string_view field, std::string_view value) {
        if (field == "wallet_balance") {
            image.balance = parse_real(value);
        } else if (field == "leverage") {
            image.leverage = parse_real(value);
        } else if (field == "group") {
            image.group = name_or_mark(value);
        } else if (field == "currency") {
            image.currency = name_or_mark(value);
        } else if (field == "credit") {
            image.credit = real_or_nan(value);
        } else if (field == "auto_cutoff_level") {
            image.margin_call_level = real_or_nan(value);
        } else if (field == "auto_liquidation_level") {
            image.stop_out_level = real_or_nan(value);
        } else if (field == "margin_mode") {
            if (equals_ignoring_case(value, "hedging")) image.margin_mode = MarginMode::hedging;
            if (equals_ignoring_case(value, "netting")) image.margin_mode = MarginMode::netting;
            image.has_bad_setting |= !image.margin_mode;
        } else {
            image.has_bad_setting |= read_rule(field, value, image.rules) == RuleRead::bad;
        }
    });
}

void decode_stored(FlatReply values, AccountImage& image) {
    if (values.size() != stored_fields.size()) return;
    image.stored = {.executed = parse_real(values[0]),
                    .all = parse_real(values[1]),
                    .ts_ms = parse_integer(values[2])};
    if (values[3].empty()) return;
    const auto memory = decode_prop_memory(values[3]);
    if (memory) image.prop = std::make_shared<PropMemory>(*memory);
    image.has_bad_prop_memory = !memory;
}

std::optional<OrderImage> decode_order(std::string_view id, FlatReply hash) {
    if (hash.empty()) return unreadable_order(id);
    OrderImage order;
    order.id = id;
    bool is_open = true;
    bool is_over = false;
    const PendingType* pending = nullptr;
    for_each_field(hash, [&](std::string_view field, std::string_view value) {
        if (field == "order_status" || field == "execution_status") {
            is_open = is_open && !is_not_open(value);
            is_over = is_over || (is_not_open(value) && !is_waiting(value));
        } else {
            decode_order_field(field, value, order);
        }
        if (field == "order_type") pending = pending_type(value);
    });
    if (is_open) return order;
    if (is_over || pending == nullptr) return {};
    order.side = pending->side;
    order.kind = pending->kind;
    return order;
}

OrderImage unreadable_order(std::string_view id) {
    OrderImage order;
    order.id = id;
    order.is_dangling = true;
    return order;
}

InstrumentSpec decode_instrument(const InstrumentKey& key, FlatReply hash) {
    InstrumentSpec spec;
    spec.group = key.group;
    spec.symbol = key.symbol;
    spec.exists = !hash.empty();
    for_each_field(hash, [&](std::string_view field, std::string_view value) {
        if (field == "type") {
            const auto type = parse_integer(value);
            // Outside 1 … 4 there is no type: 0 is one that nothing can be derived from.
            spec.type = type && *type >= 1 && *type <= 4 ? static_cast<int>(*type) : 0;
        }
        for (const auto& [name, number] : instrument_numbers) {
            if (field == name) spec.*number = real_or_nan(value);
        }
        for (const auto& [name, text] : instrument_texts) {
            if (field == name) spec.*text = value;
        }
        if (field == "tiers") spec.tiers = tiers_or_mark(value);
        if (key.symbol != whole_group) return;
        spec.has_bad_rules |= read_rule(field, value, spec.rules) == RuleRead::bad;
    });
    return spec;
}

InstrumentSpec unreadable_instrument(const InstrumentKey& key) {
    InstrumentSpec spec;
    spec.group = key.group;
    spec.symbol = key.symbol;
    spec.is_readable = false;
    spec.contract_size = not_a_number;
    spec.has_bad_rules = true;
    return spec;
}

StoredPrice decode_price(FlatReply values) {
    StoredPrice price;
    if (values.size() != price_fields.size()) return price;
    price.bid = parse_real(values[0]).value_or(not_a_price);
    price.ask = parse_real(values[1]).value_or(not_a_price);
    price.ts_ms = parse_integer(values[2]).value_or(0);
    const auto is_number = [](double value) { return value == value; };
    price.exists = is_number(price.bid) || is_number(price.ask);
    price.is_malformed = (!values[0].empty() && !is_number(price.bid)) ||
                         (!values[1].empty() && !is_number(price.ask));
    return price;
}

}  // namespace margind::wire
