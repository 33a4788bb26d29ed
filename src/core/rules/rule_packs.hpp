#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "margind/core/rules/rule_check.hpp"

namespace margind {

[[nodiscard]] std::string_view to_string(RulePack pack);

/// The leverage that a pack allows for an asset class, or else for its family; 0 where the class
/// may not be sold to retail clients; nothing where the pack does not say. Sources:
/// docs/rule-packs.md.
[[nodiscard]] std::optional<double> leverage_cap(RulePack pack, std::string_view asset_class);

/// The currencies whose pairs the pack calls major.
[[nodiscard]] std::span<const std::string_view> major_currencies(RulePack pack);

/// True of the packs that ask for a close-out at half of the initial margin.
[[nodiscard]] inline bool has_close_out(RulePack pack) {
    return pack == RulePack::esma || pack == RulePack::fca;
}

}  // namespace margind
