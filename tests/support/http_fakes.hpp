#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/questions.hpp"
#include "http/view.hpp"

namespace margind::test {

/// Runs a coroutine to its end on an event loop of its own.
template <class T>
T run_to_end(boost::asio::awaitable<T> task) {
    boost::asio::io_context io{1};
    auto result = boost::asio::co_spawn(io, std::move(task), boost::asio::use_future);
    io.run();
    return result.get();
}

/// Answers at once from what it was given. `error`, where set, answers everything.
class FakeQuestions final : public http::Questions {
public:
    std::vector<std::vector<std::string>> dirty_by_type{{}, {}};
    std::map<std::string, http::AccountAnswer> accounts;
    std::map<std::string, http::SymbolAnswer> symbols;
    std::optional<Error> error;
    /// Called by every question, on the thread of the asker.
    std::function<void()> on_ask = [] {};

    boost::asio::awaitable<Result<std::vector<std::uint64_t>>> dirty_counts() override {
        on_ask();
        if (error) co_return std::unexpected{*error};
        std::vector<std::uint64_t> counts;
        for (const auto& type : dirty_by_type) counts.push_back(type.size());
        co_return counts;
    }

    boost::asio::awaitable<Result<http::DirtyPage>> dirty(TypeIndex type, AccountId from,
                                                          std::uint32_t max) override {
        on_ask();
        if (error) co_return std::unexpected{*error};
        const auto& all = dirty_by_type.at(type);
        http::DirtyPage page{.total = all.size()};
        std::uint32_t at = from.value;
        for (; at < all.size() && page.accounts.size() < max; ++at) {
            page.accounts.push_back(all[at]);
        }
        if (at < all.size()) page.next = AccountId{at};
        co_return page;
    }

    boost::asio::awaitable<Result<std::optional<http::AccountAnswer>>> account(
        AccountKey key) override {
        on_ask();
        if (error) co_return std::unexpected{*error};
        const auto found = accounts.find(key.text());
        if (found == accounts.end()) co_return std::nullopt;
        co_return found->second;
    }

    boost::asio::awaitable<Result<std::optional<http::SymbolAnswer>>> symbol(
        std::string name) override {
        on_ask();
        if (error) co_return std::unexpected{*error};
        const auto found = symbols.find(name);
        if (found == symbols.end()) co_return std::nullopt;
        co_return found->second;
    }
};

}  // namespace margind::test
