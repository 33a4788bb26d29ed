#include "core/rules/rule_packs.hpp"

#include <algorithm>

#include "margind/core/rules/asset_class.hpp"

namespace margind {
namespace {

constexpr auto nfa_majors = std::to_array<std::string_view>(
    {"USD", "GBP", "CHF", "CAD", "JPY", "EUR", "AUD", "NZD", "SEK", "NOK", "DKK"});

struct Cap {
    std::string_view asset_class;
    double leverage;
};
constexpr Cap esma_caps[] = {
    {"forex_major", 30.0}, {"forex_minor", 20.0}, {"index_major", 20.0}, {"gold", 20.0},
    {"index_minor", 10.0}, {"commodity", 10.0},   {"equity", 5.0},       {"bond", 5.0},
    {"other", 5.0},        {"crypto", 2.0},
};
constexpr Cap fca_caps[] = {
    {"forex_major", 30.0},     {"forex_minor", 20.0}, {"index_major", 20.0}, {"gold", 20.0},
    {"index_minor", 10.0},     {"commodity", 10.0},   {"equity", 5.0},       {"other", 5.0},
    {"government_bond", 30.0}, {"bond", 5.0},         {"crypto", 0.0},
};
constexpr Cap nfa_caps[] = {
    {"forex_major", 50.0},
    {"forex_minor", 20.0},
};

std::span<const Cap> caps_of(RulePack pack) {
    switch (pack) {
        case RulePack::none: break;
        case RulePack::esma: return esma_caps;
        case RulePack::fca: return fca_caps;
        case RulePack::nfa: return nfa_caps;
    }
    return {};
}

}  // namespace

std::string_view to_string(RulePack pack) {
    for (const auto& [name, known] : rule_pack_names) {
        if (known == pack) return name;
    }
    return "none";
}

std::optional<double> leverage_cap(RulePack pack, std::string_view asset_class) {
    const auto caps = caps_of(pack);
    for (; !asset_class.empty(); asset_class = family_of(asset_class)) {
        const auto cap = std::ranges::find(caps, asset_class, &Cap::asset_class);
        if (cap != caps.end()) return cap->leverage;
    }
    return std::nullopt;
}

std::span<const std::string_view> major_currencies(RulePack pack) {
    if (pack == RulePack::nfa) return nfa_majors;
    return retail_majors;
}

}  // namespace margind
