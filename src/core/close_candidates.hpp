#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "margind/core/general_account.hpp"

namespace margind {

/// A volume of an exposure that is to be closed.
struct Change {
    std::size_t exposure = 0;
    Volume closed;
};
/// What is closed at once: of one exposure, or of the positions that are a symbol's net one.
using Candidate = std::vector<Change>;

/// Net volume of each exposure's symbol, positions only, long above 0. Exposures are sorted by
/// symbol.
[[nodiscard]] std::vector<std::int64_t> net_volumes(const GeneralAccount& account);

/// What of a position its symbol's other side does not cover. `net`: the symbol's.
[[nodiscard]] Volume uncovered(const Exposure& position, std::int64_t net);

/// What of an account could be closed next: of a netting account a symbol's net position, or where
/// that is none all that it is made of; else single positions. Without what does not trade.
/// `spares_hedges`: of a position what is not covered, as long as there is anything.
[[nodiscard]] std::vector<Candidate> close_candidates(const GeneralAccount& account,
                                                      const GeneralMarket& market,
                                                      std::span<const std::int64_t> net,
                                                      bool spares_hedges);

}  // namespace margind
