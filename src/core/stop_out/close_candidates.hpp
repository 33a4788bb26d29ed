#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "margind/core/valuation/general_account.hpp"

namespace margind {

/// A volume of an exposure that is to be closed.
struct Change {
    std::size_t exposure = 0;
    Volume closed;
};
/// What is closed one after the other: of one exposure, or of the positions on the side that is a
/// symbol's net one.
using Candidate = std::vector<Change>;

/// Net volume of each exposure's symbol, positions only, long above 0. Exposures are sorted by
/// symbol.
[[nodiscard]] std::vector<std::int64_t> net_volumes(const GeneralAccount& account);

/// What of a position its symbol's other side does not cover. `net`: the symbol's.
[[nodiscard]] Volume uncovered(const Exposure& position, std::int64_t net);

/// For each exposure: true where each lot of it that is closed costs and frees the same, so that
/// the level goes one way only: what is of one side, without tiers, and valued by itself.
[[nodiscard]] std::vector<bool> even_exposures(const GeneralAccount& account);

/// What of positions is a candidate.
struct CandidateOptions {
    bool spares_hedges = false;  // what is not covered, as long as there is anything
    bool has_flat = false;       // of a netting account the positions whose net is none as well
};

/// What of an account could be closed next: of a netting account what a symbol's net position is
/// made of, else single positions. Without what does not trade. `net`: as above.
[[nodiscard]] std::vector<Candidate> close_candidates(const GeneralAccount& account,
                                                      const GeneralMarket& market,
                                                      std::span<const std::int64_t> net,
                                                      CandidateOptions options);

/// What one deal closes of so much: whole volume steps within the instrument's largest deal. One
/// below a step is taken as it is.
[[nodiscard]] Volume slice_of(const Instrument& instrument, Volume volume);

/// How many volume steps a volume is, the last one perhaps in part.
[[nodiscard]] std::int64_t steps_of(const Instrument& instrument, Volume volume);
/// So many volume steps, `most` at most.
[[nodiscard]] Volume volume_of(const Instrument& instrument, std::int64_t steps, Volume most);

/// Numbers of steps up to `most`, ascending, that are tried where a close is looked for that raises
/// the level: all of a few; else sixteenths, and below these halves.
[[nodiscard]] std::vector<std::int64_t> trial_steps(std::int64_t most);

}  // namespace margind
