// The instruments of an `evaluate` document.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <tuple>

#include "margind/core/rules/guard_settings.hpp"
#include "margind/core/rules/instruments.hpp"
#include "wire/evaluate_document.hpp"
#include "wire/instrument_fields.hpp"
#include "wire/redis_keys.hpp"

namespace margind::wire {
namespace {

namespace dom = simdjson::dom;
using Symbols = boost::unordered_flat_set<std::string>;
using std::string_view_literals::operator""sv;

constexpr std::array mode_names{"forex"sv,
                                "forex_no_leverage"sv,
                                "cfd"sv,
                                "cfd_leverage"sv,
                                "cfd_index"sv,
                                "futures"sv,
                                "crypto"sv,
                                "fixed"sv,
                                "perpetual_linear"sv,
                                "perpetual_inverse"sv};
constexpr std::array rate_names{
    "long"sv,       "short"sv,    "maintenance_long"sv, "maintenance_short"sv, "buy_limit"sv,
    "sell_limit"sv, "buy_stop"sv, "sell_stop"sv,        "buy_stop_limit"sv,    "sell_stop_limit"sv};
constexpr std::array maintenance_bases{"mark"sv, "entry"sv};
constexpr std::array tier_bases{"lots"sv, "notional"sv};
constexpr std::array sessions{"open"sv, "closed"sv, "halted"sv};
// Options of the rule set `standard` that mean nothing where the platform's formulas are used.
constexpr std::array standard_only{"initial_margin"sv,
                                   "leverage"sv,
                                   "margin_rate"sv,
                                   "tick_size"sv,
                                   "tick_value"sv,
                                   "maintenance_margin"sv,
                                   "maintenance_fraction"sv,
                                   "maintenance_basis"sv,
                                   "taker_fee"sv,
                                   "liquidation_fee"sv,
                                   "insurance_fee"sv,
                                   "hedged_margin"sv,
                                   "tiers"sv,
                                   "tier_basis"sv,
                                   "tier_currency"sv,
                                   "tier_scope"sv,
                                   "tier_hedged_weight"sv};

/// The option of this name.
std::optional<double> InstrumentSpec::* number_of(std::string_view name) {
    return std::ranges::find(instrument_numbers, name, &InstrumentNumber::first)->second;
}

/// `symbol`, or a list of symbols that share their tiers.
std::string read_tier_scope(ObjectReader& reader) {
    const auto value = reader.field("tier_scope");
    std::string_view alone;
    if (!value || (value->get(alone) == simdjson::SUCCESS && alone == "symbol")) return {};
    dom::array symbols;
    std::string scope;
    if (value->get(symbols) == simdjson::SUCCESS) {
        for (const dom::element element : symbols) {
            std::string_view symbol;
            if (element.get(symbol) != simdjson::SUCCESS || !is_name(symbol) ||
                symbol.contains(',')) {
                scope.clear();
                break;
            }
            if (!scope.empty()) scope += ',';
            scope += symbol;
        }
    }
    if (scope.empty()) {
        reader.problem("tier_scope",
                       "expected \"symbol\" or a list of symbols, found " + describe(*value));
    }
    return scope;
}

void read_tiers(ObjectReader& reader, InstrumentSpec& spec, Problems& problems) {
    spec.tier_basis = reader.choice("tier_basis", tier_bases).value_or("");
    spec.tier_currency = reader.text("tier_currency").value_or("");
    spec.tier_hedged_weight = reader.number("tier_hedged_weight", zero_or_above);
    spec.tier_scope = read_tier_scope(reader);
    const auto tiers = reader.array("tiers");
    if (!tiers) return;
    std::size_t index = 0;
    for (const dom::element value : *tiers) {
        ObjectReader band{value, fmt::format("{}[{}]", reader.path_of("tiers"), index++), problems};
        TierSpec& tier = spec.tiers.emplace_back();
        tier.from = band.required_number("from", zero_or_above).value_or(0.0);
        tier.rate = band.number("rate", above_zero);
        tier.leverage = band.number("leverage", above_zero);
        tier.deduction = band.number("deduction");
        band.finish();
    }
}

void read_margin_rate(ObjectReader& reader, InstrumentSpec& spec, Problems& problems) {
    const auto value = reader.field("margin_rate");
    if (!value) return;
    ObjectReader rates{*value, reader.path_of("margin_rate"), problems};
    for (const std::string_view name : rate_names) {
        spec.*number_of("margin_rate_" + std::string{name}) = rates.number(name, zero_or_above);
    }
    rates.finish();
}

/// A problem that derived data tell: "field: what was expected".
void report(ObjectReader& reader, const std::string& error) {
    const auto colon = error.find(": ");
    if (colon == std::string::npos) return reader.problem("symbol", error);
    reader.problem(error.substr(0, colon), error.substr(colon + 2));
}

void check_applies(ObjectReader& reader, std::string_view name, bool applies,
                   std::string_view mode) {
    if (applies || !reader.has(name)) return;
    reader.problem(name, fmt::format("calc_mode {} does not use it", mode));
}

/// Of a perpetual either the share of the notional counts or the tiers.
void check_perpetual(ObjectReader& reader, const InstrumentSpec& spec) {
    if (reader.has("maintenance_margin") && !spec.tiers.empty()) {
        reader.problem("maintenance_margin", "expected either it or tiers, whose rates count");
    }
    const auto has_leverage = [](const TierSpec& tier) { return tier.leverage.has_value(); };
    if (reader.has("maintenance_fraction") && std::ranges::none_of(spec.tiers, has_leverage)) {
        reader.problem("maintenance_fraction", "expected beside tiers with leverages");
    }
}

/// What the rule set `standard` must be able to derive, and options that would change nothing.
void check_standard(ObjectReader& reader, const InstrumentSpec& spec, std::size_t problems_before,
                    const Problems& problems) {
    const auto mode = calc_mode_from(spec.calc_mode);
    if (mode) {
        const Instrument of_mode{.mode = *mode};
        check_applies(reader, "leverage", of_mode.uses_leverage(), spec.calc_mode);
        check_applies(reader, "factor", *mode == CalcMode::crypto, spec.calc_mode);
        const bool is_per_lot = *mode == CalcMode::fixed || *mode == CalcMode::futures;
        check_applies(reader, "initial_margin", is_per_lot, spec.calc_mode);
        check_applies(reader, "maintenance_margin", is_per_lot || of_mode.is_perpetual(),
                      spec.calc_mode);
        const bool has_ticks = *mode == CalcMode::cfd_index || *mode == CalcMode::futures;
        check_applies(reader, "tick_value", has_ticks, spec.calc_mode);
        check_applies(reader, "maintenance_basis", of_mode.is_perpetual(), spec.calc_mode);
        check_applies(reader, "maintenance_fraction", of_mode.is_perpetual(), spec.calc_mode);
        check_applies(reader, "hedged_margin", !of_mode.is_perpetual(), spec.calc_mode);
        check_applies(reader, "taker_fee", of_mode.is_perpetual(), spec.calc_mode);
    }
    if (is_perpetual(spec)) check_perpetual(reader, spec);
    if (problems.size() != problems_before) return;
    if (const auto instrument = derive_instrument(spec); !instrument) {
        report(reader, instrument.error());
    }
}

/// The platform's own notion of a type: only crypto is calculated apart.
int platform_type(std::string_view calc_mode) {
    if (calc_mode == "crypto") return 4;
    return calc_mode == "forex" ? 1 : 3;
}

void read_platform(ObjectReader& reader, InstrumentSpec& spec, std::string_view mode) {
    constexpr std::array names{"forex"sv, "cfd_leverage"sv, "crypto"sv};
    if (!mode.empty() && std::ranges::find(names, mode) == names.end()) {
        reader.problem("calc_mode",
                       fmt::format("expected one of forex, cfd_leverage, crypto in the "
                                   "rule set platform, found \"{}\"",
                                   mode));
    }
    for (const std::string_view name : standard_only) {
        if (reader.has(name)) reader.problem(name, "the rule set platform does not use it");
    }
    check_applies(reader, "factor", mode == "crypto", mode);
    if (!mode.empty()) spec.type = platform_type(mode);
    spec.profit = spec.profit_currency;
    spec.crypto_margin_factor = spec.factor;
}

/// Fields that both rule sets read. `platform` forgives what is missing, as the platform does.
InstrumentSpec read_spec(ObjectReader& reader, bool is_platform, Problems& problems) {
    InstrumentSpec spec;
    spec.group = fallback_group;
    spec.symbol = reader.required_text("symbol").value_or("");
    const auto mode = is_platform ? reader.choice("calc_mode", mode_names)
                                  : reader.required_choice("calc_mode", mode_names);
    spec.calc_mode = mode.value_or("");
    spec.contract_size = is_platform ? reader.number("contract_size", above_zero)
                                     : reader.required_number("contract_size", above_zero);
    spec.base_currency = reader.text("base_currency").value_or("");
    spec.profit_currency =
        (is_platform ? reader.text("profit_currency") : reader.required_text("profit_currency"))
            .value_or("");
    spec.margin_currency = reader.text("margin_currency").value_or("");
    for (const std::string_view name : {"tick_size", "tick_value", "leverage", "factor",
                                        "maintenance_fraction", "volume_step", "volume_max"}) {
        spec.*number_of(name) = reader.number(name, above_zero);
    }
    for (const std::string_view name : {"initial_margin", "maintenance_margin", "hedged_margin",
                                        "taker_fee", "liquidation_fee", "insurance_fee"}) {
        spec.*number_of(name) = reader.number(name, zero_or_above);
    }
    spec.asset_class = reader.text("asset_class").value_or("");
    spec.maintenance_basis = reader.choice("maintenance_basis", maintenance_bases).value_or("");
    read_margin_rate(reader, spec, problems);
    read_tiers(reader, spec, problems);
    return spec;
}

/// The guards of the symbol's prices. That they make sense together is derive_guard's to say.
void read_guard(ObjectReader& reader, InstrumentSpec& spec) {
    constexpr std::int64_t age_ms_max = 9'000'000'000'000'000;
    constexpr std::tuple<std::string_view, std::int64_t, std::int64_t> integers[] = {
        {"digits", 0, 15},
        {"confirm_ticks", 1, 1'000},
        {"confirm_ms", 1, 60'000},
        {"freeze_after_ms", 0, 604'800'000},
        {"max_age_ms", 0, age_ms_max},
    };
    for (const auto& [name, least, most] : integers) {
        if (const auto value = reader.integer(name, least, most)) {
            spec.*number_of(name) = static_cast<double>(*value);
        }
    }
    for (const std::string_view name :
         {"soft_points", "discard_points", "min_spread", "max_spread"}) {
        spec.*number_of(name) = reader.number(name, zero_or_above);
    }
    spec.ref_band_percent = reader.number("ref_band_percent", above_zero);
    spec.ref_symbol = reader.text("ref_symbol").value_or("");
    if (const auto truth = reader.truth("allow_negative")) {
        spec.allow_negative = *truth ? "true" : "false";
    }
}

/// `symbols`: those of the instruments before it.
void read_instrument(ObjectReader& reader, EvaluateDocument& document, Symbols& symbols,
                     Problems& problems) {
    const std::size_t problems_before = problems.size();
    const bool is_platform = document.rules.kind == RuleSetKind::platform;
    InstrumentSpec spec = read_spec(reader, is_platform, problems);
    if (!spec.symbol.empty() && !is_name(spec.symbol)) {
        reader.problem("symbol", "expected 1 to 64 bytes without control characters");
    }
    read_guard(reader, spec);
    if (const auto session = reader.choice("session", sessions)) {
        document.sessions.emplace_back(spec.symbol, *option_from(session_names, *session));
    }
    if (is_platform) {
        read_platform(reader, spec, spec.calc_mode);
    } else {
        check_standard(reader, spec, problems_before, problems);
    }
    if (problems.size() == problems_before) {
        if (const auto guard = derive_guard(spec, {}); !guard) report(reader, guard.error());
    }
    if (!symbols.insert(spec.symbol).second) {
        reader.problem("symbol", "expected each symbol once, found it twice");
    }
    reader.finish();
    document.instruments.push_back(std::move(spec));
}

}  // namespace

void read_instruments(ObjectReader& root, EvaluateDocument& document, Problems& problems) {
    const auto instruments = root.array("instruments");
    if (!instruments) return;
    std::size_t index = 0;
    Symbols symbols;
    for (const dom::element value : *instruments) {
        ObjectReader reader{value, fmt::format("instruments[{}]", index++), problems};
        if (reader.is_object()) read_instrument(reader, document, symbols, problems);
    }
    check_instruments_together(document, problems);
}

}  // namespace margind::wire
