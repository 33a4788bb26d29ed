#include "http/engine_line.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include "support/http_fakes.hpp"

using namespace margind;
using namespace margind::http;
namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds soon{20};
constexpr std::chrono::minutes never{10};

asio::awaitable<Result<int>> ask_for(EngineLine& line, int number) {
    auto answer = co_await line.ask([number] { return number; });
    co_return answer;
}

asio::awaitable<Result<std::string>> ask_in_vain(EngineLine& line) {
    auto answer = co_await line.ask([]() -> std::string { throw std::runtime_error{"broken"}; });
    co_return answer;
}

/// An engine's thread.
class EngineThread {
public:
    ~EngineThread() {
        guard_.reset();
        thread_.join();
    }
    asio::any_io_executor executor() { return io_.get_executor(); }
    [[nodiscard]] std::thread::id id() const { return thread_.get_id(); }

private:
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard_{io_.get_executor()};
    std::thread thread_{[this] { io_.run(); }};
};

asio::awaitable<Result<std::thread::id>> ask_who(EngineLine& line) {
    auto answer = co_await line.ask([] { return std::this_thread::get_id(); });
    co_return answer;
}

}  // namespace

TEST_CASE("a question is answered on the engine's thread") {
    EngineThread engine;
    EngineLine line{engine.executor(), {never, 4}};
    CHECK(test::run_to_end(ask_for(line, 42)).value() == 42);
    CHECK(test::run_to_end(ask_who(line)).value() == engine.id());
}

TEST_CASE("an engine that does not come to a question costs the deadline, no more") {
    asio::io_context engine{1};  // nobody runs it
    EngineLine line{engine.get_executor(), {soon, 4}};
    const auto answer = test::run_to_end(ask_for(line, 1));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().fault == Fault::timed_out);
    engine.run();  // the question is skipped: its asker is gone, event loop and all
}

TEST_CASE("a stalled engine is asked no more than the limit allows") {
    asio::io_context engine{1};
    EngineLine line{engine.get_executor(), {soon, 2}};
    CHECK(test::run_to_end(ask_for(line, 1)).error().fault == Fault::timed_out);
    CHECK(test::run_to_end(ask_for(line, 2)).error().fault == Fault::timed_out);
    CHECK(test::run_to_end(ask_for(line, 3)).error().fault == Fault::refused);
    engine.run();
    engine.restart();
    CHECK(test::run_to_end(ask_for(line, 4)).error().fault == Fault::timed_out);
    engine.run();
}

TEST_CASE("a question that fails is the asker's failure, not the engine's") {
    EngineThread engine;
    EngineLine line{engine.executor(), {never, 4}};
    CHECK_THROWS_AS(test::run_to_end(ask_in_vain(line)), std::runtime_error);
    CHECK(test::run_to_end(ask_for(line, 7)).value() == 7);
}

TEST_CASE("an asker may leave while its question waits or is being answered") {
    EngineThread engine;
    EngineLine line{engine.executor(), {never, 1'000'000}};
    for (int round = 0; round < 300; ++round) {
        asio::io_context io{1};
        asio::cancellation_signal cancellation;
        std::atomic<int> ended = 0;
        asio::co_spawn(io, ask_for(line, round),
                       asio::bind_cancellation_slot(
                           cancellation.slot(),
                           [&](const std::exception_ptr&, const Result<int>&) { ++ended; }));
        for (int step = 0; step < round % 4; ++step) io.poll_one();
        cancellation.emit(asio::cancellation_type::terminal);
        io.run();
        CHECK(ended == 1);
    }
    CHECK(test::run_to_end(ask_for(line, 7)).value() == 7);
}

TEST_CASE("askers on another thread all get their own answer") {
    EngineThread engine;
    EngineLine line{engine.executor(), {never, 1'000'000}};
    asio::io_context io{1};
    int wrong = 0;
    for (int number = 0; number < 2'000; ++number) {
        asio::co_spawn(io, ask_for(line, number),
                       [&wrong, number](const std::exception_ptr& failure, Result<int> answer) {
                           if (failure || !answer || *answer != number) ++wrong;
                       });
    }
    io.run();
    CHECK(wrong == 0);
}
