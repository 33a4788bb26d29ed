// An isolated position is an account by itself: the same figures, stop-outs and prices come out of
// an engine that has each of them as an account.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/desk.hpp"

namespace margind::test {
namespace {

constexpr const char* symbols[] = {"LINEAR", "INVERSE", "TIERED"};

void list(Engine& engine) {
    InstrumentSpec linear = spec("LINEAR", "perpetual_linear", 1.0, "USD");
    linear.maintenance_margin = 0.01;
    linear.taker_fee = 0.0005;
    engine.apply(linear);
    InstrumentSpec inverse = spec("INVERSE", "perpetual_inverse", 100.0, "BTC");
    inverse.maintenance_margin = 0.02;
    engine.apply(inverse);
    InstrumentSpec tiered = spec("TIERED", "perpetual_linear", 1.0, "USD");
    tiered.tier_basis = "notional";
    tiered.tiers = {{.from = 0.0, .rate = 0.01}, {.from = 2'000.0, .rate = 0.03}};
    engine.apply(tiered);
}

/// Everything in cents and hundredths of lots, so that no sum is rounded on the way.
double hundredths(int from, int to) { return *rc::gen::inRange(from, to) / 100.0; }

OrderImage random_position(std::size_t number) {
    const char* symbol = symbols[*rc::gen::inRange(0, 3)];
    const Side side = *rc::gen::arbitrary<bool>() ? Side::buy : Side::sell;
    OrderImage out = order(std::to_string(number), symbol, side,
                           *rc::gen::inRange<std::int64_t>(1, 500) * (Volume::per_lot / 100),
                           hundredths(50'000, 150'000));
    out.swap = hundredths(-500, 500);
    if (*rc::gen::arbitrary<bool>()) {
        out.margin_mode = PositionMargin::isolated;
        out.isolated_margin = hundredths(0, 100'000);
    }
    return out;
}

void price(Desk& desk, double linear, double inverse, double tiered) {
    desk.tick("LINEAR", linear, linear);
    desk.tick("INVERSE", inverse, inverse);
    desk.tick("TIERED", tiered, tiered);
    desk.tick("BTCUSD", 30'000.0, 30'000.0);
}

/// The isolated position as an account of its own.
AccountImage alone(const OrderImage& position) {
    OrderImage crossed = position;
    crossed.margin_mode = PositionMargin::cross;
    crossed.isolated_margin.reset();
    return account({"live", "alone" + position.id}, position.isolated_margin.value_or(0.0),
                   {crossed});
}

const PositionExplained& position_of(const Explanation& why, const std::string& id) {
    for (const PositionExplained& position : why.positions) {
        if (position.id == id) return position;
    }
    throw std::runtime_error{"no position " + id};
}

}  // namespace

TEST_CASE("isolated positions are worth what they are worth as accounts", "[isolated]") {
    CHECK(rc::check("as accounts", [] {
        EngineOptions options;
        options.rules.credit_in_equity = true;
        Desk desk{options};
        list(desk.engine);
        AccountImage whole = account({"live", "whole"}, hundredths(0, 1'000'000), {});
        AccountImage crossed = whole;
        crossed.key.id = "crossed";
        const auto count = *rc::gen::inRange<std::size_t>(1, 6);
        for (std::size_t i = 0; i < count; ++i) {
            whole.orders.push_back(random_position(i));
            const OrderImage& position = whole.orders.back();
            if (position.margin_mode == PositionMargin::isolated) {
                crossed.balance = *crossed.balance - *position.isolated_margin;
                desk.give(alone(position));
            } else {
                crossed.orders.push_back(position);
            }
        }
        const AccountId id = desk.give(whole);
        const AccountId crossed_id = desk.give(crossed);
        price(desk, hundredths(50'000, 150'000), hundredths(50'000, 150'000),
              hundredths(50'000, 150'000));
        desk.beat();
        const Valuation as_part = desk.figures(id);
        const Valuation as_account = desk.figures(crossed_id);
        RC_ASSERT(as_part.causes.none());
        RC_ASSERT(as_part.equity == as_account.equity);
        RC_ASSERT(as_part.margin == as_account.margin);
        RC_ASSERT(as_part.pnl == as_account.pnl);
        RC_ASSERT(as_part.closing_fee == as_account.closing_fee);

        const Explanation why = desk.engine.explain(id, desk.now);
        bool is_breach = desk.engine.snapshot(crossed_id, desk.now).verdict == Verdict::breach;
        const std::vector<SymbolRisk> risks = desk.engine.risk(id);
        for (const OrderImage& order : whole.orders) {
            if (order.margin_mode != PositionMargin::isolated) continue;
            const AccountId own = desk.engine.find_account({"live", "alone" + order.id});
            const auto isolated = position_of(why, order.id).isolated;
            RC_ASSERT(isolated.has_value());
            RC_ASSERT(isolated->equity == desk.figures(own).equity);
            RC_ASSERT(isolated->margin == desk.figures(own).margin);
            RC_ASSERT(isolated->closing_fee == desk.figures(own).closing_fee);
            is_breach |= desk.engine.snapshot(own, desk.now).verdict == Verdict::breach;
            const std::vector<SymbolRisk> own_risk = desk.engine.risk(own);
            RC_ASSERT(own_risk.size() == 1u);
            for (const SymbolRisk& risk : risks) {
                if (risk.position != order.id) continue;
                RC_ASSERT(risk.prices.stop_out == own_risk[0].prices.stop_out);
                RC_ASSERT(risk.prices.bankruptcy == own_risk[0].prices.bankruptcy);
            }
        }
        for (const SymbolRisk& own : desk.engine.risk(crossed_id)) {
            const auto same = std::ranges::find_if(risks, [&](const SymbolRisk& risk) {
                return risk.position.empty() && risk.symbol == own.symbol;
            });
            RC_ASSERT(same != risks.end());
            RC_ASSERT(same->prices.stop_out == own.prices.stop_out);
        }
        RC_ASSERT((desk.engine.snapshot(id, desk.now).verdict == Verdict::breach) == is_breach);
    }));
}

}  // namespace margind::test
