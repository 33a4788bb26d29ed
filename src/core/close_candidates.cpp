#include "core/close_candidates.hpp"

#include <algorithm>
#include <cstdlib>

namespace margind {
namespace {

bool is_closable(const Exposure& exposure, const GeneralMarket& market) {
    return exposure.kind == OrderKind::position && exposure.volume.raw() > 0 &&
           market.session(exposure.symbol) == Session::open;
}

/// The positions of a netting account's symbol, from `first` to `end`: of its net position the
/// volume that this has; where there is none, all of them.
Candidate net_candidate(const GeneralAccount& account, const GeneralMarket& market,
                        std::size_t first, std::size_t end, std::int64_t net) {
    Candidate candidate;
    std::int64_t left = std::abs(net);
    for (std::size_t i = first; i < end; ++i) {
        const Exposure& exposure = account.exposures[i];
        if (!is_closable(exposure, market)) continue;
        std::int64_t closed = exposure.volume.raw();
        if (net != 0) closed = exposure.is_short == (net < 0) ? std::min(left, closed) : 0;
        if (closed == 0) continue;
        left -= closed;
        candidate.push_back({i, Volume::from_raw(closed)});
    }
    return candidate;
}

/// One past the exposures of the symbol that begin at `first`.
std::size_t end_of_symbol(const std::vector<Exposure>& exposures, std::size_t first) {
    std::size_t end = first;
    while (end < exposures.size() && exposures[end].symbol == exposures[first].symbol) ++end;
    return end;
}

}  // namespace

std::vector<std::int64_t> net_volumes(const GeneralAccount& account) {
    const auto& exposures = account.exposures;
    std::vector<std::int64_t> all(exposures.size());
    for (std::size_t first = 0; first < all.size();) {
        const std::size_t end = end_of_symbol(exposures, first);
        std::int64_t net = 0;
        for (std::size_t i = first; i < end; ++i) {
            if (exposures[i].kind != OrderKind::position) continue;
            const std::int64_t raw = exposures[i].volume.raw();
            net += exposures[i].is_short ? -raw : raw;
        }
        for (; first < end; ++first) all[first] = net;
    }
    return all;
}

Volume uncovered(const Exposure& position, std::int64_t net) {
    const std::int64_t own_net = position.is_short ? -net : net;
    return Volume::from_raw(std::clamp<std::int64_t>(own_net, 0, position.volume.raw()));
}

std::vector<Candidate> close_candidates(const GeneralAccount& account, const GeneralMarket& market,
                                        std::span<const std::int64_t> net, bool spares_hedges) {
    std::vector<Candidate> all;
    const auto& exposures = account.exposures;
    if (account.margin_mode == MarginMode::netting) {
        for (std::size_t first = 0; first < exposures.size();) {
            const std::size_t end = end_of_symbol(exposures, first);
            Candidate candidate = net_candidate(account, market, first, end, net[first]);
            if (!candidate.empty()) all.push_back(std::move(candidate));
            first = end;
        }
        return all;
    }
    for (std::size_t i = 0; i < exposures.size(); ++i) {
        if (!is_closable(exposures[i], market)) continue;
        const Volume part = uncovered(exposures[i], net[i]);
        const bool is_part = spares_hedges && part.raw() > 0;
        all.push_back({{i, is_part ? part : exposures[i].volume}});
    }
    return all;
}

}  // namespace margind
