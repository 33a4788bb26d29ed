#pragma once
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "margind/ports/result.hpp"

namespace margind::http {

struct EngineLineLimits {
    std::chrono::milliseconds deadline{500};
    std::uint32_t waiting_max = 64;  // questions the engine has not come to yet; beyond: refused
};

/// Carries questions to the thread that owns the engine and answers back. That thread never waits:
/// it runs the question between two of its own tasks and posts the answer. A question whose asker
/// has given up is skipped; it counts as waiting until then, so a stalled engine is asked no more.
/// The asker's executor has one thread, which has let every asker end before its event loop goes.
/// The engine's event loop outlives the line and its askers.
class EngineLine {
public:
    EngineLine(boost::asio::any_io_executor engine, EngineLineLimits limits)
        : engine_{std::move(engine)}, limits_{limits} {}

    template <class Question, class Answer = std::invoke_result_t<Question&>>
    boost::asio::awaitable<Result<Answer>> ask(Question question);

private:
    enum class Stage : std::uint8_t { waiting, answering, answered, abandoned };

    template <class Answer>
    struct Call {
        explicit Call(boost::asio::any_io_executor executor) : asker{std::move(executor)} {}

        /// The engine's thread takes the call, unless its asker has left.
        bool begin() {
            Stage expected = Stage::waiting;
            return stage.compare_exchange_strong(expected, Stage::answering);
        }
        void end() {
            stage.store(Stage::answered);
            stage.notify_all();
        }
        /// The asker leaves. Afterwards the engine's thread touches nothing of the asker's.
        void leave() {
            wake = nullptr;
            Stage expected = Stage::waiting;
            if (stage.compare_exchange_strong(expected, Stage::abandoned)) return;
            while (stage.load() == Stage::answering) stage.wait(Stage::answering);
        }

        std::atomic<Stage> stage{Stage::waiting};
        boost::asio::any_io_executor asker;
        // Below: touched by the asker's thread only.
        boost::asio::steady_timer* wake = nullptr;
        std::optional<Answer> answer;
        std::exception_ptr failure;
    };

    /// Ends the call whatever happens to the coroutine that waits for it.
    template <class Answer>
    struct Leaver {
        explicit Leaver(Call<Answer>& the_call) : call{the_call} {}
        Leaver(const Leaver&) = delete;
        Leaver& operator=(const Leaver&) = delete;
        ~Leaver() { call.leave(); }
        Call<Answer>& call;
    };

    template <class Answer, class Question>
    static void run(const std::shared_ptr<Call<Answer>>& call, Question& question);

    boost::asio::any_io_executor engine_;
    EngineLineLimits limits_;
    std::shared_ptr<std::atomic<std::uint32_t>> waiting_ =
        std::make_shared<std::atomic<std::uint32_t>>(0);
};

template <class Answer, class Question>
void EngineLine::run(const std::shared_ptr<Call<Answer>>& call, Question& question) {
    if (!call->begin()) return;
    std::optional<Answer> answer;
    std::exception_ptr failure;
    try {
        answer.emplace(question());
    } catch (...) {
        failure = std::current_exception();  // the asker's to handle: the engine goes on
    }
    boost::asio::post(call->asker, [call, answer = std::move(answer), failure]() mutable {
        call->answer = std::move(answer);
        call->failure = failure;
        if (call->wake != nullptr) call->wake->cancel();
    });
    call->end();
}

template <class Question, class Answer>
boost::asio::awaitable<Result<Answer>> EngineLine::ask(Question question) {
    if (waiting_->load() >= limits_.waiting_max) {
        co_return std::unexpected{Error{Fault::refused, "too many questions are waiting"}};
    }
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer{executor};
    auto call = std::make_shared<Call<Answer>>(executor);
    call->wake = &timer;
    const Leaver<Answer> leaver{*call};

    waiting_->fetch_add(1);
    boost::asio::post(engine_,
                      [call, waiting = waiting_, question = std::move(question)]() mutable {
                          waiting->fetch_sub(1);
                          run(call, question);
                      });
    timer.expires_after(limits_.deadline);
    co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    if (call->failure) std::rethrow_exception(call->failure);
    if (!call->answer) {
        co_return std::unexpected{Error{Fault::timed_out, "the engine did not answer in time"}};
    }
    co_return std::move(*call->answer);
}

}  // namespace margind::http
