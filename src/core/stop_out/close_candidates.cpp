#include "core/stop_out/close_candidates.hpp"

#include <algorithm>
#include <cstdlib>

namespace margind {
namespace {

bool is_closable(const Exposure& exposure, const GeneralMarket& market) {
    return exposure.kind == OrderKind::position && exposure.volume.raw() > 0 &&
           market.session(exposure.symbol) == Session::open;
}

/// The positions of a netting account's symbol, from `first` to `end`: the volume of its net
/// position.
Candidate net_candidate(const GeneralAccount& account, const GeneralMarket& market,
                        std::size_t first, std::size_t end, std::int64_t net) {
    Candidate candidate;
    std::int64_t left = std::abs(net);
    for (std::size_t i = first; i < end && left > 0; ++i) {
        const Exposure& exposure = account.exposures[i];
        if (!is_closable(exposure, market) || exposure.is_short != (net < 0)) continue;
        const std::int64_t closed = std::min(left, exposure.volume.raw());
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

std::vector<bool> even_exposures(const GeneralAccount& account) {
    const auto& exposures = account.exposures;
    std::vector<bool> all(exposures.size(), false);
    if (account.margin_mode == MarginMode::netting) return all;
    for (std::size_t first = 0; first < all.size();) {
        const std::size_t end = end_of_symbol(exposures, first);
        const Instrument& instrument = *exposures[first].instrument;
        bool is_even = instrument.tiers.empty() && instrument.taker_fee == 0.0;
        for (std::size_t i = first; i < end; ++i) {
            is_even &= exposures[i].is_short == exposures[first].is_short;
        }
        // Basic hedging takes the mean open price of all of them.
        is_even &= !account.hedges_basically(instrument) || end - first == 1;
        for (; first < end; ++first) all[first] = is_even;
    }
    return all;
}

Volume uncovered(const Exposure& position, std::int64_t net) {
    const std::int64_t own_net = position.is_short ? -net : net;
    return Volume::from_raw(std::clamp<std::int64_t>(own_net, 0, position.volume.raw()));
}

std::vector<Candidate> close_candidates(const GeneralAccount& account, const GeneralMarket& market,
                                        std::span<const std::int64_t> net,
                                        CandidateOptions options) {
    std::vector<Candidate> all;
    const auto& exposures = account.exposures;
    const bool is_netting = account.margin_mode == MarginMode::netting;
    for (std::size_t i = 0; i < exposures.size(); ++i) {
        if (is_netting && net[i] != 0) {
            const std::size_t end = end_of_symbol(exposures, i);
            Candidate candidate = net_candidate(account, market, i, end, net[i]);
            if (!candidate.empty()) all.push_back(std::move(candidate));
            i = end - 1;
            continue;
        }
        if (!is_closable(exposures[i], market) || (is_netting && !options.has_flat)) continue;
        const Volume part = uncovered(exposures[i], net[i]);
        const bool is_part = options.spares_hedges && part.raw() > 0;
        all.push_back({{i, is_part ? part : exposures[i].volume}});
    }
    return all;
}

Volume slice_of(const Instrument& instrument, Volume volume) {
    const std::int64_t largest = instrument.volume_max.raw();
    if (largest == 0 || volume.raw() <= largest) return volume;
    const std::int64_t step = instrument.volume_step.raw();
    return Volume::from_raw(largest < step ? largest : largest / step * step);
}

std::int64_t steps_of(const Instrument& instrument, Volume volume) {
    const std::int64_t step = instrument.volume_step.raw();
    return volume.raw() / step + (volume.raw() % step != 0 ? 1 : 0);
}

Volume volume_of(const Instrument& instrument, std::int64_t steps, Volume most) {
    const std::int64_t step = instrument.volume_step.raw();
    return steps > most.raw() / step ? most : Volume::from_raw(steps * step);
}

std::vector<std::int64_t> trial_steps(std::int64_t most) {
    constexpr std::int64_t few = 32;
    constexpr std::int64_t parts = 16;
    std::vector<std::int64_t> trials;
    if (most <= few) {
        for (std::int64_t steps = 1; steps <= most; ++steps) trials.push_back(steps);
        return trials;
    }
    for (std::int64_t steps = most / parts / 2; steps > 0; steps /= 2) trials.push_back(steps);
    std::ranges::reverse(trials);
    for (std::int64_t part = 1; part < parts; ++part) trials.push_back(most / parts * part);
    trials.push_back(most);
    return trials;
}

}  // namespace margind
