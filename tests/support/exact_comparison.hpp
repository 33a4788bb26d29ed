#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "support/exact_material.hpp"

namespace margind::test::exact {

/// One account with the market that it stands in, and how far the engine is from exact there.
struct ExactFailure {
    std::uint64_t seed = 0;  // of the market
    std::size_t account = 0;
    std::int64_t distance = 0;  // minor units; that of nothing known by one of both is endless
    ExactMarket market;
    ExactAccount input;

    /// With every order left out that it does not take to be more than `allowed` off.
    [[nodiscard]] ExactFailure shortened(std::int64_t allowed) const;
    /// The figures of both, and the whole input as an `evaluate` document.
    [[nodiscard]] std::string text() const;
};

/// What came out of many comparisons.
struct ExactTally {
    std::uint64_t accounts = 0;
    std::uint64_t valuations = 0;                // an account is valued at two prices
    std::uint64_t explanations = 0;              // of these compared by position and symbol as well
    std::uint64_t too_large = 0;                 // amounts that need not fit: not compared
    std::array<std::uint64_t, 4> by_distance{};  // valuations 0, 1, 2 and more minor units off
    std::int64_t largest = 0;                    // minor units
    /// The largest distance where the largest amount on the way has so many bits.
    std::array<std::int64_t, 54> largest_by_bits{};
    std::uint64_t undecided = 0;  // further off, as doubles cannot tell: ExactFigures
    std::uint64_t failures = 0;
    std::vector<ExactFailure> kept;  // the first few of them

    void add(const ExactTally& other);
};

struct ExactComparison {
    MaterialOptions material;
    std::size_t accounts = 2'000;
    std::int64_t allowed = 1;  // minor units
    /// Change what the oracle sees of a market and of each account's rules: to see that differences
    /// are found.
    std::function<void(ExactMarket&)> tamper_market;
    std::function<void(RuleSet&)> tamper_rules;
};

/// Values accounts of the market of a seed by the engine, in beats of all of them, and exactly, at
/// two prices each: equity, P/L and margin, of some the P/L of each position and the margin of each
/// symbol as well. Whatever is more than `allowed` off is a failure.
[[nodiscard]] ExactTally compare(std::uint64_t seed, const ExactComparison& comparison = {});

}  // namespace margind::test::exact
