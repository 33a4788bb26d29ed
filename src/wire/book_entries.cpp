#include "wire/book_entries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "wire/instrument_fields.hpp"
#include "wire/tier_text.hpp"

namespace margind::wire {
namespace {

/// The shortest text that reads back as the same number; "" (not set) for what is no number.
std::string real_text(double value) {
    return std::isfinite(value) ? fmt::format("{}", value) : std::string{};
}

std::string real_text(const std::optional<double>& value) {
    return value ? real_text(*value) : std::string{};
}

std::string_view side_text(Side side) {
    switch (side) {
        case Side::buy: return "BUY";
        case Side::sell: return "SELL";
        case Side::other: break;
    }
    return "OTHER";
}

}  // namespace

std::string volume_text(Volume volume) {
    std::string text =
        fmt::format("{}.{:08}", volume.raw() / Volume::per_lot, volume.raw() % Volume::per_lot);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

void BookEntryWriter::field(std::string_view name, std::string value) {
    if (!value.empty()) fields_.emplace_back(name, std::move(value));
}

void BookEntryWriter::put_hash(std::string_view key) {
    texts_.clear();
    for (const auto& [name, value] : fields_) {
        texts_.push_back(name);
        texts_.push_back(value);
    }
    if (!texts_.empty()) sink_.put({key, BookType::hash, texts_});
    fields_.clear();
}

void BookEntryWriter::account(const AccountImage& image) {
    const KeyParts parts{.type = image.key.type, .id = image.key.id};
    field("wallet_balance", real_text(image.balance));
    field("leverage", real_text(image.leverage));
    field("group", image.group);
    field("status", "1");
    field("currency", image.currency);
    field("credit", real_text(image.credit));
    field("auto_cutoff_level", real_text(image.margin_call_level));
    field("auto_liquidation_level", real_text(image.stop_out_level));
    if (image.margin_mode) {
        field("margin_mode", *image.margin_mode == MarginMode::netting ? "netting" : "hedging");
    }
    put_hash(keys_.account.text(parts));
    if (image.orders.empty()) return;
    texts_.clear();
    for (const OrderImage& order : image.orders) texts_.push_back(order.id);
    sink_.put({keys_.orders_index.text(parts), BookType::set, texts_});
    std::set<std::string_view> symbols;
    for (const OrderImage& each : image.orders) {
        if (each.is_dangling) continue;
        order(parts, each);
        symbols.insert(each.symbol);
    }
    for (const std::string_view symbol : symbols) hold(symbol, image.key);
}

void BookEntryWriter::hold(std::string_view symbol, const AccountKey& account) {
    if (holder_sets_ == HolderSets::collected) {
        holders_[{std::string{symbol}, account.type}].push_back(account.text());
        return;
    }
    const std::string member = account.text();
    const std::string_view members[] = {member};
    sink_.put(
        {keys_.holders.text({.type = account.type, .symbol = symbol}), BookType::set, members});
}

void BookEntryWriter::order(const KeyParts& account, const OrderImage& order) {
    KeyParts parts = account;
    parts.order_id = order.id;
    field("order_id", order.id);
    field("symbol", order.symbol);
    field("order_type", std::string{side_text(order.side)});
    field("order_price", real_text(order.open_price));
    field("order_quantity", order.volume ? volume_text(*order.volume) : real_text(order.quantity));
    field("order_status", "OPEN");
    field("execution_status", "EXECUTED");
    field("swap", real_text(order.swap));
    field("commission", real_text(order.commission));
    field("margin", real_text(order.margin));
    if (order.margin_mode == PositionMargin::isolated) {
        field("margin_mode", "isolated");
        field("isolated_margin", real_text(order.isolated_margin));
    }
    put_hash(keys_.order.text(parts));
}

void BookEntryWriter::instrument(const InstrumentSpec& spec) {
    if (!spec.exists) return;
    field("type", spec.type ? fmt::format("{}", *spec.type) : std::string{});
    for (const auto& [name, number] : instrument_numbers) field(name, real_text(spec.*number));
    for (const auto& [name, text] : instrument_texts) field(name, spec.*text);
    field("tiers", tier_text(spec.tiers));
    put_hash(keys_.group.text({.symbol = spec.symbol, .group = spec.group}));
}

void BookEntryWriter::price(std::string_view symbol, const StoredPrice& price) {
    field("bid", real_text(price.bid));
    field("ask", real_text(price.ask));
    if (price.ts_ms > 0) field("ts", fmt::format("{}", price.ts_ms));
    put_hash(keys_.market.text({.symbol = symbol}));
}

void BookEntryWriter::holders() {
    for (const auto& [set, members] : holders_) {
        texts_.assign(members.begin(), members.end());
        sink_.put(
            {keys_.holders.text({.type = set.second, .symbol = set.first}), BookType::set, texts_});
    }
    holders_.clear();
}

}  // namespace margind::wire
