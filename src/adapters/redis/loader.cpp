#include "adapters/redis/loader.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>
#include <vector>

#include "adapters/redis/signal.hpp"
#include "margind/core/base/assert.hpp"

namespace margind::redis {

namespace asio = boost::asio;

/// One pipeline on its way. It stays where it is until its answers are there.
struct Loader::Slot {
    Pipeline pipeline;
    Acknowledgement acknowledgement;
    bool is_under_way = false;
};

struct Loader::State {
    explicit State(std::size_t slots_wanted) {
        for (std::size_t i = 0; i < slots_wanted; ++i) slots.push_back(std::make_unique<Slot>());
    }

    Slot& filling() { return *slots[filled]; }
    /// Chooses a slot to be filled. There is one: one more than may be under way.
    void turn() {
        do {
            filled = (filled + 1) % slots.size();
        } while (filling().is_under_way);
        filling().pipeline.clear();
    }
    void answered(Slot& slot, Result<void> sent) {
        const Acknowledgement& acknowledgement = slot.acknowledgement;
        result.answered += acknowledgement.answers();
        result.wrong_types += acknowledgement.wrong_types();
        if (result.errors == 0) result.first_error = acknowledgement.first_error();
        result.errors += acknowledgement.errors();
        if (!sent && !failure) failure = std::move(sent.error());
        slot.is_under_way = false;
        --under_way;
        if (changed) changed->notify();
    }

    std::vector<std::unique_ptr<Slot>> slots;
    std::size_t filled = 0;
    std::size_t under_way = 0;
    LoaderResult result;
    std::optional<Error> failure;
    std::optional<Signal> changed;
};

Loader::Loader(Connection& connection, LoaderLimits limits)
    : connection_{connection},
      limits_{limits},
      state_{std::make_shared<State>(limits.pipelines + 1)} {
    MARGIND_ASSERT(limits.pipelines > 0);
}

Loader::~Loader() = default;

Pipeline& Loader::pipeline() { return state_->filling().pipeline; }

bool Loader::is_full() {
    const Pipeline& filling = pipeline();
    return filling.bytes() >= limits_.pipeline_bytes ||
           filling.commands() >= limits_.pipeline_commands;
}

asio::awaitable<void> Loader::wait_for_answers(std::size_t under_way_max) {
    if (!state_->changed) state_->changed.emplace(co_await asio::this_coro::executor);
    while (state_->under_way > under_way_max) co_await state_->changed->wait();
}

asio::awaitable<void> Loader::send() {
    if (pipeline().is_empty()) co_return;
    co_await wait_for_answers(limits_.pipelines - 1);
    Slot& slot = state_->filling();
    if (state_->failure) {
        slot.pipeline.clear();  // what follows a loss must not be written without it
        co_return;
    }
    slot.acknowledgement.clear();
    slot.is_under_way = true;
    ++state_->under_way;
    connection_.start(
        slot.pipeline, slot.acknowledgement,
        [state = state_, &slot](Result<void> sent) { state->answered(slot, std::move(sent)); });
    state_->turn();
    // Let it leave before the next one is filled, and others have their turn.
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
}

asio::awaitable<Result<LoaderResult>> Loader::finish() {
    co_await send();
    co_await wait_for_answers(0);
    LoaderResult result = std::exchange(state_->result, {});
    const auto failure = std::exchange(state_->failure, {});
    if (failure) co_return std::unexpected(*failure);
    co_return result;
}

}  // namespace margind::redis
