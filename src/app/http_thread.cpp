#include "app/http_thread.hpp"

#include <spdlog/spdlog.h>

#include <sstream>

namespace margind::app {

http::ServerOptions server_options(const Config& config) {
    http::ServerOptions options;
    options.listen = config.http.listen;
    options.token_file = config.http.token_file;
    options.insecure_bind = config.http.insecure_bind;
    options.hosts = config.http.hosts;
    options.origins = config.http.origins;
    options.types = config.accounts.types;
    return options;
}

HttpThread::HttpThread(const Config& config, boost::asio::any_io_executor engine_executor,
                       Loops& loops)
    : is_wanted_{!config.http.listen.empty()},
      questions_{loops.engine(), loops.clock(), std::move(engine_executor)},
      server_{server_options(config), loops.views(), questions_, loops.clock()} {}

std::expected<void, std::string> HttpThread::start() {
    if (!is_wanted_) return {};
    if (const auto started = server_.start(); !started) {
        return std::unexpected{started.error().text};
    }
    const http::Endpoint& endpoint = server_.endpoint();
    spdlog::info("event=http_listening address={} port={}", endpoint.address().to_string(),
                 endpoint.port());
    return {};
}

std::string HttpThread::address() const {
    if (!is_wanted_) return {};
    std::ostringstream text;
    text << server_.endpoint();
    return text.str();
}

void HttpThread::stop() {
    if (is_wanted_) server_.stop();
}

}  // namespace margind::app
