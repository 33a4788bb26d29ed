#include "bench/price_messages.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

#include "adapters/memory/market_simulator.hpp"
#include "bench/raw_socket.hpp"

namespace margind::bench {
namespace {

constexpr std::string_view traded[] = {"EURUSD", "GBPUSD", "USDJPY", "USDCHF", "AUDUSD",
                                       "NZDUSD", "USDCAD", "EURGBP", "EURJPY", "GBPJPY",
                                       "EURCHF", "AUDJPY", "USDSEK", "USDNOK", "USDPLN",
                                       "USDMXN", "XAUUSD", "XAGUSD", "US500",  "BTCUSD"};
constexpr double ticks_per_second = 100'000.0;

double number(std::string_view text) {
    double value = 0.0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

PriceMessages make_messages(PayloadKind kind, std::uint64_t count, std::uint64_t seed,
                            std::string_view channel) {
    memory::MarketOptions options;
    options.seed = seed;
    options.ticks_per_second = ticks_per_second;
    for (const std::string_view symbol : traded) {
        options.symbols.push_back(memory::symbol_traits(symbol, {}).value());
    }
    // An hour ago, so that no stamp lies ahead.
    const auto wall = std::chrono::system_clock::now() - std::chrono::hours{1};
    std::int64_t ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(wall.time_since_epoch()).count();
    memory::MarketSimulator market{options, ms};

    PriceMessages messages;
    messages.kind = kind;
    for (const auto& traits : options.symbols) messages.symbols.push_back(traits.symbol);
    std::string payload;
    while (messages.count < count) {
        for (const memory::SimulatedTick& tick : market.step(++ms)) {
            if (messages.count == count) break;
            const memory::SymbolTraits& traits = options.symbols[tick.symbol];
            const std::string bid = fmt::format("{:.{}f}", tick.bid, traits.digits);
            const std::string ask = fmt::format("{:.{}f}", tick.ask, traits.digits);
            ++messages.count;
            payload = kind == PayloadKind::bare
                          ? traits.symbol
                          : fmt::format(R"({{"symbol":"{}","bid":{},"ask":{},"ts":{},"seq":{}}})",
                                        traits.symbol, bid, ask, tick.ts_ms, messages.count);
            append_command(messages.commands, Words{"PUBLISH", channel, payload});
            messages.payload_bytes += payload.size();
            messages.last[traits.symbol] = {number(bid), number(ask)};
        }
    }
    return messages;
}

void publish(const PriceMessages& messages, std::uint16_t port) {
    RawSocket socket{port};
    std::string quiet;
    append_command(quiet, Words{"CLIENT", "REPLY", "OFF"});
    socket.send_all(quiet);
    socket.send_all(messages.commands);
    socket.expect(Words{"CLIENT", "REPLY", "ON"}, "+OK\r\n");
}

}  // namespace margind::bench
