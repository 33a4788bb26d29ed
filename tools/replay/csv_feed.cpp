#include <fmt/format.h>

#include <utility>

#include "adapters/file/line_reader.hpp"
#include "common/interrupt.hpp"
#include "replay/feed_file.hpp"

namespace margind::replay {
namespace {

class CsvFeed final : public FeedFile {
public:
    CsvFeed(file::LineReader reader, const Options& options, const Notice& notice)
        : FeedFile{options, notice},
          reader_{std::move(reader)},
          csv_{options.map ? wire::FeedCsv{*options.map} : wire::FeedCsv{}} {}

    bool next() override {
        while (reader_.next(line_)) {
            ++counts_.lines;
            if (read_line()) return true;
        }
        if (!reader_.damage().empty() && counts_.damages.empty()) {
            tell_damage(reader_.damage(), uses_front);
        }
        return false;
    }
    [[nodiscard]] std::uint64_t bytes_read() const override { return reader_.bytes_read(); }
    [[nodiscard]] std::uint64_t bytes_total() const override { return reader_.bytes_total(); }

private:
    [[nodiscard]] std::string place() const override {
        return fmt::format("{}:{}", reader_.path(), line_.number);
    }

    bool read_line() {
        using Kind = file::Line::Kind;
        if (line_.kind == Kind::too_long) return refuse(wire::FeedFault::too_long);
        const bool is_whole = line_.kind != Kind::unterminated;
        // In a file that was cut off the last line is torn, however whole it looks.
        if (!is_whole && !reader_.damage().empty()) return refuse(wire::FeedFault::torn);
        const wire::FeedCsv::Outcome outcome =
            is_whole ? csv_.read(line_.text, tick_) : csv_.read_unterminated(line_.text, tick_);
        if (outcome.kind == wire::FeedCsv::Kind::refused) return refuse(outcome.fault);
        if (outcome.kind != wire::FeedCsv::Kind::tick) return false;
        return take_tick(wants_symbol(tick_.symbol));
    }

    file::LineReader reader_;
    file::Line line_;
    wire::FeedCsv csv_;
};

}  // namespace

std::expected<std::unique_ptr<FeedFile>, std::string> open_csv(const std::string& path,
                                                               const Options& options,
                                                               const Notice& notice) {
    auto reader = file::LineReader::open(path, file::LineReader::line_bytes_max_default,
                                         tools::is_interrupted);
    if (!reader) return std::unexpected{std::move(reader.error())};
    return std::make_unique<CsvFeed>(std::move(*reader), options, notice);
}

}  // namespace margind::replay
