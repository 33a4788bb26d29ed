#pragma once
#include <array>
#include <cstdint>
#include <vector>

namespace margind {

/// Blocks of adjacent slots, one for each account: handed out at the end, or where another account
/// left one of the same size. Nothing is ever moved behind its owner's back; a block in use wastes
/// a quarter at most. Sizes up to 32 are exact, beyond they go in quarters of powers of two.
class SlotBlocks {
public:
    /// A size by its number.
    using Size = std::uint8_t;

    /// Slots in a block.
    [[nodiscard]] static std::uint32_t slots(Size size);
    /// The smallest size with at least so many.
    [[nodiscard]] static Size size_for(std::uint32_t count);

    /// The first slot of a block nobody uses.
    std::uint32_t take(Size size);
    void give_back(std::uint32_t first, Size size);
    /// Slots up to here have been handed out at some time.
    [[nodiscard]] std::uint32_t end() const { return end_; }

private:
    static constexpr std::size_t sizes = 140;

    std::array<std::vector<std::uint32_t>, sizes> free_;  // first slots, by size
    std::uint32_t end_ = 0;
};

}  // namespace margind
