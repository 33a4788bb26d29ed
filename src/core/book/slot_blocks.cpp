#include "margind/core/book/slot_blocks.hpp"

#include <bit>

#include "margind/core/base/assert.hpp"

namespace margind {
namespace {

constexpr std::uint32_t exact_max = 32;

}  // namespace

std::uint32_t SlotBlocks::slots(Size size) {
    if (size <= exact_max) return size;
    const std::uint32_t quarters = size - exact_max;  // 1 → 40, 2 → 48, 3 → 56, 4 → 64, …
    return (4 + quarters % 4) << (3 + quarters / 4);
}

SlotBlocks::Size SlotBlocks::size_for(std::uint32_t count) {
    if (count <= exact_max) return static_cast<Size>(count);
    MARGIND_ASSERT(count <= std::uint32_t{1} << 30);
    // The power of two at or below, and how many quarters of it are needed beyond.
    const auto power = static_cast<std::uint32_t>(std::bit_width(count) - 1);
    const std::uint32_t quarter = std::uint32_t{1} << (power - 2);
    const std::uint32_t beyond = count - (std::uint32_t{1} << power);
    return static_cast<Size>(exact_max + 4 * (power - 5) + (beyond + quarter - 1) / quarter);
}

std::uint32_t SlotBlocks::take(Size size) {
    if (size == 0) return end_;
    std::vector<std::uint32_t>& free = free_[size];
    if (!free.empty()) {
        const std::uint32_t first = free.back();
        free.pop_back();
        return first;
    }
    const std::uint32_t first = end_;
    MARGIND_ASSERT(slots(size) <= 0xffffffffu - end_);
    end_ += slots(size);
    return first;
}

void SlotBlocks::give_back(std::uint32_t first, Size size) {
    if (size > 0) free_[size].push_back(first);
}

}  // namespace margind
