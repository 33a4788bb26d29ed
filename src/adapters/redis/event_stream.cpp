#include "adapters/redis/event_stream.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "adapters/redis/fence_scripts.hpp"
#include "margind/core/base/assert.hpp"
#include "wire/redis_state.hpp"

namespace margind::redis {
namespace {

namespace asio = boost::asio;

constexpr std::size_t answer_bytes_max = 4'096;

Error not_acquired() { return {Fault::stale_term, "redis: no term has been acquired"}; }

}  // namespace

EventStream::EventStream(Connection& connection, const wire::Keys& keys, EventOptions options)
    : connection_{connection}, keys_{keys}, options_{std::move(options)} {
    MARGIND_ASSERT(!options_.instance.empty() && options_.events_per_request > 0);
}

Error EventStream::error_of(std::string_view text) {
    if (!text.starts_with("STALETERM")) return refused(text);
    ++stats_.stale_terms;
    return {Fault::stale_term, "redis: " + std::string{text}};
}

/// Gives the connection up too: the answers after a broken one may be those to other questions.
Error EventStream::malformed(std::string_view what, std::span<const std::string_view> found) {
    constexpr std::size_t shown_max = 64;
    const std::string_view first = found.empty() ? std::string_view{""} : found.front();
    std::string text = "redis: expected " + std::string{what} + ", found '" +
                       std::string{first.substr(0, shown_max)} + "'";
    connection_.drop(text);
    return {Fault::malformed, std::move(text)};
}

asio::awaitable<Result<std::uint64_t>> EventStream::acquire_term() {
    Pipeline commands;
    Reply reply{answer_bytes_max};
    commands.add({"EVAL", acquire_script, "2", keys_.term, keys_.lease, options_.instance,
                  std::to_string(options_.lease.count())});
    const Result<void> sent = co_await connection_.exec(commands, reply);
    if (!sent) co_return std::unexpected(sent.error());
    if (!reply.error_of(0).empty()) co_return std::unexpected(error_of(reply.error_of(0)));
    const std::string_view text = reply[0].size() == 1 ? reply[0].front() : std::string_view{""};
    const char* const text_end = text.data() + text.size();
    std::uint64_t term = 0;
    const auto [end, error] = std::from_chars(text.data(), text_end, term);
    if (error != std::errc{} || end != text_end || term == 0) {
        co_return std::unexpected(malformed("a term", reply[0]));
    }
    term_ = term;
    co_return term;
}

asio::awaitable<Result<void>> EventStream::renew_lease() {
    if (term_ == 0) co_return std::unexpected(not_acquired());
    Pipeline commands;
    Reply reply{answer_bytes_max};
    commands.add({"EVAL", renew_script, "2", keys_.term, keys_.lease, std::to_string(term_),
                  options_.instance, std::to_string(options_.lease.count())});
    const Result<void> sent = co_await connection_.exec(commands, reply);
    if (!sent) co_return std::unexpected(sent.error());
    if (!reply.error_of(0).empty()) co_return std::unexpected(error_of(reply.error_of(0)));
    if (reply[0].size() != 1 || reply[0].front() != "1") {
        co_return std::unexpected(malformed("1 for a renewed lease", reply[0]));
    }
    co_return Result<void>{};
}

asio::awaitable<Result<void>> EventStream::load_script() {
    Pipeline commands;
    Reply reply{answer_bytes_max};
    commands.add({"SCRIPT", "LOAD", append_script});
    const Result<void> sent = co_await connection_.exec(commands, reply);
    if (!sent) co_return std::unexpected(sent.error());
    if (!reply.error_of(0).empty()) co_return std::unexpected(error_of(reply.error_of(0)));
    if (reply[0].size() != 1) co_return std::unexpected(malformed("a script's hash", reply[0]));
    script_hash_ = reply[0].front();
    ++stats_.script_loads;
    co_return Result<void>{};
}

void EventStream::add(const Event& event, Pipeline& commands) {
    std::string memory;
    wire::append_breach(memory, event.memory);
    const std::string_view account = event.account;
    const std::string stream = keys_.events.text({.type = account.substr(0, account.find(':'))});
    commands.add({"EVALSHA", script_hash_, "4", keys_.term, keys_.event_ids, keys_.breaches, stream,
                  std::to_string(term_), event.id, std::to_string(event.ts_ms),
                  std::to_string(options_.ids_kept), std::to_string(options_.entries_kept),
                  event.account, memory},
                 encoder_.encode(event, term_));
}

/// Appends from the front of `events`; the result is how many are in the stream. Fewer than all:
/// the script is gone, to be loaded again before the rest, in order.
asio::awaitable<Result<std::size_t>> EventStream::append_some(std::span<const Event> events,
                                                              Appended& total) {
    Pipeline commands;
    Reply reply{answer_bytes_max};
    for (const Event& event : events) add(event, commands);
    const Result<void> sent = co_await connection_.exec(commands, reply);
    if (!sent) co_return std::unexpected(sent.error());
    for (std::size_t i = 0; i < events.size(); ++i) {
        const std::string_view error = reply.error_of(i);
        if (error.starts_with("NOSCRIPT")) {
            script_hash_.clear();
            co_return i;
        }
        if (!error.empty()) co_return std::unexpected(error_of(error));
        const auto answer = reply[i];
        if (answer.size() != 1 || (answer[0] != "0" && answer[0] != "1")) {
            co_return std::unexpected(malformed("0 or 1", answer));
        }
        ++(answer[0] == "1" ? total.appended : total.known);
    }
    co_return events.size();
}

asio::awaitable<Result<Appended>> EventStream::append(std::span<const Event> events) {
    if (term_ == 0) co_return std::unexpected(not_acquired());
    constexpr int loads_max = 3;  // in one call; more means that something keeps flushing scripts
    Appended total;
    for (int loads = 0; !events.empty();) {
        if (script_hash_.empty()) {
            if (loads++ == loads_max) {
                co_return std::unexpected(refused("NOSCRIPT, loaded again and again"));
            }
            const Result<void> loaded = co_await load_script();
            if (!loaded) co_return std::unexpected(loaded.error());
        }
        const auto some = events.first(std::min(events.size(), options_.events_per_request));
        const Result<std::size_t> done = co_await append_some(some, total);
        if (!done) co_return std::unexpected(done.error());
        events = events.subspan(*done);
    }
    stats_.appended += total.appended;
    stats_.known += total.known;
    co_return total;
}

}  // namespace margind::redis
