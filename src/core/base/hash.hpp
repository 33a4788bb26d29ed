#pragma once
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace margind {

/// splitmix64's finaliser: every input bit reaches every output bit.
constexpr std::uint64_t mix(std::uint64_t x) {
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9ull;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebull;
    return x ^ (x >> 31);
}

/// Two words into one, through the whole product: each half of it depends on both.
constexpr std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
    using Wide = unsigned __int128;
    const Wide product = Wide{a ^ 0xa0761d6478bd642full} * (b ^ 0xe7037ed1a0b428dbull);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// A running 64-bit hash with the same result on every machine. Not for use against an adversary.
class Hasher {
public:
    constexpr explicit Hasher(std::uint64_t seed = 0x9e3779b97f4a7c15ull) : state_{seed} {}

    constexpr void add(std::uint64_t value) {
        state_ = mix(state_ ^ value) + 0x9e3779b97f4a7c15ull;
    }
    void add(double value) { add(std::bit_cast<std::uint64_t>(value)); }
    constexpr void add(std::string_view text) {
        add(std::uint64_t{text.size()});
        for (std::size_t at = 0; at < text.size(); at += 8) {
            std::uint64_t word = 0;
            for (std::size_t i = at; i < text.size() && i < at + 8; ++i) {
                word = (word << 8) | static_cast<unsigned char>(text[i]);
            }
            add(word);
        }
    }
    [[nodiscard]] constexpr std::uint64_t value() const { return mix(state_); }

private:
    std::uint64_t state_;
};

inline std::string to_hex(std::uint64_t value) {
    std::string hex(16, '0');
    for (std::size_t i = 16; i-- > 0; value >>= 4) hex[i] = "0123456789abcdef"[value & 15];
    return hex;
}

}  // namespace margind
