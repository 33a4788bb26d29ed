// A plan of closes against every other close that could have been made in its place.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "margind/core/rules/rules.hpp"
#include "support/build.hpp"
#include "support/evaluated.hpp"
#include "support/random.hpp"

namespace margind::test {
namespace {

struct Symbol {
    std::string text;    // of the document
    double price = 0.0;  // both sides
    double fee = 0.0;    // of a close, for a lot
    int deal_max = 0;    // hundredths of lots; 0 = none
};
struct Held {
    std::string id;
    std::size_t symbol = 0;
    std::string text;    // but for its lots
    int hundredths = 0;  // of lots
    bool is_order = false;

    [[nodiscard]] bool is_short() const { return text.contains("\"sell"); }
};
/// An account of up to three symbols, each of 100 units a lot.
struct Trader {
    std::vector<Symbol> symbols;
    std::vector<Held> held;
    std::string options;
    double balance = 0.0;

    [[nodiscard]] std::string document() const {
        std::vector<std::string> instruments;
        std::vector<std::string> quotes;
        for (std::size_t i = 0; i < symbols.size(); ++i) {
            instruments.push_back(symbols[i].text);
            quotes.push_back(
                fmt::format(R"("S{0}": {{"bid": {1}, "ask": {1}}})", i, symbols[i].price));
        }
        std::vector<std::string> rest[2];  // positions, orders
        for (const Held& one : held) {
            if (one.hundredths == 0) continue;
            rest[one.is_order].push_back(
                fmt::format(R"({{{}, "lots": {}}})", one.text, one.hundredths / 100.0));
        }
        return fmt::format(
            R"({{"instruments": [{}], "quotes": {{{}}}, "account": {{"balance": {:.2f}, {}}},)"
            R"( "positions": [{}], "orders": [{}]}})",
            fmt::join(instruments, ", "), fmt::join(quotes, ", "), balance, options,
            fmt::join(rest[0], ", "), fmt::join(rest[1], ", "));
    }
};

Symbol some_symbol(Random& random, std::size_t number) {
    Symbol symbol;
    symbol.price = static_cast<double>(random.between(5'000, 20'000)) / 100.0;
    symbol.text = fmt::format(
        R"({{"symbol": "S{}", "calc_mode": "{}", "contract_size": 100, "profit_currency": "USD")",
        number, random.pick({"cfd_leverage", "cfd_leverage", "crypto"}));
    symbol.text += fmt::format(R"(, "margin_rate": {{"long": {}, "short": {}}})",
                               random.pick({1.0, 1.0, 1.2, 0.5}), random.pick({1.0, 1.0, 2.0}));
    if (random.chance(0.5)) {
        symbol.text += fmt::format(R"(, "hedged_margin": {})", random.pick({0, 25, 50, 100, 150}));
    }
    if (random.chance(0.5)) {
        symbol.text +=
            fmt::format(R"(, "tiers": [{{"from": 0, "rate": 1}}, {{"from": {}, "rate": 2}},)"
                        R"( {{"from": 2, "rate": {}}}])",
                        random.pick({0.3, 0.75, 1.0}), random.pick({1.5, 4.0}));
        if (random.chance(0.7)) {
            symbol.text +=
                fmt::format(R"(, "tier_hedged_weight": {})", random.pick({0.0, 0.5, 1.0}));
        }
    }
    if (random.chance(0.4)) {
        symbol.deal_max = random.pick({15, 50, 100});
        symbol.text += fmt::format(R"(, "volume_max": {})", symbol.deal_max / 100.0);
    }
    if (random.chance(0.3)) {
        const double share = random.pick({0.001, 0.01, 0.05});
        symbol.fee = symbol.price * 100.0 * share;
        symbol.text += fmt::format(R"(, "liquidation_fee": {})", share);
    }
    symbol.text += "}";
    return symbol;
}

Held some_holding(Random& random, const Trader& trader, std::size_t number, bool is_order) {
    Held one{.id = fmt::format("{}{}", is_order ? "o" : "p", number)};
    one.is_order = is_order;
    one.symbol = random.below(trader.symbols.size());
    one.hundredths = random.pick({10, 25, 50, 67, 100, 100, 150, 200});
    const double price = trader.symbols[one.symbol].price * random.pick({0.95, 0.99, 1.0, 1.03});
    one.text =
        is_order ? fmt::format(R"("id": "{}", "symbol": "S{}", "type": "{}", "price": {:.2f})",
                               one.id, one.symbol, random.pick({"buy_limit", "sell_limit"}), price)
                 : fmt::format(R"("id": "{}", "symbol": "S{}", "side": "{}",)"
                               R"( "open_price": {:.2f}, "open_time": {})",
                               one.id, one.symbol, random.pick({"buy", "sell"}), price,
                               random.between(1, 9));
    return one;
}

std::vector<Symbol> some_symbols(Random& random, std::size_t count) {
    std::vector<Symbol> symbols;
    for (std::size_t i = 0; i < count; ++i) symbols.push_back(some_symbol(random, i));
    return symbols;
}

/// Puts an account to its stop-out, with some equity left.
void endanger(Trader& trader, Random& random, const std::string& margin_mode,
              const std::string& hedged_margin_mode, const std::string& policy) {
    trader.options = fmt::format(
        R"("leverage": 10, "margin_mode": "{}", "hedged_margin_mode": "{}", "close_policy": "{}")",
        margin_mode, hedged_margin_mode, policy);
    const Answer answer{trader.document()};
    trader.balance = answer.number("/margin") * random.real(0.05, 0.5) - answer.number("/equity");
}

Trader some_trader(Random& random, const std::string& policy) {
    Trader trader{.symbols = some_symbols(random, 1 + random.below(3))};
    for (std::size_t i = 2 + random.below(4); i > 0; --i) {
        trader.held.push_back(some_holding(random, trader, i, false));
    }
    for (std::size_t i = random.below(3); i > 0; --i) {
        trader.held.push_back(some_holding(random, trader, i, true));
    }
    const std::string margin_mode{random.pick({"hedging", "hedging", "netting"})};
    const std::string hedged_margin_mode{random.pick({"basic", "larger_leg"})};
    endanger(trader, random, margin_mode, hedged_margin_mode, policy);
    return trader;
}

/// Some forty positions of one symbol, many with another one against them.
Trader hedged_trader(Random& random, const std::string& policy) {
    Trader trader;
    do {
        trader.symbols = some_symbols(random, 1);
    } while (!trader.symbols[0].text.contains("hedged_margin"));
    for (std::size_t i = 24; i > 0; --i) {
        const Held& one = trader.held.emplace_back(some_holding(random, trader, i, false));
        Held other = some_holding(random, trader, 100 + i, false);
        if (other.is_short() == one.is_short()) continue;  // so that the sides differ a little
        other.hundredths = one.hundredths;
        trader.held.push_back(other);
    }
    endanger(trader, random, "hedging", "basic", policy);
    return trader;
}

double level(double equity, double margin) {
    return margin == 0.0 ? std::numeric_limits<double>::infinity() : equity / margin;
}

/// Hundredths of lots that a close of this position may have: one deal, and of a netting account no
/// more than brings its symbol's net position to nothing.
int closable(const Trader& trader, const Held& one) {
    const Symbol& symbol = trader.symbols[one.symbol];
    int most = symbol.deal_max > 0 ? std::min(symbol.deal_max, one.hundredths) : one.hundredths;
    if (!trader.options.contains("netting")) return most;
    int net = 0;
    for (const Held& other : trader.held) {
        if (other.is_order || other.symbol != one.symbol) continue;
        net += other.is_short() == one.is_short() ? other.hundredths : -other.hundredths;
    }
    return std::clamp(net, 0, most);
}

/// No close of any open position, in about `volumes` different volumes, leaves a higher level than
/// `before`.
void check_nothing_raises(const Trader& trader, double equity, double before, int volumes) {
    for (std::size_t i = 0; i < trader.held.size(); ++i) {
        const Held& one = trader.held[i];
        const Symbol& symbol = trader.symbols[one.symbol];
        if (one.is_order) continue;
        const int most = closable(trader, one);
        const int stride = std::max(1, most / volumes);
        for (int closed = 1; closed <= most; closed += closed < most - stride ? stride : 1) {
            Trader other = trader;
            other.balance = 1e9;  // the margin is asked for, no plan
            other.held[i].hundredths -= closed;
            const double left = equity - closed / 100.0 * symbol.fee;
            const double margin = Answer{other.document()}.number("/margin");
            INFO("instead " << one.id << " " << closed / 100.0 << ": " << left << " / " << margin);
            REQUIRE(level(left, margin) <= before + 1e-4);
        }
    }
}

/// Every step that lowers the level, up to `lowered_most` of them. Returns how many were checked.
int check_plan(Trader trader, int volumes, int lowered_most) {
    const Answer answer{trader.document()};
    double equity = answer.number("/equity");
    double margin = answer.number("/margin");
    int lowered = 0;
    for (std::size_t i = 0; i < answer.size("/stop_out_plan") && lowered < lowered_most; ++i) {
        const std::string at = fmt::format("/stop_out_plan/{}/", i);
        const auto one = std::ranges::find(trader.held, answer.text(at + "close"), &Held::id);
        REQUIRE(one != trader.held.end());
        const auto closed = static_cast<int>(std::lround(answer.number(at + "lots") * 100.0));
        INFO("step " << i << ": " << one->id << " " << closed / 100.0);
        const double equity_after = answer.number(at + "equity_after");
        const double margin_after = answer.number(at + "margin_after");
        const bool is_lower = level(equity_after, margin_after) < level(equity, margin);
        if (one->is_order) {
            CHECK(closed == one->hundredths);
            CHECK(margin_after <= margin);
        } else if (is_lower && equity > 0.0 && margin > 0.0) {
            ++lowered;
            check_nothing_raises(trader, equity, level(equity, margin), volumes);
        }
        one->hundredths -= closed;
        equity = equity_after;
        margin = margin_after;
    }
    return lowered;
}

}  // namespace

TEST_CASE("a step of a plan lowers the level only where no close would raise it", "[property]") {
    int lowered = 0;
    for (int seed = 1; seed <= many(300, 3'000); ++seed) {
        Random random{Random{static_cast<std::uint64_t>(seed)}.next()};
        const std::string policy{
            margind::close_policy_names[static_cast<std::size_t>(seed) % 6].first};
        const Trader trader = some_trader(random, policy);
        INFO("seed " << seed << "\n" << trader.document());
        lowered += check_plan(trader, 60, 1'000);
    }
    CHECK(lowered > 0);
}

TEST_CASE("a plan for many positions compares as many closes as one for a few", "[property]") {
    int lowered = 0;
    for (int seed = 1; seed <= many(5, 24); ++seed) {
        Random random{Random{static_cast<std::uint64_t>(seed)}.next()};
        const std::string policy{
            margind::close_policy_names[static_cast<std::size_t>(seed) % 6].first};
        const Trader trader = hedged_trader(random, policy);
        INFO("seed " << seed << "\n" << trader.document());
        lowered += check_plan(trader, 3, 1);
    }
    CHECK(lowered > 0);
}

}  // namespace margind::test
