#pragma once
#include <boost/asio/any_io_executor.hpp>

#include "http/engine_line.hpp"
#include "http/questions.hpp"
#include "margind/core/engine/engine.hpp"
#include "margind/ports/ticker.hpp"

namespace margind::http {

/// Asks the engine itself, on its own thread. Engine and clock outlive that thread's run.
class EngineQuestions final : public Questions {
public:
    EngineQuestions(Engine& engine, const Clock& clock,
                    boost::asio::any_io_executor engine_executor, EngineLineLimits limits = {})
        : engine_{engine}, clock_{clock}, line_{std::move(engine_executor), limits} {}

    boost::asio::awaitable<Result<std::vector<std::uint64_t>>> dirty_counts() override;
    boost::asio::awaitable<Result<DirtyPage>> dirty(TypeIndex type, AccountId from,
                                                    std::uint32_t max) override;
    boost::asio::awaitable<Result<std::optional<AccountAnswer>>> account(AccountKey key) override;
    boost::asio::awaitable<Result<std::optional<SymbolAnswer>>> symbol(std::string name) override;

private:
    Engine& engine_;
    const Clock& clock_;
    EngineLine line_;
};

// The same without a thread in between.

[[nodiscard]] std::vector<std::uint64_t> dirty_counts_of(Engine& engine);
[[nodiscard]] DirtyPage dirty_page_of(Engine& engine, TypeIndex type, AccountId from,
                                      std::uint32_t max);
[[nodiscard]] std::optional<AccountAnswer> account_of(const Engine& engine, const AccountKey& key,
                                                      Moment now);
[[nodiscard]] std::optional<SymbolAnswer> symbol_of(const Engine& engine, std::string_view name,
                                                    Moment now);

}  // namespace margind::http
