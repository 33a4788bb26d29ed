#include "core/stop_out/close_amount.hpp"

#include <vector>

namespace margind {
namespace {

/// Levels after closes of one exposure, by volume steps.
class Trials {
public:
    Trials(ClosingAccount& account, std::size_t exposure, Volume most)
        : account_{account},
          instrument_{*account.rest().exposures[exposure].instrument},
          exposure_{exposure},
          most_{most},
          best_{account.now()} {}

    [[nodiscard]] std::optional<Volume> run() {
        const std::vector<std::int64_t> trials = trial_steps(steps_of(instrument_, most_));
        Levels levels;
        for (const std::int64_t steps : trials) levels.push_back(take(steps));
        for (std::size_t i = 0; i < trials.size(); ++i) {
            if (!is_top(levels, i)) continue;
            const std::int64_t below = i == 0 ? 0 : trials[i - 1];
            look_between(below, i + 1 == trials.size() ? trials[i] : trials[i + 1]);
        }
        if (steps_ == 0) return std::nullopt;
        return volume_of(instrument_, steps_, most_);
    }

private:
    using Levels = std::vector<std::optional<Standing>>;

    /// Tries one volume, and keeps it where it is the best so far.
    std::optional<Standing> take(std::int64_t steps) {
        const auto after = account_.after({exposure_, volume_of(instrument_, steps, most_)});
        if (!after) return after;
        const bool is_higher = account_.is_lower(best_, *after);
        const bool is_larger = steps_ != 0 && steps > steps_ && !account_.is_lower(*after, best_);
        if (is_higher || is_larger) {
            best_ = *after;
            steps_ = steps;
        }
        return after;
    }
    [[nodiscard]] bool is_worse(const std::optional<Standing>& a,
                                const std::optional<Standing>& b) const {
        return b && (!a || account_.is_lower(*a, *b));
    }
    /// True where neither neighbour leaves a higher level.
    [[nodiscard]] bool is_top(const Levels& levels, std::size_t i) const {
        return levels[i] && (i == 0 || !is_worse(levels[i], levels[i - 1])) &&
               (i + 1 == levels.size() || !is_worse(levels[i], levels[i + 1]));
    }
    /// Between two bounds the level rises and then falls: closes in on where it turns.
    void look_between(std::int64_t low, std::int64_t high) {
        constexpr int rounds_max = 16;
        for (int round = 0; round < rounds_max && high - low > 2; ++round) {
            const std::int64_t third = (high - low) / 3;
            const auto left = take(low + third);
            const auto right = take(high - third);
            if (is_worse(left, right)) {
                low += third;
            } else {
                high -= third;
            }
        }
        if (high - low == 2) take(low + 1);
    }

    ClosingAccount& account_;
    const Instrument& instrument_;
    std::size_t exposure_;
    Volume most_;
    Standing best_;
    std::int64_t steps_ = 0;  // of the best one; 0 = as it is
};

}  // namespace

std::optional<Volume> raising_amount(ClosingAccount& account, std::size_t exposure, Volume most) {
    return Trials{account, exposure, most}.run();
}

Volume fewest_enough(ClosingAccount& account, std::size_t exposure, Volume most) {
    const Instrument& instrument = *account.rest().exposures[exposure].instrument;
    const auto is_enough_after = [&](std::int64_t steps) {
        const auto after = account.after({exposure, volume_of(instrument, steps, most)});
        return after && account.is_enough(*after);
    };
    std::int64_t few = 0;
    std::int64_t many = steps_of(instrument, most);
    if (!is_enough_after(many)) return most;
    while (many - few > 1) {
        const std::int64_t middle = few + (many - few) / 2;
        (is_enough_after(middle) ? many : few) = middle;
    }
    return volume_of(instrument, many, most);
}

}  // namespace margind
