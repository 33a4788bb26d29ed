#include "app/logging.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <string>
#include <string_view>

#include "wire/json_writer.hpp"

namespace margind::app {
namespace {

/// The text of a line with JSON's escapes.
class EscapedText final : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
                spdlog::memory_buf_t& to) override {
        std::string escaped;
        const std::string_view text{message.payload.data(), message.payload.size()};
        wire::append_json_escaped(escaped, text);
        to.append(escaped.data(), escaped.data() + escaped.size());
    }
    [[nodiscard]] std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
        return std::make_unique<EscapedText>();
    }
};

}  // namespace

std::unique_ptr<spdlog::formatter> json_log_formatter() {
    auto formatter =
        std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc, "\n");
    formatter->add_flag<EscapedText>('*');
    formatter->set_pattern(R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","text":"%*"})");
    return formatter;
}

void set_up_logging(const Config& config) {
    auto logger = spdlog::stderr_logger_st("margind");
    if (config.log.format == "json") {
        logger->set_formatter(json_log_formatter());
    } else {
        logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
    }
    logger->set_level(spdlog::level::from_str(config.log.level));
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
}

}  // namespace margind::app
