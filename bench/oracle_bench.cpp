// How far the engine is from exact: made-up accounts of every rule, valued by an engine in beats
// and in whole numbers (tests/support/exact_oracle.hpp). Takes most of an hour at its full size;
// bench/run.sh --oracle runs it, and nothing else does.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "bench/harness.hpp"
#include "support/exact_comparison.hpp"

namespace margind::bench {
namespace {

using namespace test::exact;

struct OracleSettings {
    std::uint64_t accounts = 100'000'000;
    std::uint64_t seed = 1;
    std::optional<std::uint64_t> market;  // this one alone
    bool is_extreme = false;
};

constexpr std::string_view usage =
    "usage: bench_oracle [--accounts N] [--seed N] [--market N] [--extreme]\n\n"
    "Values made-up accounts by the engine and exactly, and ends with 1 where equity, P/L or\n"
    "margin of any is more than one minor unit off.\n\n"
    "  --accounts N  how many (default 100000000; each at two prices)\n"
    "  --seed N      of the markets (default 1)\n"
    "  --market N    one market alone, by the seed that a failure names\n"
    "  --extreme     amounts up to 2^53 minor units, and the largest difference by their size\n";

[[noreturn]] void refuse(std::string_view what) {
    fmt::print(stderr, "bench_oracle: {}\n{}", what, usage);
    std::exit(2);
}

std::uint64_t number_after(int argc, char** argv, int& at) {
    const std::string_view option{argv[at]};
    const std::string_view text{++at < argc ? argv[at] : ""};
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
        refuse(fmt::format("{}: expected a whole number, found '{}'", option, text));
    }
    return number;
}

OracleSettings read_oracle_settings(int argc, char** argv) {
    OracleSettings settings;
    for (int i = 1; i < argc; ++i) {
        const std::string_view word{argv[i]};
        if (word == "--accounts") {
            settings.accounts = std::max<std::uint64_t>(1, number_after(argc, argv, i));
        } else if (word == "--seed") {
            settings.seed = number_after(argc, argv, i);
        } else if (word == "--market") {
            settings.market = number_after(argc, argv, i);
        } else if (word == "--extreme") {
            settings.is_extreme = true;
        } else if (word == "--help" || word == "-h") {
            fmt::print("{}", usage);
            std::exit(0);
        } else {
            refuse(fmt::format("unknown argument '{}'", word));
        }
    }
    return settings;
}

/// Says every ten seconds how far it is.
class Progress {
public:
    explicit Progress(std::uint64_t accounts) : accounts_{accounts} {}

    void tell(const ExactTally& tally) {
        const double now = seconds();
        if (now < next_) return;
        next_ = now + 10.0;
        say(fmt::format("{} of {} accounts, {:.0f} s, largest difference {}, failures {}",
                        tally.accounts, accounts_, now, tally.largest, tally.failures));
    }
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

private:
    std::uint64_t accounts_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    double next_ = 10.0;
};

ExactTally compare_all(const OracleSettings& settings, Progress& progress) {
    ExactComparison comparison;
    if (settings.is_extreme) comparison.material.magnitude = Magnitude::extreme;
    if (settings.market) return compare(*settings.market, comparison);
    // Markets of one seed keep clear of those of the next.
    const std::uint64_t first = settings.seed * 1'000'000'000;
    ExactTally tally;
    for (std::uint64_t market = first; tally.accounts < settings.accounts; ++market) {
        const std::uint64_t left = settings.accounts - tally.accounts;
        comparison.accounts = std::min<std::size_t>(comparison.accounts, left);
        tally.add(compare(market, comparison));
        progress.tell(tally);
    }
    return tally;
}

void report(const OracleSettings& settings, const ExactTally& tally, double seconds) {
    print({.name = "accounts compared with exact arithmetic",
           .value = static_cast<double>(tally.accounts),
           .unit = "accounts",
           .ratio = {},
           .peer = "",
           .target = "none off by more than one minor unit",
           .note = fmt::format("seed {}, largest difference {} minor units; {} valuations: {} "
                               "exact, {} off by 1, {} by 2, {} by more, {} a unit of the profit "
                               "currency off where doubles cannot tell a half, {} too large to "
                               "compare; {} failures; {:.0f} s, {:.0f} accounts/s",
                               settings.seed, tally.largest, tally.valuations, tally.by_distance[0],
                               tally.by_distance[1], tally.by_distance[2], tally.by_distance[3],
                               tally.undecided, tally.too_large, tally.failures, seconds,
                               static_cast<double>(tally.accounts) / seconds)});
    for (std::size_t bits = 0; settings.is_extreme && bits < tally.largest_by_bits.size(); ++bits) {
        const std::int64_t off = tally.largest_by_bits[bits];
        if (off > 0) say(fmt::format("amounts below 2^{}: at most {} off", bits, off));
    }
    for (const ExactFailure& failure : tally.kept) say(failure.shortened(1).text());
}

}  // namespace
}  // namespace margind::bench

int main(int argc, char** argv) {
    using namespace margind::bench;
    const OracleSettings settings = read_oracle_settings(argc, argv);
    try {
        Progress progress{settings.accounts};
        const auto tally = compare_all(settings, progress);
        report(settings, tally, progress.seconds());
        return tally.failures == 0 ? 0 : 1;
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}: {}\n", argv[0], error.what());
        return 1;
    }
}
