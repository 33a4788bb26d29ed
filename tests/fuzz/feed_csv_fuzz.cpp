// A file of ticks, line by line: every line is a tick, nothing, or refused with a reason.
#include <cmath>

#include "fuzz/fuzz.hpp"
#include "wire/feed_csv.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace margind;
    wire::FeedCsv csv;
    fuzz::for_each_line(fuzz::text_of(data, size), [&](std::string_view line, bool is_whole) {
        wire::FeedTick tick;
        const auto outcome = is_whole ? csv.read(line, tick) : csv.read_unterminated(line, tick);
        const bool is_refused = outcome.kind == wire::FeedCsv::Kind::refused;
        fuzz::must(is_refused == (outcome.fault != wire::FeedFault::none));
        if (outcome.kind != wire::FeedCsv::Kind::tick) return;
        fuzz::must(!tick.symbol.empty());
        fuzz::must(!std::isinf(tick.bid) && !std::isinf(tick.ask));
    });
    return 0;
}
