#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "margind/core/rules/instrument.hpp"

namespace margind::wire {

// The options of a specification under the names that group hashes, books, scenarios and `evaluate`
// have in common. A number that is there and is none is NaN.

using InstrumentNumber = std::pair<std::string_view, std::optional<double> InstrumentSpec::*>;
inline constexpr auto instrument_numbers = std::to_array<InstrumentNumber>({
    {"contract_size", &InstrumentSpec::contract_size},
    {"crypto_margin_factor", &InstrumentSpec::crypto_margin_factor},
    {"margin", &InstrumentSpec::margin},
    {"tick_size", &InstrumentSpec::tick_size},
    {"tick_value", &InstrumentSpec::tick_value},
    {"initial_margin", &InstrumentSpec::initial_margin},
    {"maintenance_margin", &InstrumentSpec::maintenance_margin},
    {"maintenance_fraction", &InstrumentSpec::maintenance_fraction},
    {"factor", &InstrumentSpec::factor},
    {"leverage", &InstrumentSpec::leverage},
    {"hedged_margin", &InstrumentSpec::hedged_margin},
    {"margin_rate_long", &InstrumentSpec::margin_rate_long},
    {"margin_rate_short", &InstrumentSpec::margin_rate_short},
    {"margin_rate_maintenance_long", &InstrumentSpec::margin_rate_maintenance_long},
    {"margin_rate_maintenance_short", &InstrumentSpec::margin_rate_maintenance_short},
    {"margin_rate_buy_limit", &InstrumentSpec::margin_rate_buy_limit},
    {"margin_rate_sell_limit", &InstrumentSpec::margin_rate_sell_limit},
    {"margin_rate_buy_stop", &InstrumentSpec::margin_rate_buy_stop},
    {"margin_rate_sell_stop", &InstrumentSpec::margin_rate_sell_stop},
    {"margin_rate_buy_stop_limit", &InstrumentSpec::margin_rate_buy_stop_limit},
    {"margin_rate_sell_stop_limit", &InstrumentSpec::margin_rate_sell_stop_limit},
    {"tier_hedged_weight", &InstrumentSpec::tier_hedged_weight},
    {"volume_step", &InstrumentSpec::volume_step},
    {"volume_max", &InstrumentSpec::volume_max},
    {"taker_fee", &InstrumentSpec::taker_fee},
    {"liquidation_fee", &InstrumentSpec::liquidation_fee},
    {"insurance_fee", &InstrumentSpec::insurance_fee},
    {"digits", &InstrumentSpec::digits},
    {"soft_points", &InstrumentSpec::soft_points},
    {"confirm_ticks", &InstrumentSpec::confirm_ticks},
    {"confirm_ms", &InstrumentSpec::confirm_ms},
    {"discard_points", &InstrumentSpec::discard_points},
    {"min_spread", &InstrumentSpec::min_spread},
    {"max_spread", &InstrumentSpec::max_spread},
    {"freeze_after_ms", &InstrumentSpec::freeze_after_ms},
    {"max_age_ms", &InstrumentSpec::max_age_ms},
    {"ref_band_percent", &InstrumentSpec::ref_band_percent},
});

using InstrumentText = std::pair<std::string_view, std::string InstrumentSpec::*>;
inline constexpr auto instrument_texts = std::to_array<InstrumentText>({
    {"profit", &InstrumentSpec::profit},
    {"calc_mode", &InstrumentSpec::calc_mode},
    {"base_currency", &InstrumentSpec::base_currency},
    {"profit_currency", &InstrumentSpec::profit_currency},
    {"margin_currency", &InstrumentSpec::margin_currency},
    {"maintenance_basis", &InstrumentSpec::maintenance_basis},
    {"tier_basis", &InstrumentSpec::tier_basis},
    {"tier_currency", &InstrumentSpec::tier_currency},
    {"tier_scope", &InstrumentSpec::tier_scope},
    {"asset_class", &InstrumentSpec::asset_class},
    {"session", &InstrumentSpec::session},
    {"allow_negative", &InstrumentSpec::allow_negative},
    {"ref_symbol", &InstrumentSpec::ref_symbol},
});

}  // namespace margind::wire
