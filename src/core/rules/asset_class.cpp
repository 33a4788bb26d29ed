#include "margind/core/rules/asset_class.hpp"

#include <algorithm>

#include "core/rules/instrument_basics.hpp"

namespace margind {
namespace {

const AssetClass* find(std::string_view name) {
    const auto found = std::ranges::find(asset_classes, name, &AssetClass::name);
    return found == asset_classes.end() ? nullptr : &*found;
}

/// A platform's type 2 are metals; elsewhere the code of ISO 4217 says it.
std::string_view metal_of(const InstrumentSpec& spec, std::string_view base) {
    if (base == "XAU") return "gold";
    const bool is_typed = spec.calc_mode.empty() && spec.type && *spec.type == 2;
    const bool is_metal = is_typed || base == "XAG" || base == "XPT" || base == "XPD";
    return is_metal ? "metal" : "";
}

std::string_view derived_class(const InstrumentSpec& spec,
                               std::span<const std::string_view> majors) {
    const auto mode = calc_mode_of(spec);
    if (!mode || *mode == CalcMode::perpetual_linear || *mode == CalcMode::perpetual_inverse) {
        return {};
    }
    if (*mode == CalcMode::crypto) return "crypto";
    const std::string_view base = base_currency_of(spec);
    if (const std::string_view metal = metal_of(spec, base); !metal.empty()) return metal;
    if (*mode != CalcMode::forex && *mode != CalcMode::forex_no_leverage) return {};
    const auto is_major = [&](std::string_view currency) {
        return std::ranges::find(majors, currency) != majors.end();
    };
    return is_major(base) && is_major(profit_currency_of(spec)) ? "forex_major" : "forex_minor";
}

}  // namespace

bool is_listed_class(std::string_view asset_class) { return find(asset_class) != nullptr; }

std::string_view family_of(std::string_view asset_class) {
    const AssetClass* found = find(asset_class);
    return found == nullptr ? std::string_view{} : found->family;
}

bool belongs_to(std::string_view asset_class, std::string_view family) {
    for (; !asset_class.empty(); asset_class = family_of(asset_class)) {
        if (asset_class == family) return true;
    }
    return false;
}

std::string_view asset_class_of(const InstrumentSpec& spec,
                                std::span<const std::string_view> majors) {
    const std::string_view derived = derived_class(spec, majors);
    // A family leaves open which of its classes it is.
    const bool is_narrower = belongs_to(derived, spec.asset_class);
    return spec.asset_class.empty() || is_narrower ? derived : std::string_view{spec.asset_class};
}

}  // namespace margind
