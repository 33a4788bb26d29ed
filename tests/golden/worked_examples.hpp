#pragma once
#include <fmt/format.h>
#include <simdjson.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <string>
#include <string_view>

#include "support/evaluated.hpp"

namespace margind::test {

/// One example of the file.
struct Example {
    simdjson::dom::element inputs;
    simdjson::dom::element expected;
    double tolerance = 0.0;

    [[nodiscard]] double input(std::string_view pointer) const {
        return inputs.at_pointer(pointer).get_double();
    }
    void check(double ours, std::string_view pointer) const {
        CAPTURE(pointer);
        CHECK_THAT(
            ours, Catch::Matchers::WithinAbs(expected.at_pointer(pointer).get_double(), tolerance));
    }
};
/// A CFD without leverage, in a USD account without other positions.
std::string cfd_document(double lots, double contract_size, double bid, double ask, double rate,
                         double balance);

// Margins, conversions and P/L (worked_margins.cpp).

void forex_basic(const Example& example);
void convert_to_deposit(const Example& example);
void margin_rate(const Example& example);
void contract_stock(const Example& example);
void hedged_basic(const Example& example);
void larger_leg(const Example& example);
void volume_tiers(const Example& example);
void valued_at_mid(const Example& example);
void profit_forex(const Example& example);
void conversion_side_of_profit_and_loss(const Example& example);
void single_band(const Example& example);
void three_bands(const Example& example);
void rate_of_notional(const Example& example);
void float_dust(const Example& example);
void side_by_composition(const Example& example);

// Maintenance, stop-outs and liquidation prices (worked_exits.cpp).

void continuous_tiers(const Example& example);
void initial_and_half_of_it(const Example& example);
void liquidatable_below_maintenance(const Example& example);
void one_linear_perpetual(const Example& example);
void cross_perpetuals(const Example& example);
void isolated_at_entry(const Example& example);
void inverse_cross(const Example& example);
void smart_stop_out(const Example& example);
void partial_size_with_fees(const Example& example);

// Prices before they value anybody (worked_guards.cpp).

void soft_tick_filter(const Example& example);

}  // namespace margind::test
