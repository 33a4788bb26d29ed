#include "http/server.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <list>
#include <system_error>
#include <thread>

#include "http/admission.hpp"
#include "http/characters.hpp"
#include "http/connection.hpp"
#include "http/fields.hpp"

namespace margind::http {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint32_t refusals_max = 32;  // connections being told that there are too many

std::unexpected<Error> failed(Fault fault, std::string text) {
    return std::unexpected{Error{fault, std::move(text)}};
}

std::string text_of(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "not an exception of the standard library";
    }
}

bool is_cancellation(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
        return error.code() == asio::error::operation_aborted;
    } catch (...) {
        return false;
    }
}

}  // namespace

/// Everything that lives on the server's thread.
struct Server::Running {
    /// One connection and the means to end it.
    struct Entry {
        Entry(tcp::socket socket, const Site& site, asio::ip::address from)
            : connection{std::move(socket), site}, address{std::move(from)} {}
        Connection connection;
        asio::cancellation_signal cancellation;
        asio::ip::address address;
        bool is_admitted = false;  // else it is being refused
        bool has_ended = false;
    };
    using Entries = std::list<Entry>;

    Running(ServerOptions the_options, const ViewBoard& views, Questions& questions,
            const Clock& clock)
        : options{std::move(the_options)},
          site{.limits = options.connection,
               .allowed = {},
               .token = {},
               .types = options.types,
               .views = views,
               .questions = questions,
               .clock = clock,
               .stats = stats},
          admission{options.connections_max, options.connections_per_address_max} {}

    Result<void> prepare();
    Result<void> bind(const Endpoint& listen);
    void run();
    awaitable<void> accept_loop();
    awaitable<void> pause(const error_code& error);
    void admit_or_log(tcp::socket socket);
    void admit(tcp::socket socket);
    void spawn(Entries::iterator entry, awaitable<void> task);
    void ended(Entries::iterator entry, const std::exception_ptr& failure);
    void begin_stop();
    void cancel_all();

    ServerOptions options;
    ServerStats stats;
    Site site;
    Admission admission;
    asio::io_context io{1};
    tcp::acceptor acceptor{io};
    asio::steady_timer stop_timer{io};
    asio::cancellation_signal accepting;
    Entries entries;
    std::uint32_t refusals = 0;
    bool is_exhausted = false;
    Endpoint endpoint;
    std::thread thread;
};

Result<void> Server::Running::prepare() {
    const auto problems = problems_of(options);
    if (!problems.empty())
        return failed(Fault::malformed, fmt::format("{}", fmt::join(problems, "; ")));
    if (!options.token_file.empty()) {
        auto token = read_token_file(options.token_file);
        if (!token) return std::unexpected{token.error()};
        site.token = std::move(*token);
    }
    if (const auto bound = bind(*parse_listen(options.listen)); !bound) return bound;
    site.allowed = default_allow_list(endpoint);
    for (const std::string& host : options.hosts) site.allowed.hosts.push_back(to_lower(host));
    for (const std::string& origin : options.origins) {
        site.allowed.origins.push_back(to_lower(origin));
    }
    return {};
}

Result<void> Server::Running::bind(const Endpoint& listen) {
    try {
        acceptor.open(listen.protocol());
        acceptor.set_option(asio::socket_base::reuse_address{true});
        if (listen.address().is_v6()) acceptor.set_option(asio::ip::v6_only{false});
        acceptor.bind(listen);
        acceptor.listen();
        endpoint = acceptor.local_endpoint();
        return {};
    } catch (const boost::system::system_error& error) {
        return failed(Fault::refused, fmt::format("cannot listen on {}: {}", to_text(listen),
                                                  error.code().message()));
    }
}

void Server::Running::run() {
    pthread_setname_np(pthread_self(), "margind-http");
    asio::co_spawn(
        io, accept_loop(),
        asio::bind_cancellation_slot(accepting.slot(), [](const std::exception_ptr& failure) {
            if (!failure || is_cancellation(failure)) return;
            spdlog::critical("event=http_accept_ended reason=\"{}\"", text_of(failure));
        }));
    io.run();
}

awaitable<void> Server::Running::accept_loop() {
    while (!site.is_stopping) {
        auto accepted = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
        auto& [error, socket] = accepted;
        if (site.is_stopping || error == asio::error::operation_aborted) co_return;
        if (!error) {
            is_exhausted = false;
            admit_or_log(std::move(socket));
        } else if (error != asio::error::connection_aborted) {
            co_await pause(error);
        }
    }
}

/// Out of descriptors or memory: nothing can be accepted for now. The waiting connections stay in
/// the kernel's queue.
awaitable<void> Server::Running::pause(const error_code& error) {
    bump(stats.accept_failures);
    if (!std::exchange(is_exhausted, true)) {
        spdlog::warn("event=http_accept_paused reason=\"{}\" open={}", error.message(),
                     admission.open());
    }
    asio::steady_timer timer{io, options.accept_pause};
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

/// One connection that cannot be set up must not end the accepting of others.
void Server::Running::admit_or_log(tcp::socket socket) {
    try {
        admit(std::move(socket));
    } catch (const std::exception& error) {
        bump(stats.handler_failures);
        spdlog::error("event=http_connection_failed reason=\"{}\"", error.what());
    }
}

void Server::Running::admit(tcp::socket socket) {
    error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (error) return;  // gone already
    const auto verdict = admission.admit(remote.address());
    if (verdict == Admission::Verdict::admitted) {
        bump(stats.connections);
        bump(stats.connections_open);
        const auto entry =
            entries.emplace(entries.end(), std::move(socket), site, remote.address());
        entry->is_admitted = true;
        spawn(entry, entry->connection.run());
        return;
    }
    const bool is_full = verdict == Admission::Verdict::full;
    bump(is_full ? stats.connections_refused : stats.connections_refused_address);
    if (refusals >= refusals_max) return;
    ++refusals;
    const auto entry = entries.emplace(entries.end(), std::move(socket), site, remote.address());
    spawn(entry, is_full ? entry->connection.refuse(503, "too many connections")
                         : entry->connection.refuse(429, "too many connections of your address"));
}

void Server::Running::spawn(Entries::iterator entry, awaitable<void> task) {
    asio::co_spawn(io, std::move(task),
                   asio::bind_cancellation_slot(entry->cancellation.slot(),
                                                [this, entry](const std::exception_ptr& failure) {
                                                    ended(entry, failure);
                                                }));
}

void Server::Running::ended(Entries::iterator entry, const std::exception_ptr& failure) {
    if (failure && !is_cancellation(failure)) {
        bump(stats.handler_failures);
        spdlog::error("event=http_connection_failed reason=\"{}\"", text_of(failure));
    }
    entry->has_ended = true;
    if (entry->is_admitted) {
        admission.release(entry->address);
        drop(stats.connections_open);
    } else {
        --refusals;
    }
    // Posted: the cancellation slot of this very handler lives in the entry.
    asio::post(io, [this, entry] {
        entries.erase(entry);
        if (site.is_stopping && entries.empty()) stop_timer.cancel();
    });
}

void Server::Running::begin_stop() {
    if (site.is_stopping) return;
    site.is_stopping = true;
    error_code ignored;  // it is closed in any case
    acceptor.close(ignored);
    accepting.emit(asio::cancellation_type::terminal);
    for (Entry& entry : entries) {
        const bool is_busy = entry.connection.is_answering() || entry.has_ended;
        if (!is_busy) entry.cancellation.emit(asio::cancellation_type::terminal);
    }
    if (entries.empty()) return;
    stop_timer.expires_after(options.stop_deadline);
    stop_timer.async_wait([this](const error_code& error) {
        if (!error) cancel_all();
    });
}

void Server::Running::cancel_all() {
    spdlog::warn("event=http_stop_overdue connections={}", entries.size());
    for (Entry& entry : entries) {
        if (!entry.has_ended) entry.cancellation.emit(asio::cancellation_type::terminal);
    }
}

Server::Server(ServerOptions options, const ViewBoard& views, Questions& questions,
               const Clock& clock)
    : running_{std::make_unique<Running>(std::move(options), views, questions, clock)} {}

Server::~Server() { stop(); }

Result<void> Server::start() {
    if (const auto prepared = running_->prepare(); !prepared) return prepared;
    try {
        running_->thread = std::thread{[running = running_.get()] { running->run(); }};
        return {};
    } catch (const std::system_error& error) {
        return failed(Fault::refused, fmt::format("cannot start a thread: {}", error.what()));
    }
}

const Endpoint& Server::endpoint() const { return running_->endpoint; }

void Server::stop() {
    if (!running_->thread.joinable()) return;
    asio::post(running_->io, [running = running_.get()] { running->begin_stop(); });
    running_->thread.join();
}

ServerStats Server::stats() const {
    ServerStats copy;
    for (const Field<ServerStats>& field : server_fields) {
        const std::atomic_ref<std::uint64_t> shared{running_->stats.*field.number};
        copy.*field.number = shared.load(std::memory_order_relaxed);
    }
    return copy;
}

}  // namespace margind::http
