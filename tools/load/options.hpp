#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "adapters/memory/book_generator.hpp"
#include "adapters/memory/market_simulator.hpp"
#include "common/redis_session.hpp"

namespace margind::load {

enum class Command : std::uint8_t { book, redis, market };

/// What the command line asks for, checked.
struct Options {
    Command command = Command::book;
    memory::BookOptions book;
    std::string out;          // book: a file, or "-"
    tools::RedisLogin redis;  // redis and market
    // market
    double ticks_per_second = 1'000.0;
    double seconds = 0.0;  // 0 = until stopped
    double volatility = 1.0;
    std::vector<memory::Shock> shocks;
    bool is_json_payload = false;
    std::string channel = "market_price_updates";
    bool as_json = false;  // statistics
};

/// The options, or the exit code after everything has been said.
[[nodiscard]] std::variant<Options, int> parse_options(int argc, const char* const* argv);

}  // namespace margind::load
