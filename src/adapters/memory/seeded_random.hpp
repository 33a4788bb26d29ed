#pragma once
#include <bit>
#include <cstdint>

namespace margind::memory {

/// Numbers that look random and are the same for the same seed on every machine and with every
/// library: xoshiro256** seeded by splitmix64, and nothing but IEEE arithmetic behind it.
class SeededRandom {
public:
    explicit SeededRandom(std::uint64_t seed) {
        for (std::uint64_t& word : state_) word = split(seed);
    }
    /// A stream of its own for the `index`-th thing made from one seed.
    SeededRandom(std::uint64_t seed, std::uint64_t index)
        : SeededRandom{seed ^ (index * 0x9e3779b97f4a7c15u + 0x7f4a7c159e3779b9u)} {}

    std::uint64_t next() {
        const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
        const std::uint64_t shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }
    /// Uniform in [0, 1).
    double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    /// Uniform in [low, high).
    double between(double low, double high) { return low + (high - low) * unit(); }
    /// Uniform in [0, count). Precondition: count > 0. The bias is below 2⁻³² for small counts.
    std::uint32_t below(std::uint32_t count) {
        return static_cast<std::uint32_t>(((next() >> 32) * count) >> 32);
    }
    bool chance(double probability) { return unit() < probability; }
    /// Nearly normal with mean 0 and deviation 1: the sum of twelve uniform numbers, less six. It
    /// uses no library function whose last bit may differ.
    double normal() {
        double sum = -6.0;
        for (int i = 0; i < 12; ++i) sum += unit();
        return sum;
    }

private:
    static std::uint64_t split(std::uint64_t& seed) {
        seed += 0x9e3779b97f4a7c15u;
        std::uint64_t z = seed;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    std::uint64_t state_[4]{};
};

}  // namespace margind::memory
