#include <algorithm>
#include <ranges>
#include <string>

#include "margind/core/rules/rule_check.hpp"

namespace margind {
namespace {

bool are_equal(const TierBand& a, const TierBand& b) {
    return a.from == b.from && a.rate == b.rate && a.leverage == b.leverage;
}

/// What two specifications of one set differ in; empty where in nothing.
std::string_view difference(const Instrument& one, const Instrument& other) {
    if (one.tier_scope != other.tier_scope) return "names other symbols";
    if (!std::ranges::equal(one.tiers, other.tiers, are_equal)) return "has other tiers";
    if (one.tier_basis != other.tier_basis) return "has another tier_basis";
    const bool is_by_money = one.tier_basis == TierBasis::notional;
    if (is_by_money && one.tier_currency != other.tier_currency) {
        return "has another tier_currency";
    }
    return {};
}

bool has_name(std::string_view list, std::string_view name) {
    const auto is_name = [&](auto part) { return std::string_view{part} == name; };
    return std::ranges::any_of(list | std::views::split(','), is_name);
}

/// What is wrong with the other side; empty where nothing is.
std::string wrong_with(const InstrumentSpec& spec, const Instrument& instrument,
                       const InstrumentSpec& other_spec) {
    if (!other_spec.exists) return "has no specification";
    const auto other = derive_instrument(other_spec);
    if (!other) return {};  // told of itself
    if (!has_name(other->tier_scope, spec.symbol)) return "does not name " + spec.symbol;
    // What both differ in is told once.
    if (other_spec.symbol < spec.symbol) return {};
    return std::string{difference(instrument, *other)};
}

}  // namespace

RuleFindings check_tier_scope(const InstrumentSpec& spec, const SpecOfSymbol& spec_of) {
    RuleFindings findings;
    const auto instrument = derive_instrument(spec);
    if (!instrument || instrument->tiers.empty() || instrument->is_perpetual()) return findings;
    for (const auto part : std::string_view{instrument->tier_scope} | std::views::split(',')) {
        const std::string_view name{part};
        if (name == spec.symbol) continue;
        const std::string wrong = wrong_with(spec, *instrument, spec_of(name));
        if (wrong.empty()) continue;
        findings.push_back("tier_scope: " + std::string{name} + " " + wrong);
    }
    return findings;
}

}  // namespace margind
