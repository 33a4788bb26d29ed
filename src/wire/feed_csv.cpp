#include "wire/feed_csv.hpp"

#include <fmt/format.h>

#include <cmath>

#include "margind/core/base/decimal.hpp"
#include "wire/feed_name.hpp"
#include "wire/feed_time.hpp"

namespace margind::wire {
namespace {

constexpr std::pair<std::string_view, FeedColumn> column_names[] = {
    {"ts_ms", FeedColumn::ts_ms},
    {"ts_us", FeedColumn::ts_us},
    {"ts_ns", FeedColumn::ts_ns},
    {"ts_s", FeedColumn::ts_s},
    {"time", FeedColumn::time},
    {"symbol", FeedColumn::symbol},
    {"bid", FeedColumn::bid},
    {"ask", FeedColumn::ask},
    {"arrival_ms", FeedColumn::arrival_ms},
    {"-", FeedColumn::ignored},
};

std::optional<FeedColumn> column_from(std::string_view name) {
    for (const auto& [known, column] : column_names) {
        if (known == name) return column;
    }
    return std::nullopt;
}

std::string_view name_of(FeedColumn column) {
    for (const auto& [name, known] : column_names) {
        if (known == column) return name;
    }
    return "-";
}

bool is_time(FeedColumn column) { return column <= FeedColumn::time; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// A cell without the blanks around it and one pair of quotes.
std::string_view cell_text(std::string_view cell) {
    cell = trimmed(cell);
    if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') {
        cell = cell.substr(1, cell.size() - 2);
    }
    return cell;
}

/// Cuts the next cell off `rest`; `more` says whether a comma followed it.
std::string_view next_cell(std::string_view& rest, bool& more) {
    const std::size_t comma = rest.find(',');
    more = comma != std::string_view::npos;
    const std::string_view cell = rest.substr(0, comma);
    rest = more ? rest.substr(comma + 1) : std::string_view{};
    return cell_text(cell);
}

std::string_view without_byte_order_mark(std::string_view line) {
    constexpr std::string_view mark = "\xef\xbb\xbf";
    return line.starts_with(mark) ? line.substr(mark.size()) : line;
}

/// A header has names where a line of ticks has at least one number.
bool looks_like_header(std::string_view line) {
    bool more = true;
    bool has_name = false;
    while (more) {
        const std::string_view cell = next_cell(line, more);
        if (cell.empty()) continue;
        const char first = cell.front();
        if ((first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.') {
            return false;
        }
        if (parse_real(cell)) return false;
        has_name = true;
    }
    return has_name;
}

std::size_t cell_count(std::string_view line) {
    bool more = true;
    std::size_t count = 0;
    for (; more; ++count) next_cell(line, more);
    return count;
}

/// An empty cell is a missing side, which stays NaN.
bool read_price(std::string_view cell, double& out) {
    if (cell.empty()) return true;
    const std::optional<double> price = parse_real(cell);
    if (price) out = *price;
    return price.has_value();
}

FeedFault read_time(std::string_view cell, FeedColumn column, std::int64_t& out) {
    const std::optional<std::int64_t> ms = [&]() -> std::optional<std::int64_t> {
        switch (column) {
            case FeedColumn::ts_us: return parse_epoch(cell, EpochUnit::microseconds);
            case FeedColumn::ts_ns: return parse_epoch(cell, EpochUnit::nanoseconds);
            case FeedColumn::ts_s: return parse_epoch(cell, EpochUnit::seconds);
            case FeedColumn::time: return parse_iso_time(cell);
            default: return parse_epoch(cell, EpochUnit::milliseconds);
        }
    }();
    if (!ms) return FeedFault::bad_time;
    if (!is_plausible_feed_time(*ms)) return FeedFault::implausible_time;
    out = *ms;
    return FeedFault::none;
}

FeedFault read_cell(std::string_view cell, FeedColumn column, FeedTick& tick) {
    switch (column) {
        case FeedColumn::ignored: return FeedFault::none;
        case FeedColumn::symbol:
            tick.symbol = cell;
            return check_feed_name(cell) == NameFault::none ? FeedFault::none
                                                            : FeedFault::bad_symbol;
        case FeedColumn::bid:
            return read_price(cell, tick.bid) ? FeedFault::none : FeedFault::bad_bid;
        case FeedColumn::ask:
            return read_price(cell, tick.ask) ? FeedFault::none : FeedFault::bad_ask;
        case FeedColumn::arrival_ms: return read_time(cell, column, tick.time_ms);
        default: return read_time(cell, column, tick.ts_ms);
    }
}

}  // namespace

ColumnMap::ColumnMap()
    : columns_{FeedColumn::ts_ms, FeedColumn::symbol, FeedColumn::bid, FeedColumn::ask} {}

std::optional<std::string> ColumnMap::missing() const {
    std::array<int, 10> seen{};
    int times = 0;
    for (const FeedColumn column : columns_) {
        const int count = ++seen[static_cast<std::size_t>(column)];
        times += is_time(column) ? 1 : 0;
        if (count > 1 && column != FeedColumn::ignored) {
            return fmt::format("column '{}' is named twice", name_of(column));
        }
    }
    const auto count_of = [&](FeedColumn column) { return seen[static_cast<std::size_t>(column)]; };
    if (times != 1) {
        return fmt::format("expected one of ts_ms, ts_us, ts_ns, ts_s, time, found {}", times);
    }
    if (count_of(FeedColumn::symbol) + (fixed_symbol_.empty() ? 0 : 1) != 1) {
        return "expected one 'symbol' column, or symbol=NAME";
    }
    if (count_of(FeedColumn::bid) + count_of(FeedColumn::ask) == 0) {
        return "expected a 'bid' or an 'ask' column";
    }
    return std::nullopt;
}

std::expected<ColumnMap, std::string> ColumnMap::parse(std::string_view text) {
    constexpr std::string_view fixed = "symbol=";
    ColumnMap map;
    map.columns_.clear();
    bool more = true;
    while (more) {
        const std::string_view cell = next_cell(text, more);
        if (cell.starts_with(fixed)) {
            map.fixed_symbol_ = cell.substr(fixed.size());
            if (check_feed_name(map.fixed_symbol_) != NameFault::none) {
                return std::unexpected{fmt::format("'{}' names no symbol", cell)};
            }
            continue;
        }
        const std::optional<FeedColumn> column = column_from(cell);
        if (!column) {
            return std::unexpected{fmt::format(
                "unknown column '{}'; known are ts_ms, ts_us, ts_ns, ts_s, time, symbol, bid, ask, "
                "arrival_ms, symbol=NAME and - for a column to ignore",
                cell)};
        }
        if (map.columns_.size() == feed_columns_max) {
            return std::unexpected{fmt::format("more than {} columns", feed_columns_max)};
        }
        map.columns_.push_back(*column);
        map.has_arrival_ = map.has_arrival_ || *column == FeedColumn::arrival_ms;
    }
    if (auto problem = map.missing()) return std::unexpected{std::move(*problem)};
    return map;
}

std::optional<ColumnMap> ColumnMap::from_header(std::string_view line) {
    ColumnMap map;
    map.columns_.clear();
    bool more = true;
    while (more) {
        const std::string_view cell = next_cell(line, more);
        if (map.columns_.size() == feed_columns_max) return std::nullopt;
        const FeedColumn column = column_from(cell).value_or(FeedColumn::ignored);
        map.columns_.push_back(column);
        map.has_arrival_ = map.has_arrival_ || column == FeedColumn::arrival_ms;
    }
    if (map.missing()) return std::nullopt;
    return map;
}

std::string ColumnMap::text() const {
    std::string out;
    for (const FeedColumn column : columns_) {
        if (!out.empty()) out += ',';
        out += name_of(column);
    }
    if (!fixed_symbol_.empty()) out += ",symbol=" + fixed_symbol_;
    return out;
}

std::string_view to_string(FeedFault fault) {
    for (const auto& [known, name] : feed_fault_names) {
        if (known == fault) return name;
    }
    return "none";
}

std::uint64_t FeedFaultCounts::total() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : counts_) sum += count;
    return sum;
}

FeedFaultCounts& FeedFaultCounts::operator+=(const FeedFaultCounts& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    return *this;
}

FeedFault FeedCsv::parse(std::string_view line, FeedTick& tick) const {
    tick = {};
    if (!map_.fixed_symbol().empty()) tick.symbol = map_.fixed_symbol();
    bool more = true;
    for (const FeedColumn column : map_.columns()) {
        if (!more) return FeedFault::too_few_columns;
        const FeedFault fault = read_cell(next_cell(line, more), column, tick);
        if (fault != FeedFault::none) return fault;
    }
    // A line that lost its break, and ran into the next one, would show a wrong last number.
    if (more) return FeedFault::too_many_columns;
    if (std::isnan(tick.bid) && std::isnan(tick.ask)) return FeedFault::no_price;
    if (!map_.has_arrival()) tick.time_ms = tick.ts_ms;
    return FeedFault::none;
}

bool FeedCsv::take_header(std::string_view line) {
    const std::optional<ColumnMap> named = ColumnMap::from_header(line);
    if (named && !is_map_given_) map_ = *named;
    return named || cell_count(line) == map_.columns().size();
}

FeedCsv::Outcome FeedCsv::read(std::string_view line, FeedTick& tick) {
    if (is_first_) line = without_byte_order_mark(line);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (trimmed(line).empty()) return {};
    if (std::exchange(is_first_, false) && looks_like_header(line) && take_header(line)) return {};
    const FeedFault fault = parse(line, tick);
    return {fault == FeedFault::none ? Kind::tick : Kind::refused, fault};
}

FeedCsv::Outcome FeedCsv::read_unterminated(std::string_view line, FeedTick& tick) {
    const Outcome outcome = read(line, tick);
    if (outcome.kind == Kind::nothing) return outcome;
    return {Kind::refused, FeedFault::torn};
}

}  // namespace margind::wire
