#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <iterator>

#include "adapters/file/file_descriptor.hpp"
#include "adapters/file/recording_form.hpp"

namespace margind::file {
namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::string_view header = "ts_ms,symbol,bid,ask,arrival_ms\n";

/// True where the name would be read back as it is.
bool fits_a_cell(std::string_view symbol) {
    if (symbol.empty() || symbol.front() == ' ' || symbol.back() == ' ') return false;
    for (const char c : symbol) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f || c == ',' || c == '"') return false;
    }
    return true;
}

void append_price(std::string& out, double price) {
    out += ',';
    if (std::isfinite(price)) fmt::format_to(std::back_inserter(out), "{}", price);
}

class CsvForm final : public RecordingForm {
public:
    bool add(const RecordedTick& tick, std::string& out) override {
        if (!fits_a_cell(tick.symbol)) return false;
        // A replay's clock may run by this column: a stamp that is far off would derail it.
        const bool is_plausible =
            tick.ts_ms > tick.arrival_ms - day_ms && tick.ts_ms < tick.arrival_ms + day_ms;
        const std::int64_t ts_ms = is_plausible ? tick.ts_ms : tick.arrival_ms;
        fmt::format_to(std::back_inserter(out), "{},{}", ts_ms, tick.symbol);
        append_price(out, tick.bid);
        append_price(out, tick.ask);
        fmt::format_to(std::back_inserter(out), ",{}\n", tick.arrival_ms);
        return true;
    }
};

}  // namespace

std::expected<RecordingStart, std::string> start_csv(int file, std::uint64_t size) {
    RecordingStart start{.form = std::make_unique<CsvForm>(), .size = size};
    if (size == 0) {
        start.first = header;
        return start;
    }
    char last = '\0';
    if (::pread(file, &last, 1, static_cast<off_t>(size - 1)) == 1 && last == '\n') return start;
    start.first = "\n";
    start.repair = "its last line was torn and is closed";
    return start;
}

}  // namespace margind::file
