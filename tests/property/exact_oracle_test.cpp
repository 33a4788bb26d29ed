// The engine against whole numbers: millions of made-up accounts, every option and calc mode, none
// more than one minor unit from what exact arithmetic makes of the same decimals.
#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "support/build.hpp"
#include "support/exact_comparison.hpp"
#include "support/exact_desk.hpp"
#include "support/exact_oracle.hpp"
#include "wire/evaluate.hpp"

namespace margind::test::exact {
namespace {

/// Markets of a thousand accounts each, from `first` on.
ExactTally compare_markets(std::uint64_t first, int markets, const ExactComparison& comparison) {
    ExactTally tally;
    for (int i = 0; i < markets; ++i) {
        tally.add(compare(first + static_cast<std::uint64_t>(i), comparison));
    }
    return tally;
}

std::string told(const ExactTally& tally) {
    std::string text =
        fmt::format("{} accounts, {} valuations, off by 0: {}, by 1: {}, by 2: {}, by more: {}\n",
                    tally.accounts, tally.valuations, tally.by_distance[0], tally.by_distance[1],
                    tally.by_distance[2], tally.by_distance[3]);
    for (const ExactFailure& failure : tally.kept) text += failure.shortened(1).text() + "\n";
    return text;
}

void check_all_near(const ExactTally& tally) {
    INFO(told(tally));
    CHECK(tally.failures == 0);
    CHECK(tally.largest <= 1);
    // Nearly all of them are exact, and nearly all have figures that can be compared.
    CHECK(tally.by_distance[0] > tally.valuations / 1'000 * 998);
    CHECK(tally.explanations >= tally.valuations / 100);
}

struct WrongRules {
    std::string_view name;
    std::function<void(RuleSet&)> apply;
};

const WrongRules wrong_rules[] = {
    {"credit counts where it does not",
     [](RuleSet& rules) { rules.credit_in_equity = !rules.credit_in_equity; }},
    {"a P/L is rounded elsewhere",
     [](RuleSet& rules) {
         const bool is_total = rules.pnl_rounding == PnlRounding::total;
         rules.pnl_rounding = is_total ? PnlRounding::per_leg : PnlRounding::total;
     }},
    {"P/L is converted at another price",
     [](RuleSet& rules) {
         const bool is_mid = rules.pnl_conversion == PnlConversion::mid;
         rules.pnl_conversion = is_mid ? PnlConversion::worst_side : PnlConversion::mid;
     }},
    {"margins are converted at another price",
     [](RuleSet& rules) {
         const bool is_mid = rules.margin_conversion == MarginConversion::mid;
         rules.margin_conversion = is_mid ? MarginConversion::order_side : MarginConversion::mid;
     }},
    {"hedges are margined the other way",
     [](RuleSet& rules) {
         const bool is_basic = rules.hedged_margin == HedgedMargin::basic;
         rules.hedged_margin = is_basic ? HedgedMargin::larger_leg : HedgedMargin::basic;
     }},
    {"orders count where they do not",
     [](RuleSet& rules) { rules.orders_reserve_margin = !rules.orders_reserve_margin; }},
};

struct WrongMarket {
    std::string_view name;
    std::function<void(ExactMarket&)> apply;
};

const WrongMarket wrong_markets[] = {
    {"one price is a point too high",
     [](ExactMarket& market) {
         for (ExactQuote& quote : market.quotes) ++quote.ask.digits;
     }},
    {"long positions cost a ten-thousandth more",
     [](ExactMarket& market) {
         for (ExactInstrument& instrument : market.instruments) {
             const Decimal rate = instrument.rates[0].position.value_or(1_dec);
             instrument.rates[0].position = Decimal{rate.digits * 10'001, rate.places + 4};
         }
     }},
    {"a currency has one digit less",
     [](ExactMarket& market) {
         for (ExactCurrency& currency : market.currencies) {
             if (currency.digits > 0) --currency.digits;
         }
     }},
    {"bands are not shared",
     [](ExactMarket& market) {
         for (ExactInstrument& instrument : market.instruments) instrument.tier_scope.clear();
     }},
};

void check_noticed(std::string_view name, const ExactComparison& comparison) {
    INFO(name);
    constexpr int markets = 40;  // in some of them instruments share their bands
    const ExactTally tally = compare_markets(2'000'000, markets, comparison);
    CHECK(tally.failures > 10);
    CHECK_FALSE(tally.kept.empty());
}

}  // namespace

TEST_CASE("accounts that the kernel values are within one minor unit of exact", "[property]") {
    const ExactComparison comparison{.material = {.demands = Demands::plain},
                                     .accounts = std::size_t(many(250, 1'000))};
    check_all_near(compare_markets(1, many(400, 1'000), comparison));
}

TEST_CASE("accounts of any calc mode and option are within one minor unit of exact", "[property]") {
    const ExactComparison comparison{.material = {.demands = Demands::all},
                                     .accounts = std::size_t(many(250, 1'000))};
    check_all_near(compare_markets(1'000'000, many(400, 1'000), comparison));
}

TEST_CASE("a rule, an instrument or a price that is wrong is seen to be wrong", "[property]") {
    for (const WrongRules& wrong : wrong_rules) {
        check_noticed(wrong.name, {.accounts = 300, .tamper_rules = wrong.apply});
    }
    for (const WrongMarket& wrong : wrong_markets) {
        check_noticed(wrong.name, {.accounts = 300, .tamper_market = wrong.apply});
    }
}

TEST_CASE("an account that fails is printed as a document that evaluates to the same figures",
          "[property]") {
    for (const std::uint64_t seed : {3u, 4u, 5u, 6u, 7u, 8u}) {
        ExactMaterial material{seed};
        const ExactAccount account = material.account();
        ExactDesk desk{material.market()};
        desk.give(0, material.market(), account);
        desk.beat();
        const Valuation found = desk.figures(0);
        const std::string document = evaluate_document(material.market(), account);
        INFO(document);
        REQUIRE(found.causes.none());
        const auto answer = wire::evaluate(document);
        if (!answer) FAIL(answer.error().text);
        const auto member = [&](std::string_view name, Money amount) {
            const int digits = found.digits.value;
            return fmt::format("\"{}\":{:.{}f},", name, amount.to_double(found.digits), digits);
        };
        CHECK(answer->find(member("equity", found.equity)) != std::string::npos);
        CHECK(answer->find(member("pnl", found.pnl)) != std::string::npos);
        CHECK(answer->find(member("margin", found.margin)) != std::string::npos);
    }
}

}  // namespace margind::test::exact
