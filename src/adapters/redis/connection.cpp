#include "adapters/redis/connection.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancel_after.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/redis/connection.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "adapters/redis/patience.hpp"
#include "adapters/redis/request.hpp"
#include "adapters/redis/signal.hpp"

namespace margind::redis {
namespace {

namespace asio = boost::asio;
using boost::redis::any_adapter;
using boost::redis::resp3::node_view;
using boost::redis::resp3::type;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

bool is_error(const node_view& node) {
    return node.data_type == type::simple_error || node.data_type == type::blob_error;
}

bool is_aggregate(const node_view& node) {
    return boost::redis::resp3::is_aggregate(node.data_type);
}

std::string_view leaf_of(const node_view& node) {
    if (node.data_type == type::null) return {};
    return node.value.data() == nullptr ? std::string_view{""} : node.value;
}

/// Hands the answers to a request on, one after the other. The library announces an answer again
/// for as long as its first line is incomplete, so that an answer begins with its first node.
any_adapter adapter_to(ReplySink& sink, std::uint64_t& whole) {
    return any_adapter{[&sink, &whole, is_new = true](any_adapter::parse_event event,
                                                      const node_view& node, error_code&) mutable {
        switch (event) {
            case any_adapter::parse_event::init: is_new = true; return;
            case any_adapter::parse_event::done: ++whole; return sink.end_answer();
            case any_adapter::parse_event::node: break;
        }
        if (std::exchange(is_new, false)) sink.begin_answer();
        if (is_error(node)) {
            sink.error(node.value);
        } else if (!is_aggregate(node)) {
            sink.leaf(leaf_of(node));
        }
    }};
}

boost::redis::config make_config(const Options& options, const Role& role) {
    boost::redis::config config;
    config.addr = {options.host, std::to_string(options.port)};
    config.unix_socket = options.unix_path;
    config.username = options.username.empty() ? "default" : options.username;
    config.password = options.password;
    config.clientname = options.client_name + "-" + role.name;
    config.database_index = static_cast<int>(options.db);
    config.health_check_id = role.name;
    config.resolve_timeout = options.connect_timeout;
    config.connect_timeout = options.connect_timeout;
    config.reconnect_wait_interval = milliseconds{0};  // our own loop sees every loss
    config.read_buffer_append_size = role.read_bytes;
    config.max_read_size = options.answer_bytes_max + 2 * role.read_bytes;
    return config;
}

/// Counts what is under way, for as long as it lives; it may outlive the connection.
class Counted {
public:
    explicit Counted(std::shared_ptr<std::size_t> count) : count_{std::move(count)} { ++*count_; }
    Counted(Counted&&) noexcept = default;
    Counted& operator=(Counted&&) = delete;
    ~Counted() {
        if (count_ != nullptr) --*count_;
    }

private:
    std::shared_ptr<std::size_t> count_;
};

}  // namespace

class Connection::Impl {
public:
    Impl(asio::any_io_executor executor, Options options, Role role, PushSink* sink)
        : executor_{executor},
          options_{std::move(options)},
          role_{std::move(role)},
          config_{make_config(options_, role_)},
          sink_{sink},
          connection_{executor, boost::redis::logger{boost::redis::logger::level::err,
                                                     [this](auto, std::string_view text) {
                                                         library_error_ = text;
                                                     }}},
          room_{executor},
          retry_timer_{executor},
          patience_{options_} {
        any_adapter pushes{[this](any_adapter::parse_event event, const node_view& node,
                                  error_code&) { take_push(event, node); }};
        connection_.set_receive_response(pushes);
    }

    asio::awaitable<void> run();
    asio::awaitable<Result<void>> exec(const Pipeline& commands, ReplySink& sink);
    void start(const Pipeline& commands, ReplySink& sink, std::function<void(Result<void>)> done);
    void resume_reading() { room_.notify(); }
    void drop(std::string reason);
    [[nodiscard]] bool is_up() const { return is_up_; }
    [[nodiscard]] const ConnectionStats& stats() const { return stats_; }
    [[nodiscard]] const Options& options() const { return options_; }

private:
    asio::awaitable<void> run_once();
    asio::awaitable<void> session();
    asio::awaitable<bool> greet();
    asio::awaitable<void> pump();
    asio::awaitable<Result<void>> send(const Pipeline& commands, ReplySink& sink,
                                       milliseconds deadline);
    void take_push(any_adapter::parse_event event, const node_view& node);
    void went_up();
    void went_down(const std::string& reason);
    [[nodiscard]] Result<void> result_of(error_code error, steady_clock::time_point began,
                                         milliseconds deadline);
    [[nodiscard]] Error not_connected() const;
    [[nodiscard]] std::string address() const;
    void log(LogLevel level, const std::string& line) const {
        if (options_.log) options_.log(level, line);
    }

    asio::any_io_executor executor_;
    Options options_;
    Role role_;
    boost::redis::config config_;
    PushSink* sink_;
    std::string library_error_;  // the library's last words
    std::string drop_reason_;    // ours for giving the connection up; empty = none
    boost::redis::connection connection_;
    Signal room_;
    asio::steady_timer retry_timer_;
    std::shared_ptr<std::size_t> under_way_ = std::make_shared<std::size_t>(0);
    std::size_t leaf_number_ = 0;
    bool is_up_ = false;
    steady_clock::time_point up_since_;
    std::uint64_t whole_ = 0;         // answers and pushes that came to their end
    std::uint64_t whole_before_ = 0;  // as many as at `stuck_since_`, the first of the timeouts
    steady_clock::time_point stuck_since_;
    Patience patience_;
    bool was_silent_ = false;  // the present life ended by silence
    steady_clock::time_point logged_down_at_;
    std::uint64_t attempts_ = 0;  // since it was last up
    ConnectionStats stats_;
};

asio::awaitable<void> Connection::Impl::run() {
    for (;;) {
        co_await run_once();
        retry_timer_.expires_after(patience_.next_pause());
        co_await retry_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        co_await throw_if_cancelled();
    }
}

/// One life of the connection, from the attempt to connect until it is lost.
asio::awaitable<void> Connection::Impl::run_once() {
    library_error_.clear();
    drop_reason_.clear();
    was_silent_ = false;
    config_.health_check_interval = patience_.ping_interval();
    auto both = asio::experimental::make_parallel_group(
        connection_.async_run(config_, asio::deferred),
        asio::co_spawn(executor_, session(), asio::deferred));
    const auto [order, run_error, session_failure] =
        co_await both.async_wait(asio::experimental::wait_for_one{}, asio::use_awaitable);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) is_up_ = false;  // our end is no loss
    co_await throw_if_cancelled();
    const bool session_ended_first = order[0] == 1;
    was_silent_ |= run_error == boost::redis::error::pong_timeout;
    const std::string reason = !drop_reason_.empty()     ? drop_reason_
                               : !library_error_.empty() ? library_error_
                                                         : run_error.message();
    went_down(reason);
    // What was queued in the meantime would be sent by the next life.
    connection_.cancel(boost::redis::operation::exec);
    if (session_ended_first && session_failure) std::rethrow_exception(session_failure);
}

asio::awaitable<void> Connection::Impl::session() {
    if (!co_await greet()) co_return;
    went_up();
    co_await pump();
}

asio::awaitable<bool> Connection::Impl::greet() {
    Pipeline greeting;
    for (const std::vector<std::string>& command : role_.greeting) {
        greeting.add(std::vector<std::string_view>{command.begin(), command.end()});
    }
    greeting.add({"PING"});
    Reply reply{options_.value_bytes_max};
    const auto deadline = 2 * options_.connect_timeout + options_.request_timeout;
    const Result<void> sent = co_await send(greeting, reply, deadline);
    if (!sent) {
        drop_reason_ = sent.error().text;
        co_return false;
    }
    for (std::size_t i = 0; i < reply.size(); ++i) {
        if (reply.error_of(i).empty()) continue;
        drop_reason_ = reply.error_of(i);
        co_return false;
    }
    co_return drop_reason_.empty();
}

/// Keeps the pushes coming, and pauses them when the sink is full.
asio::awaitable<void> Connection::Impl::pump() {
    while (drop_reason_.empty()) {
        if (sink_ != nullptr && !sink_->has_room() && *under_way_ == 0) {
            co_await room_.wait();
            continue;
        }
        co_await connection_.async_receive2(asio::as_tuple(asio::use_awaitable));
        co_await throw_if_cancelled();
    }
}

void Connection::Impl::take_push(any_adapter::parse_event event, const node_view& node) {
    if (event == any_adapter::parse_event::init) leaf_number_ = 0;
    if (event == any_adapter::parse_event::done) ++whole_;
    if (event != any_adapter::parse_event::node || !drop_reason_.empty()) return;
    if (node.depth == 0 && is_error(node)) {
        ++stats_.stray_errors;
    } else if (node.depth == 0 && node.data_type != type::push) {
        drop("an answer that nobody asked for");  // the next ones may belong to other questions
    } else if (is_error(node)) {
        drop("an error inside a push");
    } else if (!is_aggregate(node) && sink_ != nullptr) {
        sink_->on_push(leaf_number_++, leaf_of(node));
    }
}

void Connection::Impl::drop(std::string reason) {
    if (!drop_reason_.empty()) return;
    drop_reason_ = std::move(reason);
    room_.notify();
    connection_.cancel(boost::redis::operation::receive);
}

void Connection::Impl::went_up() {
    is_up_ = true;
    attempts_ = 0;
    up_since_ = steady_clock::now();
    ++stats_.ups;
    log(LogLevel::info, "event=redis_up role=" + role_.name + " address=" + address());
    if (sink_ != nullptr) sink_->on_up();
}

void Connection::Impl::went_down(const std::string& reason) {
    constexpr auto log_interval = std::chrono::minutes{1};
    const auto now = steady_clock::now();
    stats_.last_error = reason;
    if (is_up_) {
        is_up_ = false;
        ++stats_.losses;
        patience_.lost(now - up_since_, was_silent_);
        logged_down_at_ = {};
        if (sink_ != nullptr) sink_->on_down(reason);
    } else {
        ++stats_.failed_attempts;
        ++attempts_;
    }
    if (logged_down_at_ != steady_clock::time_point{} && now - logged_down_at_ < log_interval) {
        return;
    }
    logged_down_at_ = now;
    log(LogLevel::warning, "event=redis_down role=" + role_.name + " address=" + address() +
                               " attempts=" + std::to_string(attempts_) + " reason=\"" + reason +
                               "\"");
}

std::string Connection::Impl::address() const {
    if (!options_.unix_path.empty()) return options_.unix_path;
    return options_.host + ":" + std::to_string(options_.port);
}

Error Connection::Impl::not_connected() const {
    return {Fault::disconnected, "redis " + role_.name + ": not connected to " + address() +
                                     (stats_.last_error.empty() ? "" : ": " + stats_.last_error)};
}

Result<void> Connection::Impl::result_of(error_code error, steady_clock::time_point began,
                                         milliseconds deadline) {
    if (!error) return {};
    if (error != asio::error::operation_aborted || steady_clock::now() - began < deadline) {
        const std::string& why = library_error_.empty() ? error.message() : library_error_;
        return std::unexpected(
            Error{Fault::disconnected, "redis " + role_.name + ": connection lost: " + why});
    }
    ++stats_.timeouts;
    // Bytes that arrive satisfy the ping, also when they only fill an answer that never ends.
    const auto now = steady_clock::now();
    if (std::exchange(whole_before_, whole_) != whole_) {
        stuck_since_ = now;
    } else if (now - stuck_since_ >= 2 * patience_.ping_interval()) {
        was_silent_ = true;
        drop("requests time out and no answer comes to its end");
    }
    return std::unexpected(Error{Fault::timed_out, "redis " + role_.name + ": no answer within " +
                                                       std::to_string(deadline.count()) + " ms"});
}

asio::awaitable<Result<void>> Connection::Impl::send(const Pipeline& commands, ReplySink& sink,
                                                     milliseconds deadline) {
    const Counted counted{under_way_};
    const auto began = steady_clock::now();
    room_.notify();  // an answer is awaited: reading must go on
    ++stats_.requests;
    const auto [error, size] = co_await connection_.async_exec(
        commands.request_->commands, adapter_to(sink, whole_),
        asio::cancel_after(deadline, asio::as_tuple(asio::use_awaitable)));
    co_await throw_if_cancelled();
    co_return result_of(error, began, deadline);
}

asio::awaitable<Result<void>> Connection::Impl::exec(const Pipeline& commands, ReplySink& sink) {
    if (!is_up_) co_return std::unexpected(not_connected());
    if (commands.is_empty()) co_return Result<void>{};
    co_return co_await send(commands, sink, options_.request_timeout);
}

void Connection::Impl::start(const Pipeline& commands, ReplySink& sink,
                             std::function<void(Result<void>)> done) {
    if (!is_up_) {
        asio::post(executor_, [done = std::move(done), error = not_connected()]() mutable {
            done(std::unexpected(std::move(error)));
        });
        return;
    }
    const auto deadline = options_.request_timeout;
    room_.notify();
    ++stats_.requests;
    auto finish = [this, counted = Counted{under_way_}, done = std::move(done), deadline,
                   began = steady_clock::now()](error_code error, std::size_t) {
        done(result_of(error, began, deadline));
    };
    connection_.async_exec(
        commands.request_->commands, adapter_to(sink, whole_),
        asio::cancel_after(deadline, asio::bind_executor(executor_, std::move(finish))));
}

Connection::Connection(asio::any_io_executor executor, Options options, Role role, PushSink* sink)
    : impl_{
          std::make_unique<Impl>(std::move(executor), std::move(options), std::move(role), sink)} {}

Connection::~Connection() = default;

asio::awaitable<void> Connection::run() { return impl_->run(); }

asio::awaitable<Result<void>> Connection::exec(const Pipeline& commands, ReplySink& sink) {
    return impl_->exec(commands, sink);
}

void Connection::start(const Pipeline& commands, ReplySink& sink,
                       std::function<void(Result<void>)> done) {
    impl_->start(commands, sink, std::move(done));
}

void Connection::resume_reading() { impl_->resume_reading(); }

void Connection::drop(std::string reason) { impl_->drop(std::move(reason)); }

bool Connection::is_up() const { return impl_->is_up(); }

const ConnectionStats& Connection::stats() const { return impl_->stats(); }

const Options& Connection::options() const { return impl_->options(); }

Error refused(std::string_view text) { return {Fault::refused, "redis: " + std::string{text}}; }

}  // namespace margind::redis
