#include "http/server_options.hpp"

#include <fmt/format.h>

#include "http/access.hpp"

namespace margind::http {

std::vector<std::string> problems_of(const ServerOptions& options) {
    std::vector<std::string> problems;
    const auto listen = parse_listen(options.listen);
    if (!listen) problems.push_back(fmt::format("http.listen: {}", listen.error().text));
    if (!options.token_file.empty()) {
        const auto token = read_token_file(options.token_file);
        if (!token) problems.push_back(fmt::format("http.token_file: {}", token.error().text));
    }
    const bool is_open = listen && !listen->address().is_loopback();
    if (is_open && options.token_file.empty() && !options.insecure_bind) {
        problems.push_back(
            fmt::format("http.listen: {} can be reached from other machines: set http.token_file, "
                        "or http.insecure_bind if something else keeps strangers out",
                        options.listen));
    }
    if (options.types.empty()) problems.emplace_back("accounts.types: at least one is needed");
    return problems;
}

}  // namespace margind::http
