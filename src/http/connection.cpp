#include "http/connection.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancel_at.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <utility>

#include "http/routes.hpp"

namespace margind::http {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

constexpr std::size_t chunk_size = 16'384;
constexpr std::size_t lingering_max = 262'144;
constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

std::chrono::steady_clock::time_point in(std::chrono::milliseconds delay) {
    return std::chrono::steady_clock::now() + delay;
}

auto until(std::chrono::steady_clock::time_point deadline) {
    return asio::cancel_at(deadline, asio::as_tuple(asio::use_awaitable));
}

void count_status(ServerStats& stats, int status) {
    bump(status < 400   ? stats.responses_2xx
         : status < 500 ? stats.responses_4xx
                        : stats.responses_5xx);
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, const Site& site)
    : socket_{std::move(socket)}, site_{site}, reader_{site.limits.head} {
    boost::system::error_code error;
    const auto own = socket_.local_endpoint(error);
    if (!error) own_address_ = to_text(own);
    socket_.set_option(asio::ip::tcp::no_delay{true}, error);  // a refusal only costs latency
}

awaitable<void> Connection::run() {
    chunk_.resize(chunk_size);
    for (;;) {
        is_answering_ = false;
        const Batch batch = co_await receive();
        if (batch.is_ended) co_return;
        is_answering_ = true;
        const bool goes_on = co_await answer_all(batch);
        if (goes_on) continue;
        co_await linger();
        co_return;
    }
}

awaitable<void> Connection::refuse(int status, std::string_view detail) {
    chunk_.resize(chunk_size);
    Response response = problem(status, detail, "");
    response.headers.emplace_back("Retry-After", "1");
    const bool is_sent = co_await send(response, false, false);
    if (is_sent) co_await linger();
}

awaitable<Connection::Batch> Connection::receive() {
    const bool is_first = served_ == 0;
    bool is_waiting = reader_.is_between_requests();
    SteadyTime deadline =
        in(is_waiting && !is_first ? site_.limits.idle_deadline : site_.limits.request_deadline);
    Batch batch;
    for (;;) {
        take_requests(batch);
        if (!batch.requests.empty() || batch.refusal) co_return batch;
        if (reader_.take_continue()) {
            const bool is_told = co_await write(continue_line);
            if (!is_told) co_return Batch{.is_ended = true};
        }
        const bool has_more = co_await read_some(deadline, batch);
        if (!has_more) co_return batch;
        if (std::exchange(is_waiting, false)) deadline = in(site_.limits.request_deadline);
    }
}

void Connection::take_requests(Batch& batch) {
    while (batch.requests.size() < site_.limits.pipelined_max) {
        auto request = reader_.next();
        if (!request) {
            batch.refusal = std::move(request.error());
            return;
        }
        if (!*request) return;
        if (auto refusal = check_access(**request, site_.allowed, own_address_)) {
            batch.refusal = std::move(*refusal);
            return;
        }
        batch.requests.push_back(std::move(**request));
        if (!batch.requests.back().keep_alive) return;
    }
    batch.is_cut = reader_.size() > 0;
    if (batch.is_cut) bump(site_.stats.pipelines_cut);
}

awaitable<bool> Connection::read_some(SteadyTime deadline, Batch& batch) {
    const auto result = co_await socket_.async_read_some(asio::buffer(chunk_), until(deadline));
    const auto& [error, size] = result;
    if (!error) {
        reader_.append(std::string_view{chunk_}.substr(0, size));
        co_return true;
    }
    const bool is_late =
        error == asio::error::operation_aborted && std::chrono::steady_clock::now() >= deadline;
    if (is_late) {
        end_in_silence(batch);
    } else {
        batch.is_ended = true;
    }
    co_return false;
}

void Connection::end_in_silence(Batch& batch) {
    if (reader_.is_between_requests()) {
        bump(site_.stats.idle_timeouts);
        batch.is_ended = true;
    } else {
        bump(site_.stats.request_timeouts);
        batch.refusal = Refusal{408, "the request did not arrive in time"};
    }
}

awaitable<bool> Connection::answer_all(const Batch& batch) {
    for (std::size_t i = 0; i < batch.requests.size(); ++i) {
        const RequestHead& request = batch.requests[i];
        const bool is_cut_here = batch.is_cut && i + 1 == batch.requests.size();
        const Response response = co_await respond(request);
        ++served_;
        const bool keep_alive = request.keep_alive && !is_cut_here && !site_.is_stopping &&
                                served_ < site_.limits.requests_max;
        const bool is_sent = co_await send(response, request.method == "HEAD", keep_alive);
        if (!is_sent || !keep_alive) co_return false;
    }
    if (!batch.refusal) co_return true;
    bump(site_.stats.requests_refused);
    const Response response = problem(batch.refusal->status, batch.refusal->detail, "");
    co_await send(response, false, false);
    co_return false;
}

awaitable<Response> Connection::respond(const RequestHead& request) {
    bump(site_.stats.requests);
    const bool needs_token = !site_.token.empty() && !is_public(request.target);
    if (needs_token && !is_authorized(request.authorization, site_.token)) {
        bump(site_.stats.unauthorized);
        Response response = problem(401, "a bearer token is needed here", path_of(request.target));
        response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"margind\"");
        co_return response;
    }
    const Inputs inputs{site_.views.current(), site_.questions, site_.types, site_.stats,
                        site_.clock.now()};
    try {
        Response response = co_await answer(request, inputs);
        co_return response;
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted) throw;
        spdlog::error("event=http_answer_failed path=\"{}\" reason=\"{}\"", path_of(request.target),
                      error.what());
    } catch (const std::exception& error) {
        spdlog::error("event=http_answer_failed path=\"{}\" reason=\"{}\"", path_of(request.target),
                      error.what());
    }
    bump(site_.stats.handler_failures);
    co_return problem(500, "the answer could not be made", path_of(request.target));
}

awaitable<bool> Connection::send(const Response& response, bool omit_body, bool keep_alive) {
    count_status(site_.stats, response.status);
    std::string bytes;
    append_response(
        bytes, response,
        {.keep_alive = keep_alive, .omit_body = omit_body, .wall_ms = site_.clock.now().wall_ms});
    const bool is_written = co_await write(bytes);
    co_return is_written;
}

awaitable<bool> Connection::write(std::string_view bytes) {
    const SteadyTime deadline = in(site_.limits.write_deadline);
    const auto result = co_await asio::async_write(socket_, asio::buffer(bytes), until(deadline));
    const auto& [error, size] = result;
    bump(site_.stats.bytes_sent, size);
    if (error == asio::error::operation_aborted && std::chrono::steady_clock::now() >= deadline) {
        bump(site_.stats.write_timeouts);
    }
    co_return !error;
}

/// Closes our side and waits for the other: closing with bytes unread would reset the connection
/// and take the answer back from a client that has not read it yet.
awaitable<void> Connection::linger() {
    boost::system::error_code ignored;  // the other side may be gone already
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    const SteadyTime deadline = in(site_.limits.linger_deadline);
    for (std::size_t total = 0; total < lingering_max;) {
        const auto result = co_await socket_.async_read_some(asio::buffer(chunk_), until(deadline));
        const auto& [error, size] = result;
        if (error) co_return;
        total += size;
    }
}

}  // namespace margind::http
