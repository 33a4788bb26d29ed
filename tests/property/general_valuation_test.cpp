// The general valuation against the kernel, against itself in other orders, and its liquidation
// prices against a price that is stepped.
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "adapters/memory/book_generator.hpp"
#include "margind/core/engine/engine.hpp"
#include "margind/core/valuation/valuation.hpp"
#include "support/build.hpp"
#include "support/random.hpp"

namespace margind::test {
namespace {

Moment at(std::int64_t ms) { return {ms, 1'700'000'000'000 + ms}; }

/// An engine over a book, whose prices can be moved.
class Desk {
public:
    Desk(const memory::BookGenerator& book, PnlRounding rounding)
        : Desk{book, RuleSet{.pnl_rounding = rounding}} {}
    Desk(const memory::BookGenerator& book, const RuleSet& rules) : engine_{{.rules = rules}} {
        for (const InstrumentSpec& spec : book.instruments()) engine_.apply(spec);
        for (std::uint32_t i = 0; i < book.account_count(); ++i) {
            engine_.apply(book.account(i), at(0));
        }
        for (const auto& [symbol, price] : book.prices(0)) {
            move(symbol, price.bid, price.ask);
        }
        engine_.recompute(at(200));
    }
    void move(const std::string& symbol, double bid, double ask) {
        engine_.apply({.symbol = engine_.intern_symbol(symbol), .bid = bid, .ask = ask}, at(0));
    }
    Engine& engine() { return engine_; }

private:
    Engine engine_;
};

memory::BookGenerator book_of(std::vector<std::string> symbols, std::uint32_t accounts) {
    memory::BookOptions options;
    options.seed = 11;
    options.accounts = accounts;
    options.positions = 4;
    options.symbols = std::move(symbols);
    options.currencies = {"USD", "EUR", "JPY"};
    options.danger = 0.5;
    return memory::BookGenerator::make(std::move(options)).value();
}

/// The rounding named outright is the one that each mode has anyway, but takes the general way.
void check_ways_agree(std::vector<std::string> symbols, PnlRounding own) {
    const memory::BookGenerator book = book_of(std::move(symbols), 200);
    Desk kernel{book, PnlRounding::by_mode};
    Desk general{book, own};
    Random random{3};
    for (int round = 0; round < many(4, 60); ++round) {
        for (const auto& [symbol, price] : book.prices(0)) {
            const double factor = 1.0 + random.real(-0.01, 0.01);
            for (Desk* desk : {&kernel, &general}) {
                desk->move(symbol, price.bid * factor, price.ask * factor);
            }
        }
        kernel.engine().recompute(at(400 + round));
        general.engine().recompute(at(400 + round));
        for (std::uint32_t i = 0; i < book.account_count(); ++i) {
            INFO(book.account(i).key.text());
            REQUIRE(kernel.engine().snapshot(AccountId{i}, at(0)).fingerprint ==
                    general.engine().snapshot(AccountId{i}, at(0)).fingerprint);
        }
    }
}

/// What must be true of any plan, whatever its policy.
void check_plan(const Explanation& all, const RuleSet& rules) {
    REQUIRE_FALSE(all.plan.empty());
    const CloseStep& last = all.plan.back();
    const bool is_above =
        last.margin_after.minor() > 0 &&
        !is_at_or_below(last.equity_after, last.margin_after, all.stop_out, rules.level_compare);
    CHECK((is_above || last.margin_after.minor() == 0));
    // Nobody closes more than there is, and all but the last step leave the account where it was.
    std::map<std::string, double> closed;
    for (std::size_t i = 0; i < all.plan.size(); ++i) {
        const CloseStep& step = all.plan[i];
        closed[step.position] += step.lots;
        CHECK(step.equity_after == all.equity);
        if (i + 1 == all.plan.size() || rules.close_policy == ClosePolicy::fair) continue;
        // Positions that are one close in a netting account.
        if (all.plan[i + 1].symbol == step.symbol) continue;
        CHECK(is_at_or_below(step.equity_after, step.margin_after, all.stop_out,
                             rules.level_compare));
    }
    for (const PositionExplained& position : all.positions) {
        CHECK(closed[position.id] <= position.lots + 1e-9);
    }
}

}  // namespace

TEST_CASE("every plan of closes lifts its account above the stop-out, or closes all of it",
          "[property]") {
    const memory::BookGenerator book = book_of({"EURUSD", "USDJPY", "XAUUSD"}, many(30, 400));
    for (const auto& [name, policy] : close_policy_names) {
        INFO(name);
        const RuleSet rules{.close_policy = policy};
        Desk desk{book, rules};
        for (const auto& [symbol, price] : book.prices(0)) {
            desk.move(symbol, price.bid * 0.985, price.ask * 0.985);
        }
        desk.engine().recompute(at(400));
        std::size_t plans = 0;
        for (std::uint32_t i = 0; i < book.account_count(); ++i) {
            const Explanation all = desk.engine().explain(AccountId{i}, at(400));
            if (all.state != AccountState::stop_out) continue;
            INFO(all.account.text());
            check_plan(all, rules);
            ++plans;
        }
        CHECK(plans >= book.account_count() / 20);
    }
}

TEST_CASE("the general valuation says the same as the kernel where both can", "[property]") {
    check_ways_agree({"EURUSD", "USDJPY", "EURGBP"}, PnlRounding::per_leg);
    check_ways_agree({"XAUUSD", "US500", "BTCUSD"}, PnlRounding::per_position);
}

TEST_CASE("a liquidation price is where a stepped price brings the account to its stop-out",
          "[property]") {
    const memory::BookGenerator book = book_of({"EURUSD", "USDJPY", "XAUUSD"}, many(10, 60));
    Desk desk{book, PnlRounding::by_mode};
    Engine& engine = desk.engine();
    std::size_t found = 0;
    for (std::uint32_t i = 0; i < book.account_count(); ++i) {
        const AccountId account{i};
        for (const SymbolRisk& risk : engine.risk(account)) {
            if (!risk.prices.stop_out) continue;
            const SymbolId symbol = engine.find_symbol(risk.symbol);
            const Quote quote = engine.quotes().last_good(symbol);
            const bool is_up = *risk.prices.stop_out > quote.ask;
            const bool is_down = *risk.prices.stop_out < quote.bid;
            if (!is_up && !is_down) continue;                        // inside the spread
            if (*risk.prices.stop_out < quote.bid * 0.02) continue;  // no room for a step beyond
            ++found;
            const double to = *risk.prices.stop_out;
            const double from =
                std::abs(to - quote.bid) < std::abs(to - quote.ask) ? quote.bid : quote.ask;
            // A hundredth of the way less, it is not stopped out; that much more, and it is.
            const auto is_stopped_at = [&](double share) {
                const double moved = (to - from) * share;
                engine.apply({.symbol = symbol, .bid = quote.bid + moved, .ask = quote.ask + moved},
                             at(0));
                engine.recompute(at(0));
                const Explanation all = engine.explain(account, at(0));
                return !all.plan.empty();
            };
            INFO(book.account(i).key.text() << " " << risk.symbol << " " << to);
            CHECK_FALSE(is_stopped_at(0.99));
            CHECK(is_stopped_at(1.01));
            engine.apply({.symbol = symbol, .bid = quote.bid, .ask = quote.ask}, at(0));
            engine.recompute(at(0));
        }
    }
    CHECK(found > book.account_count());
}

}  // namespace margind::test
