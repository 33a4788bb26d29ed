#include <cmath>
#include <set>

#include "support/reference_model_valuation.hpp"

namespace margind::test {
namespace {

bool is_positive(const std::optional<double>& value) {
    return value && std::isfinite(*value) && *value > 0.0;
}

/// Positive, or not there at all.
bool is_positive_or_absent(const std::optional<double>& value) {
    return !value || is_positive(value);
}

std::optional<std::string> mode_of(const InstrumentSpec& spec) {
    static const std::set<std::string> modes{
        "forex", "forex_no_leverage", "cfd", "cfd_leverage", "crypto", "fixed"};
    if (!spec.calc_mode.empty()) {
        return modes.contains(spec.calc_mode) ? std::optional{spec.calc_mode} : std::nullopt;
    }
    if (spec.type == 1) return "forex";
    if (spec.type == 2 || spec.type == 3) return "cfd_leverage";
    if (spec.type == 4) return "crypto";
    return {};
}

}  // namespace

std::optional<ModelInstrument> model_instrument(const InstrumentSpec& spec) {
    const auto mode = mode_of(spec);
    if (!spec.exists || !mode || !is_positive(spec.contract_size)) return {};
    ModelInstrument out;
    out.mode = *mode;
    out.contract_size = *spec.contract_size;
    out.profit_currency = spec.profit_currency.empty() ? spec.profit : spec.profit_currency;
    if (out.profit_currency.empty()) return {};
    out.margin_currency = out.profit_currency;
    if (out.is_forex()) {
        const std::string first_three = spec.symbol.size() < 6 ? "" : spec.symbol.substr(0, 3);
        out.margin_currency = spec.base_currency.empty() ? first_three : spec.base_currency;
    }
    if (!spec.margin_currency.empty()) out.margin_currency = spec.margin_currency;
    if (out.margin_currency.empty()) return {};
    if (out.mode == "fixed") {
        if (!spec.initial_margin || !std::isfinite(*spec.initial_margin)) return {};
        if (*spec.initial_margin < 0.0) return {};
        out.margin_per_lot = *spec.initial_margin;
    }
    if (out.mode == "crypto") {
        std::optional<double> factor = spec.factor;
        if (!factor) factor = spec.crypto_margin_factor;
        if (!factor) factor = spec.margin;
        if (!is_positive_or_absent(factor)) return {};
        out.factor = factor.value_or(1.0);
    }
    for (const auto& number : {spec.leverage, spec.margin_rate_long, spec.margin_rate_short}) {
        if (!is_positive_or_absent(number)) return {};
    }
    out.leverage_cap = spec.leverage;
    out.rate_long = spec.margin_rate_long.value_or(1.0);
    out.rate_short = spec.margin_rate_short.value_or(1.0);
    return out;
}

const InstrumentSpec* model_spec(const ModelSpecs& specs, const std::string& group,
                                 const std::string& symbol) {
    const auto own = specs.find({group, symbol});
    if (own == specs.end()) return nullptr;  // not read yet: nothing may stand in for it
    if (own->second.exists) return &own->second;
    const auto standard = specs.find({"Standard", symbol});
    if (standard == specs.end() || !standard->second.exists) return nullptr;
    return &standard->second;
}

}  // namespace margind::test
