#include "support/daemon.hpp"

#include <simdjson.h>

#include <catch2/catch_test_macros.hpp>
#include <stdexcept>

namespace margind::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds pause{20};

std::vector<std::string> arguments(std::uint16_t redis_port,
                                   const std::vector<std::string>& settings,
                                   const std::vector<std::string>& options) {
    std::vector<std::string> words{"serve", "--set",
                                   "redis.url=redis://127.0.0.1:" + std::to_string(redis_port),
                                   "--set", "http.listen=127.0.0.1:0"};
    for (const std::string& setting : settings) {
        words.emplace_back("--set");
        words.push_back(setting);
    }
    words.insert(words.end(), options.begin(), options.end());
    return words;
}

/// The port in "event=http_listening address=… port=N".
std::string port_in(const std::string& log) {
    const std::size_t line = log.find("event=http_listening");
    if (line == std::string::npos) return {};
    const std::size_t port = log.find("port=", line);
    const std::size_t end = log.find_first_of(" \n", port);
    if (port == std::string::npos || end == std::string::npos) return {};
    return log.substr(port + 5, end - port - 5);
}

}  // namespace

Daemon::Daemon(std::uint16_t redis_port, const std::vector<std::string>& settings,
               const std::vector<std::string>& options)
    : process_{binary("margind"), arguments(redis_port, settings, options)} {
    until("the daemon listens", [this] { return !port_in(process_.errors()).empty(); });
    url_ = "http://127.0.0.1:" + port_in(process_.errors());
}

http::GetResponse Daemon::get(const std::string& target) {
    auto response = http::get(url_ + target, milliseconds{10'000});
    if (!response) throw std::runtime_error{target + ": " + response.error().text};
    return std::move(*response);
}

void Daemon::until(const std::string& what, const std::function<bool()>& holds,
                   std::chrono::seconds limit) {
    const auto deadline = steady_clock::now() + limit;
    while (!holds()) {
        // The wait between two looks ends at once when the daemon ends.
        if (const auto code = process_.wait(pause)) {
            FAIL("the daemon ended with " << *code << " before " << what << ":\n"
                                          << process_.errors());
        }
        if (steady_clock::now() > deadline) {
            FAIL("in vain: " << what << "\n" << process_.errors());
        }
    }
}

std::uint64_t Daemon::status(const std::string& path) {
    const std::string body = get("/v1/status").body;
    simdjson::dom::parser parser;
    std::uint64_t value = 0;
    const auto error = parser.parse(body).at_pointer(path).get(value);
    if (error != simdjson::SUCCESS) throw std::runtime_error{path + " is not in " + body};
    return value;
}

}  // namespace margind::test
