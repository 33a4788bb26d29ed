#pragma once
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>

namespace margind::wire {

/// Numbers as they lie in a file, the lowest byte first, wherever they lie.
template <std::integral Number>
[[nodiscard]] inline Number load_number(const char* from) {
    Number number{};
    std::memcpy(&number, from, sizeof number);
    if constexpr (std::endian::native == std::endian::big) number = std::byteswap(number);
    return number;
}

template <std::integral Number>
inline void store_number(Number number, char* to) {
    if constexpr (std::endian::native == std::endian::big) number = std::byteswap(number);
    std::memcpy(to, &number, sizeof number);
}

[[nodiscard]] inline double load_real(const char* from) {
    return std::bit_cast<double>(load_number<std::uint64_t>(from));
}

inline void store_real(double number, char* to) {
    store_number(std::bit_cast<std::uint64_t>(number), to);
}

}  // namespace margind::wire
