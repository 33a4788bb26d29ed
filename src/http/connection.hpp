#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "http/access.hpp"
#include "http/questions.hpp"
#include "http/request_reader.hpp"
#include "http/response.hpp"
#include "http/server_options.hpp"
#include "http/server_stats.hpp"
#include "http/view.hpp"
#include "margind/ports/ticker.hpp"

namespace margind::http {

/// What all connections of a server share. Lives as long as the server, on its thread.
struct Site {
    ConnectionLimits limits;
    AllowList allowed;
    std::string token;  // empty = none
    std::vector<std::string> types;
    const ViewBoard& views;
    Questions& questions;
    const Clock& clock;
    ServerStats& stats;
    bool is_stopping = false;
};

/// One client's connection: reads requests, answers them in order, closes. Site and socket outlive
/// `run`.
class Connection {
public:
    Connection(boost::asio::ip::tcp::socket socket, const Site& site);

    /// Returns when the connection is over, for whatever reason; throws only when cancelled.
    boost::asio::awaitable<void> run();
    /// Says that it is refused, and closes.
    boost::asio::awaitable<void> refuse(int status, std::string_view detail);

    /// True from the arrival of a request until its answer is delivered. A stop waits for that.
    [[nodiscard]] bool is_answering() const { return is_answering_; }

private:
    using SteadyTime = std::chrono::steady_clock::time_point;

    /// Requests that arrived together, and what is wrong behind them.
    struct Batch {
        std::vector<RequestHead> requests;
        std::optional<Refusal> refusal;
        bool is_cut = false;    // more requests than are taken in at once
        bool is_ended = false;  // the other side closed, or was silent for too long
    };
    boost::asio::awaitable<Batch> receive();
    void take_requests(Batch& batch);
    boost::asio::awaitable<bool> read_some(SteadyTime deadline, Batch& batch);
    void end_in_silence(Batch& batch);
    /// False when the connection is not to be used any longer.
    boost::asio::awaitable<bool> answer_all(const Batch& batch);
    boost::asio::awaitable<Response> respond(const RequestHead& request);
    boost::asio::awaitable<bool> send(const Response& response, bool omit_body, bool keep_alive);
    boost::asio::awaitable<bool> write(std::string_view bytes);
    boost::asio::awaitable<void> linger();

    boost::asio::ip::tcp::socket socket_;
    const Site& site_;
    std::string own_address_;
    RequestReader reader_;
    std::string chunk_;
    std::uint32_t served_ = 0;
    bool is_answering_ = false;
};

}  // namespace margind::http
