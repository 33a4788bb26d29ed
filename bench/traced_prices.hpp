#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace margind::bench {

/// A small platform whose figures can be told without an engine: every account holds one lot of one
/// symbol, bought at 1.10000 and quoted in USD, so that a point of the bid is one dollar of equity.
/// Prices come at seeded random times; each symbol has its turn, so that two prices of one symbol
/// never fall into one beat.
class TracedPrices {
public:
    struct Price {
        std::chrono::microseconds due;  // since the start
        std::uint32_t symbol = 0;
        std::int64_t bid_points = 0;  // of 0.00001
        std::uint32_t witness = 0;    // an account that holds the symbol
    };
    static constexpr std::uint32_t symbols = 20;
    static constexpr std::uint32_t accounts = 1'000;

    TracedPrices(std::uint32_t count, std::chrono::microseconds interval_mean, std::uint64_t seed);

    [[nodiscard]] const std::vector<Price>& prices() const { return prices_; }

    /// Everything that the platform has in its store before the first price.
    [[nodiscard]] static std::string load_commands();
    [[nodiscard]] static std::uint64_t load_command_count() { return 4 * accounts + 2 * symbols; }
    /// HSET of the market and PUBLISH of the bare symbol: two commands.
    [[nodiscard]] static std::string publish_commands(const Price& price);

    [[nodiscard]] static std::uint32_t symbol_of(std::uint32_t account) {
        return account % symbols;
    }
    [[nodiscard]] static std::string id_of(std::uint32_t account);  // "live:1001"
    [[nodiscard]] static std::uint32_t account_of(std::string_view id);
    [[nodiscard]] static std::string snapshot_key(std::uint32_t account);
    /// As the hash has it.
    [[nodiscard]] static std::string equity(std::uint32_t account, std::int64_t bid_points);
    /// The bid of a symbol after all prices.
    [[nodiscard]] std::int64_t last_bid_points(std::uint32_t symbol) const;

    static constexpr std::int64_t first_bid_points = 110'000;

private:
    std::vector<Price> prices_;
};

}  // namespace margind::bench
