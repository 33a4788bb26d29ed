#include "http/routes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/awaitable.hpp>

#include "http/handlers.hpp"
#include "http/metrics.hpp"
#include "http/target.hpp"
#include "wire/json_writer.hpp"

namespace margind::http {
namespace {

using wire::JsonWriter;

/// A path with at most one variable segment, written `{}`, and who answers it.
struct Route {
    std::string_view path;
    std::string_view method;
    Answer (*handler)(const Call&);
};

constexpr std::array routes{
    Route{"/api/market/portfolio/status", "GET", seed_status},
    Route{"/api/market/portfolio/dirty-users/{}", "GET", seed_dirty_users},
    Route{"/livez", "GET", livez},
    Route{"/readyz", "GET", readyz},
    Route{"/metrics", "GET", metrics},
    Route{"/v1/status", "GET", v1_status},
    Route{"/v1/dirty/{}", "GET", v1_dirty},
    Route{"/v1/accounts/{}", "GET", v1_account},
    Route{"/v1/symbols/{}", "GET", v1_symbol},
};

/// The variable segment, or an empty text where the path has none; nothing when it does not match.
std::optional<std::string> match(std::string_view path, const std::vector<std::string>& segments) {
    std::string captured;
    for (const std::string& segment : segments) {
        if (path.empty()) return std::nullopt;
        path.remove_prefix(1);
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view expected = path.substr(0, end);
        if (expected == "{}") {
            if (segment.empty()) return std::nullopt;
            captured = segment;
        } else if (expected != segment) {
            return std::nullopt;
        }
        path.remove_prefix(end);
    }
    if (!path.empty()) return std::nullopt;
    return captured;
}

std::string allowed_methods(std::string_view method) {
    return method == "GET" ? "GET, HEAD" : std::string{method};
}

}  // namespace

Answer livez(const Call&) { co_return Response{.body = R"({"status":"alive"})"}; }

Answer readyz(const Call& call) {
    const auto reasons = not_ready_reasons(*call.inputs.view, call.inputs.now);
    Response response{.status = reasons.empty() ? 200 : 503};
    JsonWriter json{response.body};
    json.begin_object().field("ready", reasons.empty()).key("reasons").begin_array();
    for (const Reason& reason : reasons) {
        json.begin_object().field("code", reason.code).field("text", reason.text).end_object();
    }
    json.end_array().end_object();
    if (!reasons.empty()) response.headers.emplace_back("Retry-After", "1");
    co_return response;
}

Answer metrics(const Call& call) {
    co_return Response{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                       .body = metrics_text(call.inputs)};
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

bool is_public(std::string_view target) {
    const std::string_view path = path_of(target);
    return path == "/livez" || path == "/readyz";
}

std::vector<Reason> not_ready_reasons(const View& view, Moment now) {
    std::vector<Reason> reasons = view.not_ready;
    const std::int64_t age_ms = now.steady_ms - view.published.steady_ms;
    if (view.stale_after_ms > 0 && age_ms > view.stale_after_ms) {
        reasons.push_back({"stalled", fmt::format("the last beat was {} ms ago, {} are allowed",
                                                  age_ms, view.stale_after_ms)});
    }
    return reasons;
}

double uptime_seconds(const View& view, Moment now) {
    return static_cast<double>(now.steady_ms - view.started.steady_ms) / 1e3;
}

boost::asio::awaitable<Response> answer(const RequestHead& request, const Inputs& inputs) {
    const auto target = parse_target(request.target);
    if (!target) co_return problem(400, target.error(), path_of(request.target));
    const std::string_view method =
        request.method == "HEAD" ? "GET" : std::string_view{request.method};
    std::string allow;
    for (const Route& route : routes) {
        auto captured = match(route.path, target->segments);
        if (!captured) continue;
        if (route.method == method) {
            const Call call{*target, std::move(*captured), inputs};
            co_return co_await route.handler(call);
        }
        allow = allowed_methods(route.method);
    }
    if (allow.empty()) co_return problem(404, "there is nothing at this path", target->path);
    Response refused = problem(405, fmt::format("this path takes {}", allow), target->path);
    refused.headers.emplace_back("Allow", allow);
    co_return refused;
}

}  // namespace margind::http
