#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>

#include "http/questions.hpp"
#include "margind/core/engine.hpp"
#include "margind/ports/ticker.hpp"

namespace margind::app {

/// Carries questions from the HTTP thread to the engine's thread and the answers back. An engine that
/// has stopped, or is busy beyond the deadline, costs the asker its deadline and nobody else anything.
class EngineQuestions final : public http::Questions {
public:
    EngineQuestions(boost::asio::any_io_executor engine_thread, Engine& engine, const Clock& clock)
        : engine_thread_{std::move(engine_thread)}, engine_{engine}, clock_{clock} {}

    boost::asio::awaitable<Result<std::vector<std::uint64_t>>> dirty_counts() override;
    boost::asio::awaitable<Result<http::DirtyPage>> dirty(TypeIndex type, AccountId from,
                                                          std::uint32_t max) override;
    boost::asio::awaitable<Result<std::optional<http::AccountAnswer>>> account(
        AccountKey key) override;

private:
    static constexpr std::chrono::milliseconds deadline{1'000};
    static constexpr std::uint32_t waiting_max = 64;

    template <class Answer>
    boost::asio::awaitable<Result<Answer>> ask(std::function<Answer()> question);

    boost::asio::any_io_executor engine_thread_;
    Engine& engine_;
    const Clock& clock_;
    std::uint32_t waiting_ = 0;  // touched on the HTTP thread alone
};

}  // namespace margind::app
