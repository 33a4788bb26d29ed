#include "http/engine_questions.hpp"

#include <variant>

namespace margind::http {

std::vector<std::uint64_t> dirty_counts_of(Engine& engine) {
    std::vector<std::uint64_t> counts;
    for (std::size_t type = 0; type < engine.options().types.size(); ++type) {
        counts.push_back(engine.dirty_count(static_cast<TypeIndex>(type)));
    }
    return counts;
}

DirtyPage dirty_page_of(Engine& engine, TypeIndex type, AccountId from, std::uint32_t max) {
    DirtyPage page;
    page.total = engine.dirty_count(type);
    // One more than asked for tells where the next page begins.
    std::vector<AccountId> accounts = engine.dirty_accounts(type, from, max + 1);
    if (accounts.size() > max) {
        page.next = accounts.back();
        accounts.pop_back();
    }
    for (const AccountId account : accounts) {
        page.accounts.emplace_back(engine.account_name(account));
    }
    return page;
}

std::optional<AccountAnswer> account_of(const Engine& engine, const AccountKey& key, Moment now) {
    const AccountId account = engine.find_account(key);
    if (account.is_none()) return std::nullopt;
    const Snapshot snapshot = engine.snapshot(account, now);
    const BreachMemory& memory = engine.memory(account);
    AccountAnswer answer{.explanation = engine.explain(account, now)};
    const auto* platform = std::get_if<PlatformFigures>(&snapshot.figures);
    const bool is_calculated = snapshot.ts_ms != 0 && engine.book().has_image(account);
    if (platform != nullptr && is_calculated) answer.platform = *platform;
    answer.ts_ms = snapshot.ts_ms;
    answer.price_age_ms = snapshot.price_age_ms;
    answer.data_epoch = snapshot.data_epoch;
    answer.unknown_since_ms = engine.unknown_since_ms(account);
    answer.breach = memory.breach;
    answer.last_stop_out_ms = memory.last_stop_out_ms;
    return answer;
}

std::optional<SymbolAnswer> symbol_of(const Engine& engine, std::string_view name, Moment now) {
    const SymbolId symbol = engine.find_symbol(name);
    if (symbol.is_none()) return std::nullopt;
    const QuoteBoard& quotes = engine.quotes();
    SymbolAnswer answer{.symbol = std::string{name}};
    answer.usable = quotes.usable()[symbol.value];
    answer.last_good = quotes.last_good(symbol);
    answer.causes = quotes.causes(symbol);
    answer.ts_ms = quotes.ts_ms(symbol);
    answer.bid_age_ms = quotes.bid_age_ms(symbol, now);
    answer.ask_age_ms = quotes.ask_age_ms(symbol, now);
    answer.settings = quotes.settings(symbol);
    if (const QuoteGuard* guard = quotes.guard(symbol)) answer.guard = *guard;
    answer.ticks = quotes.ticks(symbol);
    answer.refusals = quotes.refusals(symbol);
    answer.now_ms = now.steady_ms;
    return answer;
}

boost::asio::awaitable<Result<std::vector<std::uint64_t>>> EngineQuestions::dirty_counts() {
    auto counts = co_await line_.ask([&engine = engine_] { return dirty_counts_of(engine); });
    co_return counts;
}

boost::asio::awaitable<Result<DirtyPage>> EngineQuestions::dirty(TypeIndex type, AccountId from,
                                                                 std::uint32_t max) {
    auto page = co_await line_.ask(
        [&engine = engine_, type, from, max] { return dirty_page_of(engine, type, from, max); });
    co_return page;
}

boost::asio::awaitable<Result<std::optional<AccountAnswer>>> EngineQuestions::account(
    AccountKey key) {
    auto answer = co_await line_.ask([&engine = engine_, &clock = clock_, key = std::move(key)] {
        return account_of(engine, key, clock.now());
    });
    co_return answer;
}

boost::asio::awaitable<Result<std::optional<SymbolAnswer>>> EngineQuestions::symbol(
    std::string name) {
    auto answer = co_await line_.ask([&engine = engine_, &clock = clock_, name = std::move(name)] {
        return symbol_of(engine, name, clock.now());
    });
    co_return answer;
}

}  // namespace margind::http
