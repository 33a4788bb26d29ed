#include "wire/rule_fields.hpp"

#include <catch2/catch_test_macros.hpp>

namespace margind::test {
namespace {

using wire::read_rule;
using wire::RuleRead;

TEST_CASE("each option of the rules is read by its name", "[rules]") {
    RuleOverrides rules;
    for (const auto& [name, value] : {std::pair{"margin_mode", "netting"},
                                      {"hedged_margin_mode", "basic"},
                                      {"valuation_price", "mid"},
                                      {"pnl_conversion", "by_deal"},
                                      {"margin_conversion", "ask"},
                                      {"pnl_rounding", "total"},
                                      {"close_policy", "fifo"},
                                      {"level_unit", "money"},
                                      {"level_compare", "lt"},
                                      {"margin_call_level", "80"},
                                      {"stop_out_level", "30.5"},
                                      {"leave_gap", "5"},
                                      {"dwell_ms", "500"},
                                      {"cooldown_ms", "0"},
                                      {"two_stage_ratio", "0.5"},
                                      {"credit_in_equity", "false"},
                                      {"fully_hedged_stop_out", "1"},
                                      {"orders_reserve_margin", "no"},
                                      {"negative_balance_protection", "0"}}) {
        CAPTURE(name);
        CHECK(read_rule(name, value, rules) == RuleRead::read);
    }
    const RuleSet set = with(standard_rules(), rules);
    CHECK(set.margin_mode == MarginMode::netting);
    CHECK(set.hedged_margin == HedgedMargin::basic);
    CHECK(set.valuation_price == ValuationPrice::mid);
    CHECK(set.pnl_conversion == PnlConversion::by_deal);
    CHECK(set.margin_conversion == MarginConversion::ask);
    CHECK(set.pnl_rounding == PnlRounding::total);
    CHECK(set.close_policy == ClosePolicy::fifo);
    CHECK(set.level_unit == LevelUnit::money);
    CHECK(set.level_compare == LevelCompare::less);
    CHECK(set.margin_call == Level{8'000});
    CHECK(set.stop_out == Level{3'050});
    CHECK(set.leave_gap == Level{500});
    CHECK(set.dwell_ms == 500);
    CHECK(set.cooldown_ms == 0);
    CHECK(set.two_stage_ratio == 0.5);
    CHECK_FALSE(set.credit_in_equity);
    CHECK(set.fully_hedged_stop_out);
    CHECK_FALSE(set.orders_reserve_margin);
    CHECK_FALSE(set.negative_balance_protection);
}

TEST_CASE("a margin's conversion has two names, which have to agree", "[rules]") {
    RuleOverrides rules;
    CHECK(read_rule("exposure_conversion", "mid", rules) == RuleRead::bad);
    CHECK(read_rule("exposure_conversion", "by_composition", rules) == RuleRead::read);
    CHECK(rules.margin_conversion == MarginConversion::by_composition);
    CHECK(read_rule("margin_conversion", "by_composition", rules) == RuleRead::read);
    CHECK(read_rule("margin_conversion", "mid", rules) == RuleRead::bad);
    rules = {};
    CHECK(read_rule("margin_conversion", "mid", rules) == RuleRead::read);
    CHECK(read_rule("exposure_conversion", "by_composition", rules) == RuleRead::bad);
    CHECK(rules.margin_conversion == MarginConversion::mid);
    rules = {};
    CHECK(read_rule("exposure_conversion", "order_side", rules) == RuleRead::read);
    CHECK(rules.margin_conversion == MarginConversion::order_side);
}

TEST_CASE("each option of the prop-firm rules is read by its name", "[rules]") {
    RuleOverrides rules;
    for (const auto& [name, value] : {std::pair{"daily_loss", "5"},
                                      {"daily_loss_unit", "percent_of_initial"},
                                      {"daily_loss_base", "larger"},
                                      {"losses_only", "true"},
                                      {"drawdown", "2500.50"},
                                      {"drawdown_unit", "money"},
                                      {"drawdown_mode", "trailing"},
                                      {"drawdown_base", "equity"},
                                      {"drawdown_update", "at_reset"},
                                      {"drawdown_lock", "50100"},
                                      {"peak_start", "0"},
                                      {"initial_balance", "50000"},
                                      {"limit_compare", "lt"}}) {
        CAPTURE(name);
        CHECK(read_rule(name, value, rules) == RuleRead::read);
        CHECK(read_rule(name, "?", rules) == RuleRead::bad);
        CHECK(read_rule(name, "-1", rules) == RuleRead::bad);
    }
    const PropSettings& prop = rules.prop;
    CHECK(prop.daily_loss == 5.0);
    CHECK(prop.daily_loss_unit == LossUnit::percent_of_initial);
    CHECK(prop.daily_loss_base == DailyLossBase::larger);
    CHECK(prop.losses_only == true);
    CHECK(prop.drawdown == 2'500.5);
    CHECK(prop.drawdown_unit == LossUnit::money);
    CHECK(prop.drawdown_mode == DrawdownMode::trailing);
    CHECK(prop.drawdown_base == DrawdownBase::equity);
    CHECK(prop.drawdown_update == PeakUpdate::at_reset);
    CHECK(prop.drawdown_lock == 50'100.0);
    CHECK(prop.peak_start == 0.0);
    CHECK(prop.initial_balance == 50'000.0);
    CHECK(prop.limit_compare == LevelCompare::less);
}

TEST_CASE("a value that means nothing is bad, and leaves the option alone", "[rules]") {
    RuleOverrides rules;
    for (const auto& [name, value] : {std::pair{"margin_mode", "both"},
                                      {"close_policy", ""},
                                      {"margin_call_level", "-1"},
                                      {"stop_out_level", "nan"},
                                      {"stop_out_level", "1e300"},
                                      {"margin_call_level", "100.005"},
                                      {"stop_out_level", "49.994"},
                                      {"leave_gap", "0.001"},
                                      {"dwell_ms", "1.5"},
                                      {"two_stage_ratio", "1.1"},
                                      {"credit_in_equity", "maybe"}}) {
        CAPTURE(name, value);
        CHECK(read_rule(name, value, rules) == RuleRead::bad);
    }
    CHECK(rules == RuleOverrides{});
}

TEST_CASE("what is no option of the rules is left to others", "[rules]") {
    RuleOverrides rules;
    CHECK(read_rule("wallet_balance", "5", rules) == RuleRead::no_option);
    CHECK(read_rule("Margin_mode", "netting", rules) == RuleRead::no_option);
}

}  // namespace
}  // namespace margind::test
