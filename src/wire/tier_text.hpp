#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "margind/core/rules/instrument.hpp"

namespace margind::wire {

/// Tiers as one text, as group hashes and scenarios have them: bands with their lower bound, from 0
/// on, by commas. A band has a factor ("0:1,10:2,20:3"), a leverage ("0:1/500,10:1/200"), and for
/// perpetuals perhaps a deduction ("0:0.01,50000:0.025;750"). Nothing for anything else.
[[nodiscard]] std::optional<std::vector<TierSpec>> parse_tiers(std::string_view text);

/// The text that reads back as `tiers`; empty for none.
[[nodiscard]] std::string tier_text(const std::vector<TierSpec>& tiers);

}  // namespace margind::wire
