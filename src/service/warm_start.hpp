#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>

#include "margind/core/engine/engine.hpp"
#include "margind/ports/ticker.hpp"
#include "margind/ports/warm_store.hpp"
#include "service/signal.hpp"
#include "service/status.hpp"

namespace margind::service {

struct WarmOptions {
    std::int64_t interval_ms = 60'000;      // between two images; 0 = one at the end alone
    std::uint32_t adopted_at_once = 1'000;  // accounts, before others have their turn
    std::uint32_t noted_per_beat = 20'000;  // accounts of the next image
};

/// Knows from the local image whom to read first, and leaves one for the next start. Lives on the
/// engine's thread, and outlives the run of its loops.
class WarmStart {
public:
    WarmStart(boost::asio::any_io_executor executor, WarmStore& store, Engine& engine,
              Signal& mirror, const Clock& clock, Status& status, WarmOptions options);

    /// Once, before the loops start: adopts the first accounts of the image. Without an image that
    /// is of use it is a cold start, with the reason in the log.
    void load();
    /// Adopts the others, then writes each image that the beats have put together. Ends only by
    /// cancellation.
    boost::asio::awaitable<void> run();
    /// At each beat's end: puts the next part of an image together, when one is due.
    void after_beat();
    /// After the last beat: a whole image. None before everything has been read once, for the one
    /// that is there knows more.
    boost::asio::awaitable<void> save_last();

private:
    void adopt_some();
    void note(AccountId account);
    void note_some();
    boost::asio::awaitable<void> save();
    void tell(const Result<void>& saved, std::size_t accounts);

    WarmStore& store_;
    Engine& engine_;
    Signal& mirror_;
    const Clock& clock_;
    Status& status_;
    WarmOptions options_;
    Signal wake_;
    WarmImage image_;  // to adopt from, then to be written
    std::size_t adopted_ = 0;
    enum class Stage : std::uint8_t { adopting, waiting, noting, saving, ended };
    Stage stage_ = Stage::adopting;
    std::uint32_t noted_ = 0;  // accounts looked at
    std::int64_t due_ms_ = 0;  // steady clock
    bool is_failing_ = false;
};

}  // namespace margind::service
