#include "replay/book_loading.hpp"

#include <fmt/format.h>

#include "adapters/file/line_reader.hpp"
#include "common/interrupt.hpp"
#include "common/progress.hpp"

namespace margind::replay {
namespace {

constexpr std::uint64_t refusals_shown = 5;

wire::BookFault read_line(wire::BookReader& reader, const file::Line& line, bool is_damaged) {
    using Kind = file::Line::Kind;
    // In a file that was cut off the last line is torn, however whole it looks.
    const bool is_torn = line.kind == Kind::unterminated && is_damaged;
    if (is_torn || line.kind == Kind::too_long) {
        const wire::BookFault fault = is_torn ? wire::BookFault::torn : wire::BookFault::too_long;
        reader.refuse(fault);
        return fault;
    }
    return line.kind == Kind::unterminated ? reader.add_unterminated(line.text)
                                           : reader.add_line(line.text);
}

}  // namespace

std::expected<LoadedBook, std::string> load_book(const Options& options, const Notice& notice) {
    auto keys = wire::compile_keys({}, 0);
    if (!keys) return std::unexpected{fmt::format("{}", fmt::join(keys.error(), "; "))};
    auto lines = file::LineReader::open(options.book, wire::book_line_bytes_max);
    if (!lines) return std::unexpected{std::move(lines.error())};
    wire::BookReader reader{std::move(*keys), options.types};
    tools::Progress progress{"lines of the book"};
    file::Line line;
    std::uint64_t refused = 0;
    while (lines->next(line) && !tools::is_interrupted()) {
        const wire::BookFault fault = read_line(reader, line, !lines->damage().empty());
        if (fault != wire::BookFault::none && ++refused <= refusals_shown) {
            progress.clear();
            notice(fmt::format("{}:{}: refused: {}", options.book, line.number, to_string(fault)));
        }
        if (line.number % 1024 == 0) {
            progress.show(line.number, lines->bytes_read(), lines->bytes_total());
        }
    }
    progress.clear();
    if (!lines->damage().empty()) notice(lines->damage() + "; what was read before it is used");
    LoadedBook loaded;
    loaded.book = reader.finish();
    loaded.counts = reader.counts();
    loaded.damage = lines->damage();
    loaded.accounts = loaded.book.accounts.size();
    for (const AccountImage& account : loaded.book.accounts) loaded.orders += account.orders.size();
    if (loaded.book.accounts.empty()) {
        return std::unexpected{
            fmt::format("{}: no account in {} lines; expected lines such as "
                        R"({{"key":"user:{{live:1}}:config","type":"hash",…}})",
                        options.book, loaded.counts.lines)};
    }
    return loaded;
}

}  // namespace margind::replay
