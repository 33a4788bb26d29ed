#pragma once
#include <atomic>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "margind/core/engine/engine.hpp"

namespace margind::service {

/// Several engines over one market, each with its share of the accounts and a thread of its own:
/// an account is valued by one of them, and together they say what one engine would. Ticks are
/// handed over by a ring for each; nothing else is shared. One thread feeds them.
class EngineTeam {
public:
    /// What is done on an engine's own thread after each of its beats: events are to be confirmed.
    using OnBeat = std::function<void(Engine&, Moment)>;

    /// `options`: of every engine, but for its share.
    EngineTeam(const EngineOptions& options, std::uint32_t count, OnBeat on_beat);
    EngineTeam(const EngineTeam&) = delete;
    EngineTeam& operator=(const EngineTeam&) = delete;
    /// What has been fed is done first.
    ~EngineTeam();

    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(members_.size()); }
    /// For whoever feeds, before the first tick and after `settle`.
    [[nodiscard]] Engine& engine(std::uint32_t index) { return members_[index]->engine; }

    /// A symbol's number, by which its ticks are fed.
    std::uint32_t number_of(std::string_view symbol);
    /// Waits where an engine is a whole ring behind.
    void tick(std::uint32_t number, double bid, double ask, std::int64_t ts_ms, Moment now);
    void beat(Moment now);
    /// Hands over what is still held back to be handed over at once.
    void flush();
    /// Waits until everything fed is done. Throws what an engine's thread has thrown.
    void settle();

private:
    static constexpr std::size_t ring_size = 16'384;
    static constexpr std::size_t batch_size = 256;

    enum class Kind : std::uint8_t { tick, beat, name, stop };
    struct Message {
        Kind kind = Kind::tick;
        std::uint32_t number = 0;
        double bid = not_a_price;
        double ask = not_a_price;
        std::int64_t ts_ms = 0;
        Moment now;
        const std::string* name = nullptr;  // of the next number
    };
    using Ring = boost::lockfree::spsc_queue<Message, boost::lockfree::capacity<ring_size>>;

    /// An engine, and what lies between its thread and the one that feeds it.
    struct Member {
        explicit Member(EngineOptions options) : engine{std::move(options)} {}

        Engine engine;
        std::vector<std::string_view> names;  // by number; looked up when a price comes
        std::vector<SymbolId> symbols;        // by number; none until the engine knows it
        Ring ring;
        alignas(64) std::atomic<std::uint64_t> fed{0};   // messages, by whoever feeds
        alignas(64) std::atomic<std::uint64_t> done{0};  // messages, by the thread
        std::exception_ptr failure;                      // written before `done` says so
        std::jthread thread;
    };

    void feed(const Message& message);
    void flush(Member& member);
    void run(Member& member);
    void take(Member& member, const Message& message);
    static void wait_past(std::atomic<std::uint64_t>& counter, std::uint64_t seen);

    OnBeat on_beat_;
    std::deque<std::string> names_;  // by number; never moved
    std::vector<Message> batch_;     // the same for everybody
    std::vector<std::unique_ptr<Member>> members_;
};

}  // namespace margind::service
