#include "bench/traced_prices.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <stdexcept>

#include "adapters/memory/seeded_random.hpp"
#include "bench/raw_socket.hpp"

namespace margind::bench {
namespace {

constexpr std::uint32_t first_id = 1001;
constexpr std::int64_t spread_points = 2;
constexpr std::int64_t balance_min = 50'000;

/// "AAAUSD", "BBBUSD", …
std::string symbol_name(std::uint32_t symbol) {
    return std::string(3, static_cast<char>('A' + symbol)) + "USD";
}

std::string price_text(std::int64_t points) {
    return fmt::format("{}.{:05}", points / 100'000, points % 100'000);
}

void append_market(std::string& out, std::uint32_t symbol, std::int64_t bid_points) {
    const std::string bid = price_text(bid_points);
    const std::string ask = price_text(bid_points + spread_points);
    append_command(out, Words{"HSET", "market:" + symbol_name(symbol), "bid", bid, "ask", ask});
}

void append_account(std::string& out, std::uint32_t account) {
    const std::string id = TracedPrices::id_of(account);
    const std::string symbol = symbol_name(TracedPrices::symbol_of(account));
    const std::string balance = std::to_string(balance_min + account);
    const std::string settings = "user:{" + id + "}:config";
    const std::string order = "user_holdings:{" + id + "}:1";
    append_command(out, Words{"HSET", settings, "wallet_balance", balance, "leverage", "100",
                              "group", "Standard"});
    append_command(out, Words{"HSET", order, "order_id", "1", "symbol", symbol, "order_type", "BUY",
                              "order_price", price_text(TracedPrices::first_bid_points),
                              "order_quantity", "1.00"});
    append_command(out, Words{"SADD", "user_orders_index:{" + id + "}", "1"});
    append_command(out, Words{"SADD", "symbol_holders:" + symbol + ":live", id});
}

}  // namespace

TracedPrices::TracedPrices(std::uint32_t count, std::chrono::microseconds interval_mean,
                           std::uint64_t seed) {
    memory::SeededRandom random{seed};
    const double mean_us = static_cast<double>(interval_mean.count());
    double due_us = 0.0;
    for (std::uint32_t i = 0; i < count; ++i) {
        due_us -= mean_us * std::log(1.0 - random.unit());
        const std::uint32_t symbol = i % symbols;
        const std::int64_t step = 1 + random.below(100);
        const std::int64_t last = last_bid_points(symbol);
        const bool falls = last - step > first_bid_points - 500 && random.chance(0.5);
        const std::uint32_t holder = random.below(accounts / symbols);
        prices_.push_back({.due = std::chrono::microseconds{static_cast<std::int64_t>(due_us)},
                           .symbol = symbol,
                           .bid_points = falls ? last - step : last + step,
                           .witness = holder * symbols + symbol});
    }
}

std::string TracedPrices::load_commands() {
    std::string commands;
    for (std::uint32_t symbol = 0; symbol < symbols; ++symbol) {
        append_command(commands, Words{"HSET", "groups:{Standard}:" + symbol_name(symbol), "type",
                                       "1", "contract_size", "100000", "profit", "USD"});
        append_market(commands, symbol, first_bid_points);
    }
    for (std::uint32_t account = 0; account < accounts; ++account) {
        append_account(commands, account);
    }
    return commands;
}

std::string TracedPrices::publish_commands(const Price& price) {
    std::string commands;
    append_market(commands, price.symbol, price.bid_points);
    append_command(commands, Words{"PUBLISH", "market_price_updates", symbol_name(price.symbol)});
    return commands;
}

std::string TracedPrices::id_of(std::uint32_t account) {
    return fmt::format("live:{}", first_id + account);
}

std::uint32_t TracedPrices::account_of(std::string_view id) {
    std::uint32_t number = 0;
    const std::string_view digits = id.substr(id.find(':') + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (number < first_id || number >= first_id + accounts) {
        throw std::runtime_error{fmt::format("'{}' is none of the accounts", id)};
    }
    return number - first_id;
}

std::string TracedPrices::snapshot_key(std::uint32_t account) {
    return "user_portfolio:{" + id_of(account) + "}";
}

std::string TracedPrices::equity(std::uint32_t account, std::int64_t bid_points) {
    return fmt::format("{}.00", balance_min + account + bid_points - first_bid_points);
}

std::int64_t TracedPrices::last_bid_points(std::uint32_t symbol) const {
    for (auto price = prices_.rbegin(); price != prices_.rend(); ++price) {
        if (price->symbol == symbol) return price->bid_points;
    }
    return first_bid_points;
}

}  // namespace margind::bench
