#include "adapters/redis/directory.hpp"

#include <algorithm>
#include <utility>

#include "adapters/redis/answer_shape.hpp"
#include "adapters/redis/image_page.hpp"
#include "margind/core/base/assert.hpp"
#include "wire/redis_account.hpp"
#include "wire/redis_state.hpp"

namespace margind::redis {
namespace {

namespace asio = boost::asio;

/// BCAST: the server tells every change under the prefixes, without remembering what was read.
Role directory_role(const wire::Keys& keys) {
    std::vector<std::string> tracking{"CLIENT", "TRACKING", "ON", "BCAST", "NOLOOP"};
    for (std::string& prefix : keys.tracked_prefixes()) {
        tracking.emplace_back("PREFIX");
        tracking.push_back(std::move(prefix));
    }
    return {.name = "directory", .greeting = {std::move(tracking)}};
}

/// Gives the connection up too: the answers after a broken one may be those to other questions.
Error give_up(Connection& connection, Error error) {
    if (error.fault == Fault::malformed) connection.drop(error.text);
    return error;
}

}  // namespace

Directory::Directory(asio::any_io_executor executor, const Options& options, const wire::Keys& keys,
                     std::vector<std::string> types, std::vector<std::string> symbols,
                     Connection& prices, ReadLimits limits)
    : keys_{keys},
      types_{std::move(types)},
      symbols_{std::move(symbols)},
      limits_{limits},
      wake_{executor},
      prices_{prices},
      connection_{executor, options, directory_role(keys), this} {}

asio::awaitable<Result<void>> Directory::start_holders() {
    walk_.emplace(keys_, types_, symbols_, limits_);
    co_return Result<void>{};
}

asio::awaitable<Result<HolderPage>> Directory::next_holders() {
    MARGIND_ASSERT(walk_.has_value());
    Pipeline commands;
    Reply reply = new_reply();
    walk_->ask(commands);
    const Result<void> sent = co_await connection_.exec(commands, reply);
    if (!sent) co_return std::unexpected(sent.error());
    auto page = walk_->take(reply);
    if (!page) co_return std::unexpected(give_up(connection_, page.error()));
    co_return page;
}

asio::awaitable<Result<std::vector<AccountImage>>> Directory::images(
    std::span<const AccountKey> accounts) {
    std::vector<AccountImage> images;
    images.reserve(accounts.size());
    Pipeline commands;
    Reply reply = new_reply();
    for (; !accounts.empty();
         accounts = accounts.subspan(std::min(accounts.size(), limits_.page_accounts))) {
        ImagePage page{keys_, accounts.first(std::min(accounts.size(), limits_.page_accounts)),
                       limits_};
        for (;;) {
            commands.clear();
            reply.clear();
            page.ask(commands);
            if (commands.is_empty()) break;
            const Result<void> sent = co_await connection_.exec(commands, reply);
            if (!sent) co_return std::unexpected(sent.error());
            const Result<void> taken = page.take(reply);
            if (!taken) co_return std::unexpected(give_up(connection_, taken.error()));
        }
        std::ranges::move(page.images(), std::back_inserter(images));
    }
    co_return images;
}

asio::awaitable<Result<std::vector<InstrumentSpec>>> Directory::instruments(
    std::span<const InstrumentKey> keys) {
    std::vector<InstrumentSpec> specs;
    specs.reserve(keys.size());
    Pipeline commands;
    Reply reply = new_reply();
    while (!keys.empty()) {
        const auto page = keys.first(std::min(keys.size(), limits_.page_commands));
        keys = keys.subspan(page.size());
        commands.clear();
        reply.clear();
        for (const InstrumentKey& key : page) {
            commands.add({"HGETALL", keys_.group.text({.symbol = key.symbol, .group = key.group})});
        }
        const Result<void> sent = co_await connection_.exec(commands, reply);
        if (!sent) co_return std::unexpected(sent.error());
        for (std::size_t i = 0; i < page.size(); ++i) {
            const std::string_view error = reply.error_of(i);
            if (error.empty() && !is_hash(reply[i])) {
                co_return std::unexpected(give_up(connection_, malformed_answer("HGETALL")));
            }
            if (error.empty()) {
                specs.push_back(wire::decode_instrument(page[i], reply[i]));
            } else if (is_bad_key(error)) {
                specs.push_back(wire::unreadable_instrument(page[i]));
            } else {
                co_return std::unexpected(refused(error));
            }
        }
    }
    co_return specs;
}

asio::awaitable<Result<std::vector<StoredPrice>>> Directory::prices(
    std::span<const std::string> symbols) {
    std::vector<StoredPrice> prices;
    prices.reserve(symbols.size());
    Pipeline commands;
    Reply reply = new_reply();
    while (!symbols.empty()) {
        const auto page = symbols.first(std::min(symbols.size(), limits_.page_commands));
        symbols = symbols.subspan(page.size());
        commands.clear();
        reply.clear();
        for (const std::string& symbol : page) {
            commands.add({"HMGET", keys_.market.text({.symbol = symbol}), wire::price_fields[0],
                          wire::price_fields[1], wire::price_fields[2]});
        }
        const Result<void> sent = co_await prices_.exec(commands, reply);
        if (!sent) co_return std::unexpected(sent.error());
        for (std::size_t i = 0; i < page.size(); ++i) {
            const std::string_view error = reply.error_of(i);
            if (!error.empty() && !is_bad_key(error)) {
                co_return std::unexpected(refused(error));
            }
            if (error.empty() && reply[i].size() != wire::price_fields.size()) {
                co_return std::unexpected(give_up(prices_, malformed_answer("HMGET")));
            }
            prices.push_back(wire::decode_price(reply[i]));
        }
    }
    co_return prices;
}

asio::awaitable<Result<Control>> Directory::control() {
    Pipeline commands;
    Reply reply = new_reply();
    commands.add({"HGETALL", keys_.control});
    const Result<void> sent = co_await connection_.exec(commands, reply);
    if (!sent) co_return std::unexpected(sent.error());
    if (is_bad_key(reply.error_of(0))) co_return wire::unreadable_control();
    if (!reply.error_of(0).empty()) co_return std::unexpected(refused(reply.error_of(0)));
    if (!is_hash(reply[0])) {
        co_return std::unexpected(give_up(connection_, malformed_answer("HGETALL")));
    }
    co_return wire::decode_control(reply[0]);
}

asio::awaitable<Result<BreachMemories>> Directory::breaches() {
    BreachMemories memories;
    Pipeline commands;
    Reply reply = new_reply();
    const std::string count = std::to_string(limits_.scan_count);
    std::string cursor = "0";
    do {
        commands.clear();
        reply.clear();
        commands.add({"HSCAN", keys_.breaches, cursor, "COUNT", count});
        const Result<void> sent = co_await connection_.exec(commands, reply);
        if (!sent) co_return std::unexpected(sent.error());
        if (!reply.error_of(0).empty()) co_return std::unexpected(refused(reply.error_of(0)));
        const auto answer = reply[0];
        if (!is_scan(answer, cursor) || answer.size() % 2 != 1) {
            co_return std::unexpected(give_up(connection_, malformed_answer("HSCAN")));
        }
        cursor = answer.front();
        for (std::size_t i = 1; i < answer.size(); i += 2) {
            const std::string_view type = answer[i].substr(0, answer[i].find(':'));
            auto account = wire::parse_member(answer[i], type);
            const auto memory = wire::decode_breach(answer[i + 1]);
            if (account && memory && type.size() < answer[i].size()) {
                memories.known.emplace_back(std::move(*account), *memory);
            } else {
                ++memories.junk;
            }
        }
    } while (cursor != "0");
    co_return memories;
}

asio::awaitable<Result<void>> Directory::next_changes(Changes& changes) {
    for (;;) {
        if (auto news = continuity_.next()) co_return std::move(*news);
        if (has_changes_) {
            changes.everything |= changes_.everything;
            std::ranges::move(changes_.accounts, std::back_inserter(changes.accounts));
            std::ranges::move(changes_.instruments, std::back_inserter(changes.instruments));
            changes_.clear();
            changed_accounts_.clear();
            has_changes_ = false;
            co_return Result<void>{};
        }
        co_await wake_.wait();
    }
}

void Directory::on_up() {
    continuity_.up();
    wake_.notify();
}

void Directory::on_down(const std::string& reason) {
    changes_.clear();
    changed_accounts_.clear();
    has_changes_ = false;
    continuity_.down("tracking lost: " + reason);
    wake_.notify();
}

void Directory::on_push(std::size_t number, std::string_view leaf) {
    if (number == 0) {
        is_invalidation_ = leaf == "invalidate";
        return;
    }
    if (!is_invalidation_) return;
    if (wire::is_nil(leaf)) {
        ++stats_.table_flushes;
        everything_changed();
    } else {
        ++stats_.changed_keys;
        take_changed(leaf);
    }
}

void Directory::everything_changed() {
    changes_.clear();
    changed_accounts_.clear();
    changes_.everything = true;
    has_changes_ = true;
    wake_.notify();
}

void Directory::take_changed(std::string_view key) {
    if (changes_.everything) return;
    auto owner = keys_.owner_of(key, types_);
    if (auto* account = std::get_if<AccountKey>(&owner)) {
        if (!changed_accounts_.insert(account->text()).second) return;
        changes_.accounts.push_back(std::move(*account));
    } else if (auto* instrument = std::get_if<InstrumentKey>(&owner)) {
        changes_.instruments.push_back(std::move(*instrument));
    } else {
        ++stats_.foreign_keys;
        return;
    }
    if (changes_.accounts.size() + changes_.instruments.size() > limits_.changes_max) {
        everything_changed();
    }
    if (!std::exchange(has_changes_, true)) wake_.notify();
}

}  // namespace margind::redis
