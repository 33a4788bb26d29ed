#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace margind::test {

/// A seeded source of chance (splitmix64): the same seed gives the same numbers on every machine.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_{seed * 0x9e3779b97f4a7c15ull + 1} {}

    std::uint64_t next() {
        std::uint64_t x = state_ += 0x9e3779b97f4a7c15ull;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
        return x ^ (x >> 31);
    }
    /// 0 … count - 1. Precondition: count > 0.
    std::uint64_t below(std::uint64_t count) { return next() % count; }
    /// first … last, both included.
    std::int64_t between(std::int64_t first, std::int64_t last) {
        return first +
               static_cast<std::int64_t>(below(static_cast<std::uint64_t>(last - first) + 1));
    }
    /// At least `low`, below `high`.
    double real(double low, double high) {
        return low + (high - low) * (static_cast<double>(next() >> 11) * 0x1.0p-53);
    }
    bool chance(double probability) { return real(0.0, 1.0) < probability; }

    template <class T>
    const T& pick(const std::vector<T>& from) {
        return from[below(from.size())];
    }
    template <class T, std::size_t count>
    T pick(const T (&from)[count]) {
        return from[below(count)];
    }
    /// Fisher and Yates.
    template <class T>
    void shuffle(std::vector<T>& items) {
        for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
    }

private:
    std::uint64_t state_;
};

}  // namespace margind::test
