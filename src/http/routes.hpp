#pragma once
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/questions.hpp"
#include "http/request_head.hpp"
#include "http/response.hpp"
#include "http/server_stats.hpp"
#include "http/view.hpp"
#include "margind/core/base/moment.hpp"

namespace margind::http {

/// All that a route may look at. The references outlive the answer.
struct Inputs {
    std::shared_ptr<const View> view;
    Questions& questions;
    const std::vector<std::string>& types;  // configured account types, in order
    const ServerStats& server;
    Moment now;
};

/// Answers one request. No socket, no clock; waits for `questions` at most. Access has been
/// checked.
[[nodiscard]] boost::asio::awaitable<Response> answer(const RequestHead& request,
                                                      const Inputs& inputs);

/// A target without its query.
[[nodiscard]] std::string_view path_of(std::string_view target);

/// True for the targets that answer without a token: /livez and /readyz.
[[nodiscard]] bool is_public(std::string_view target);

/// Why the service is not ready at `now`, the view's own age among the reasons. Empty = ready.
[[nodiscard]] std::vector<Reason> not_ready_reasons(const View& view, Moment now);

/// Seconds since the service started.
[[nodiscard]] double uptime_seconds(const View& view, Moment now);

}  // namespace margind::http
