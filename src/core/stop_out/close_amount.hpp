#pragma once
#include <cstddef>
#include <optional>

#include "core/stop_out/closing_account.hpp"

namespace margind {

/// How much of one exposure is best closed, up to `most`: what leaves the highest level, of equal
/// ones the largest volume. Nothing where none of the volumes tried raises the level.
[[nodiscard]] std::optional<Volume> raising_amount(ClosingAccount& account, std::size_t exposure,
                                                   Volume most);

/// The fewest volume steps of one exposure that are enough, `most` where none are.
[[nodiscard]] Volume fewest_enough(ClosingAccount& account, std::size_t exposure, Volume most);

}  // namespace margind
