#include "app/engine_questions.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>

namespace margind::app {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

/// Where an answer waits for its asker. Lives on the HTTP thread but for the question itself.
template <class Answer>
struct Pending {
    explicit Pending(const asio::any_io_executor& executor) : arrived{executor} {}
    asio::steady_timer arrived;
    std::optional<Answer> answer;
};

http::AccountAnswer answer_of(const Engine& engine, AccountId id, Moment now) {
    const Snapshot snapshot = engine.snapshot(id, now);
    const BreachMemory& memory = engine.memory(id);
    http::AccountAnswer answer;
    answer.explanation = engine.explain(id, now);
    answer.figures = snapshot.figures;
    answer.has_figures = snapshot.has_figures();
    answer.ts_ms = snapshot.ts_ms;
    answer.price_age_ms = snapshot.price_age_ms;
    answer.data_epoch = snapshot.data_epoch;
    answer.unknown_since_ms = engine.unknown_since_ms(id);
    answer.breach = memory.breach;
    answer.last_stop_out_ms = memory.last_stop_out_ms;
    return answer;
}

}  // namespace

template <class Answer>
awaitable<Result<Answer>> EngineQuestions::ask(std::function<Answer()> question) {
    if (waiting_ >= waiting_max) {
        co_return std::unexpected{Error{Fault::refused, "too many questions wait for the engine"}};
    }
    const asio::any_io_executor here = co_await asio::this_coro::executor;
    auto pending = std::make_shared<Pending<Answer>>(here);
    pending->arrived.expires_after(deadline);
    ++waiting_;
    asio::post(engine_thread_, [pending, here, question = std::move(question)] {
        asio::post(here, [pending, answer = question()]() mutable {
            pending->answer = std::move(answer);
            pending->arrived.cancel();
        });
    });
    co_await pending->arrived.async_wait(asio::as_tuple(asio::use_awaitable));
    --waiting_;
    if (!pending->answer) {
        co_return std::unexpected{Error{Fault::timed_out, "the engine did not answer in time"}};
    }
    co_return std::move(*pending->answer);
}

awaitable<Result<std::vector<std::uint64_t>>> EngineQuestions::dirty_counts() {
    using Counts = std::vector<std::uint64_t>;
    return ask<Counts>([this] {
        Counts counts;
        for (std::size_t type = 0; type < engine_.options().types.size(); ++type) {
            counts.push_back(engine_.dirty_count(static_cast<TypeIndex>(type)));
        }
        return counts;
    });
}

awaitable<Result<http::DirtyPage>> EngineQuestions::dirty(TypeIndex type, AccountId from,
                                                          std::uint32_t max) {
    return ask<http::DirtyPage>([this, type, from, max] {
        http::DirtyPage page;
        page.total = engine_.dirty_count(type);
        const std::vector<AccountId> accounts = engine_.dirty_accounts(type, from, max + 1);
        for (const AccountId account : accounts) {
            if (page.accounts.size() == max) {
                page.next = account;
                break;
            }
            page.accounts.push_back(engine_.book().record(account).text);
        }
        return page;
    });
}

awaitable<Result<std::optional<http::AccountAnswer>>> EngineQuestions::account(AccountKey key) {
    using Answer = std::optional<http::AccountAnswer>;
    return ask<Answer>([this, key = std::move(key)]() -> Answer {
        const AccountId id = engine_.find_account(key);
        if (id.is_none()) return {};
        return answer_of(engine_, id, clock_.now());
    });
}

}  // namespace margind::app
