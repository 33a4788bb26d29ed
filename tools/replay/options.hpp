#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/redis_session.hpp"
#include "margind/core/rules/rules.hpp"
#include "wire/feed_csv.hpp"

namespace margind::replay {

enum class Payload : std::uint8_t { bare, json };

/// What the command line asks for, checked.
struct Options {
    std::vector<std::string> feeds;
    bool has_scenarios = false;  // all of the feeds are scenarios
    std::string book;
    std::optional<tools::RedisLogin> redis;
    std::optional<wire::ColumnMap> map;
    RuleSetKind rules = RuleSetKind::standard;
    double speed = 0.0;  // times the recorded speed; 0 = as fast as it goes
    std::optional<std::int64_t> from_ms;
    std::optional<std::int64_t> to_ms;
    std::vector<std::string> symbols;  // empty = all
    bool as_json = false;
    std::string record;
    std::string events;
    bool keeps_ts = false;
    std::string channel = "market_price_updates";
    Payload payload = Payload::bare;
    std::string currency = "USD";
    std::vector<std::string> types{"live", "demo"};
    std::int64_t beat_ms = 200;
    bool is_armed = false;
};

/// The options, or the exit code after everything has been said.
[[nodiscard]] std::variant<Options, int> parse_options(int argc, const char* const* argv);

}  // namespace margind::replay
