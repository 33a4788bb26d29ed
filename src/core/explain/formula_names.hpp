#pragma once
#include <string_view>

/// The formulas by the headings of docs/formulas.md, which tests/golden/formula_names_test.cpp
/// holds them to.
namespace margind::formula {

inline constexpr std::string_view profit = "1 Profit and loss";
inline constexpr std::string_view profit_forex = "1.1 Forex";
inline constexpr std::string_view profit_cfd = "1.2 CFDs, index CFDs, crypto, fixed margins";
inline constexpr std::string_view profit_futures = "1.3 Futures";
inline constexpr std::string_view profit_perpetual = "1.4 Perpetuals";
inline constexpr std::string_view other_price = "1.5 Another price";
inline constexpr std::string_view pnl_rounding = "1.6 Where it is rounded";
inline constexpr std::string_view equity = "1.7 Equity, free margin, level";

inline constexpr std::string_view margin = "2 Margin of a position";
inline constexpr std::string_view margin_forex = "2.1 Forex";
inline constexpr std::string_view margin_forex_no_leverage = "2.2 Forex without leverage";
inline constexpr std::string_view margin_cfd = "2.3 CFD";
inline constexpr std::string_view margin_cfd_leverage = "2.4 CFD with leverage";
inline constexpr std::string_view margin_cfd_index = "2.5 Index CFD";
inline constexpr std::string_view margin_futures = "2.6 Futures, initial and maintenance";
inline constexpr std::string_view margin_fixed = "2.7 Fixed margin";
inline constexpr std::string_view margin_crypto = "2.8 Crypto";
inline constexpr std::string_view margin_perpetual = "2.9 Perpetuals";
inline constexpr std::string_view margin_rates = "2.10 Margin rates by side and order type";

inline constexpr std::string_view margin_sum = "3 Netting and hedging";
inline constexpr std::string_view larger_leg = "3.1 Hedging, the larger leg";
inline constexpr std::string_view basic_hedging = "3.2 Hedging, basic";
inline constexpr std::string_view hedged_contract_size = "3.3 The hedged contract size";
inline constexpr std::string_view pending_orders = "3.4 Pending orders";
inline constexpr std::string_view netting = "3.5 Netting";
inline constexpr std::string_view netting_orders = "3.6 Netting, with orders";
inline constexpr std::string_view isolated = "3.7 Isolated margin";

inline constexpr std::string_view rate_direct = "4.1 Direct";
inline constexpr std::string_view rate_inverse = "4.2 Inverse";
inline constexpr std::string_view rate_two_stages = "4.3 Two stages";
inline constexpr std::string_view pnl_sides = "4.4 Other sides for the P/L";
inline constexpr std::string_view margin_sides = "4.5 Other sides for the margin";
inline constexpr std::string_view rate_suffix = "4.6 Symbols with a suffix";
inline constexpr std::string_view no_rate = "4.7 No rate";

inline constexpr std::string_view level = "5.1 Comparing with a level";
inline constexpr std::string_view states = "5.2 Margin call and stop-out";
inline constexpr std::string_view fully_hedged = "5.3 Fully hedged";
inline constexpr std::string_view plan = "5.4 The plan";
inline constexpr std::string_view largest_loss = "5.5 The largest loss";
inline constexpr std::string_view largest_margin = "5.6 The largest margin";
inline constexpr std::string_view smart = "5.7 Smart";
inline constexpr std::string_view fifo = "5.8 First in, first out";
inline constexpr std::string_view fair = "5.9 Fair shares";
inline constexpr std::string_view hedge_preserving = "5.10 Preserving hedges";
inline constexpr std::string_view slices = "5.11 Slices";
inline constexpr std::string_view stop_out_fee = "5.12 What a stop-out costs";
inline constexpr std::string_view not_trading = "5.13 What does not trade";
inline constexpr std::string_view two_stages = "5.14 Two stages";
inline constexpr std::string_view deficit = "5.15 Negative balance";

inline constexpr std::string_view rounding = "6 Money and rounding";
inline constexpr std::string_view platform = "7 The rule set platform";

inline constexpr std::string_view liquidation = "8.1 Where the stop-out is";
inline constexpr std::string_view bankruptcy = "8.2 Bankruptcy, and the fee to close";
inline constexpr std::string_view to_the_tick = "8.3 To the tick";

inline constexpr std::string_view tiers_lots = "9.1 By lots";
inline constexpr std::string_view tiers_notional = "9.2 By notional";
inline constexpr std::string_view tiers_leverage = "9.3 With leverages";
inline constexpr std::string_view tiers_hedged = "9.4 Hedged volume";
inline constexpr std::string_view tiers_maintenance = "9.5 Maintenance margin of perpetuals";
inline constexpr std::string_view tiers_scope = "9.6 Over a set of symbols";

inline constexpr std::string_view daily_loss = "10.1 Daily loss";
inline constexpr std::string_view drawdown = "10.2 Drawdown";

}  // namespace margind::formula
