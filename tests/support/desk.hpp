#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "margind/core/engine/engine.hpp"

namespace margind::test {

inline Moment moment(std::int64_t ms) { return {ms, 1'400'000'000'000 + ms}; }

/// An order of a whole number of 10⁻⁸ lots.
inline OrderImage order(std::string id, std::string symbol, Side side, std::int64_t volume_raw,
                        double open_price) {
    OrderImage out{.id = std::move(id), .symbol = std::move(symbol), .side = side};
    out.open_price = open_price;
    out.volume = Volume::from_raw(volume_raw);
    out.quantity = out.volume->lots();
    return out;
}

inline AccountImage account(AccountKey key, double balance, std::vector<OrderImage> orders) {
    AccountImage out{.key = std::move(key), .balance = balance, .leverage = 100.0};
    out.orders = std::move(orders);
    return out;
}

inline InstrumentSpec spec(std::string symbol, std::string calc_mode, double contract_size,
                           std::string profit_currency) {
    InstrumentSpec out{.group = "Standard", .symbol = std::move(symbol)};
    out.calc_mode = std::move(calc_mode);
    out.contract_size = contract_size;
    out.profit_currency = std::move(profit_currency);
    return out;
}

/// An engine, its clock and short words for what tests do with it.
struct Desk {
    explicit Desk(EngineOptions options = {}) : engine{std::move(options)} {}

    TickFate tick(std::string_view symbol, double bid, double ask) {
        return engine.apply({.symbol = engine.intern_symbol(symbol), .bid = bid, .ask = ask}, now);
    }
    AccountId give(const AccountImage& image) {
        engine.apply(image, now);
        return engine.find_account(image.key);
    }
    BeatStats beat() {
        now.steady_ms += 200;
        now.wall_ms += 200;
        return engine.recompute(now);
    }
    [[nodiscard]] Valuation figures(AccountId id) const {
        return std::get<StandardFigures>(engine.snapshot(id, now).figures).valuation;
    }
    void write_all() { engine.confirm(engine.next_snapshots(1'000'000, now), Written::yes); }

    Engine engine;
    Moment now = moment(0);
};

}  // namespace margind::test
