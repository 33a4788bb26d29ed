#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "adapters/memory/book_generator.hpp"
#include "bench/harness.hpp"
#include "margind/core/engine/engine.hpp"

namespace margind::bench {

/// A book of which one account in a hundred is near its levels: a broker's usual day.
inline memory::BookGenerator make_book(std::uint32_t accounts, std::uint32_t positions,
                                       std::uint64_t seed, std::vector<std::string> symbols) {
    memory::BookOptions options;
    options.seed = seed;
    options.accounts = accounts;
    options.positions = positions;
    options.symbols = std::move(symbols);
    options.danger = 0.01;
    return memory::BookGenerator::make(options).value();
}

/// An engine over a book, with every image, specification and price in it.
class Desk {
public:
    explicit Desk(const memory::BookGenerator& book) : engine_{{}} {
        for (const InstrumentSpec& spec : book.instruments()) engine_.apply(spec);
        for (std::uint32_t i = 0; i < book.account_count(); ++i) {
            engine_.apply(book.account(i), now_);
        }
        for (const auto& [symbol, price] : book.prices(0)) {
            const SymbolId id = engine_.intern_symbol(symbol);
            quotes_.push_back({.symbol = id, .bid = price.bid, .ask = price.ask});
            engine_.apply(quotes_.back(), now_);
        }
        beat();
        // As in a daemon that has written all it knows.
        for (auto batch = engine_.next_snapshots(10'000, now_); !batch.empty();
             batch = engine_.next_snapshots(10'000, now_)) {
            engine_.confirm(batch, Written::yes);
        }
    }

    Engine& engine() { return engine_; }
    [[nodiscard]] Moment now() const { return now_; }
    BeatStats beat() {
        now_.steady_ms += 200;
        now_.wall_ms += 200;
        const BeatStats stats = engine_.recompute(now_);
        engine_.confirm_events(engine_.events().size());
        return stats;
    }
    /// Moves every price a little, so that every account is dirty and every figure new.
    void move_everything() {
        ++moves_;
        for (PriceTick& quote : quotes_) {
            const double move = moves_ % 2 == 0 ? 1.000'01 : 1.0 / 1.000'01;
            quote.bid *= move;
            quote.ask *= move;
            engine_.apply(quote, now_);
        }
    }
    void move_to(const std::vector<PriceTick>& quotes) {
        quotes_ = quotes;
        for (const PriceTick& quote : quotes_) engine_.apply(quote, now_);
    }
    [[nodiscard]] const std::vector<PriceTick>& quotes() const { return quotes_; }

private:
    Engine engine_;
    Moment now_{1'000'000, 1'700'000'000'000};
    std::vector<PriceTick> quotes_;
    std::uint64_t moves_ = 0;
};

/// Ticks between the beats: what one costs that brings nobody anywhere, and how few accounts the
/// others look at.
void measure_watch(const Settings& settings);

/// Two engines with half of the accounts each, against one.
void measure_team(const Settings& settings);

}  // namespace margind::bench
