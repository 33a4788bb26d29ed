#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "http/get.hpp"
#include "support/child_process.hpp"

namespace margind::test {

/// `margind serve` beside a server on a loopback port, with HTTP on a free one.
class Daemon {
public:
    /// Returns once its HTTP answers. `settings` are section.key=value; `options` are as they are.
    explicit Daemon(std::uint16_t redis_port, const std::vector<std::string>& settings = {},
                    const std::vector<std::string>& options = {});

    [[nodiscard]] http::GetResponse get(const std::string& target);
    [[nodiscard]] bool is_ready() { return get("/readyz").status == 200; }
    /// Waits until `holds`; fails the test when the daemon ends or the limit passes.
    void until(const std::string& what, const std::function<bool()>& holds,
               std::chrono::seconds limit = std::chrono::seconds{60});
    void until_ready() {
        until("the daemon is ready", [this] { return is_ready(); });
    }
    /// A number of /v1/status, by its path such as "/engine/gaps".
    [[nodiscard]] std::uint64_t status(const std::string& path);
    ChildProcess& process() { return process_; }
    [[nodiscard]] const std::string& url() const { return url_; }

private:
    ChildProcess process_;
    std::string url_;
};

}  // namespace margind::test
