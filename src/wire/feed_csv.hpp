#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "margind/core/base/units.hpp"

namespace margind::wire {

/// What a column of a tick file holds.
enum class FeedColumn : std::uint8_t {
    ts_ms,  // UTC epoch, integers or decimals; likewise below
    ts_us,
    ts_ns,
    ts_s,
    time,  // ISO 8601, UTC: 2014-05-08T12:30:00.123Z
    symbol,
    bid,
    ask,
    arrival_ms,  // when a recorder saw the tick: orders the file in place of its stamp
    ignored,
};

inline constexpr std::size_t feed_columns_max = 64;

/// Which column is where. `text` as on the command line: "ts_ms,symbol,bid,ask"; "-" ignores a
/// column, "symbol=EURUSD" takes none and names the only symbol of the file.
class ColumnMap {
public:
    ColumnMap();  // ts_ms,symbol,bid,ask
    /// The map, or what is wrong with the text.
    static std::expected<ColumnMap, std::string> parse(std::string_view text);
    /// The map a header line spells out; nothing when it lacks a time, a symbol or both prices.
    static std::optional<ColumnMap> from_header(std::string_view line);

    [[nodiscard]] const std::vector<FeedColumn>& columns() const { return columns_; }
    [[nodiscard]] const std::string& fixed_symbol() const { return fixed_symbol_; }
    [[nodiscard]] bool has_arrival() const { return has_arrival_; }
    [[nodiscard]] std::string text() const;

private:
    std::optional<std::string> missing() const;

    std::vector<FeedColumn> columns_;
    std::string fixed_symbol_;
    bool has_arrival_ = false;
};

/// One line of a tick file. `symbol` points into the line, or into the map where it names the
/// symbol.
struct FeedTick {
    static constexpr std::uint32_t no_number = 0xffffffff;

    std::int64_t time_ms =
        0;                   // where it stands in the feed: arrival where recorded, else the stamp
    std::int64_t ts_ms = 0;  // the feed's stamp; 0 = none
    std::string_view symbol;
    double bid = not_a_price;  // NaN where the side is empty
    double ask = not_a_price;
    std::uint32_t number = no_number;  // of the symbol, where the feed numbers its symbols
};

/// Why a line, or a tick of a recording, is not used.
enum class FeedFault : std::uint8_t {
    none,
    too_few_columns,
    too_many_columns,
    bad_time,
    implausible_time,  // outside 1990 to 2100: most likely another unit
    bad_symbol,
    bad_bid,
    bad_ask,
    no_price,        // both sides empty
    too_long,        // the reader cut it
    torn,            // the last line, cut off
    unknown_symbol,  // a number whose name was lost with a damaged block of a recording
};

inline constexpr std::array<std::pair<FeedFault, std::string_view>, 11> feed_fault_names{{
    {FeedFault::too_few_columns, "too_few_columns"},
    {FeedFault::too_many_columns, "too_many_columns"},
    {FeedFault::bad_time, "bad_time"},
    {FeedFault::implausible_time, "implausible_time"},
    {FeedFault::bad_symbol, "bad_symbol"},
    {FeedFault::bad_bid, "bad_bid"},
    {FeedFault::bad_ask, "bad_ask"},
    {FeedFault::no_price, "no_price"},
    {FeedFault::too_long, "too_long"},
    {FeedFault::torn, "torn"},
    {FeedFault::unknown_symbol, "unknown_symbol"},
}};

[[nodiscard]] std::string_view to_string(FeedFault fault);

/// How many lines were refused, by reason.
class FeedFaultCounts {
public:
    void add(FeedFault fault) { ++counts_[static_cast<std::size_t>(fault)]; }
    [[nodiscard]] std::uint64_t of(FeedFault fault) const {
        return counts_[static_cast<std::size_t>(fault)];
    }
    [[nodiscard]] std::uint64_t total() const;
    FeedFaultCounts& operator+=(const FeedFaultCounts& other);

private:
    std::array<std::uint64_t, feed_fault_names.size() + 1> counts_{};
};

/// Reads the lines of one tick file, in order. Keeps nothing but the map: a header line that names
/// its columns replaces the map unless the caller gave one.
class FeedCsv {
public:
    FeedCsv() = default;
    explicit FeedCsv(ColumnMap map) : map_{std::move(map)}, is_map_given_{true} {}

    enum class Kind : std::uint8_t { tick, nothing, refused };
    struct Outcome {
        Kind kind = Kind::nothing;  // nothing: an empty line, or the header
        FeedFault fault = FeedFault::none;
    };
    /// `line` without its line break; `tick` is good only for Kind::tick.
    Outcome read(std::string_view line, FeedTick& tick);
    /// The last line of a file, which had no line break: a tick in it is refused as torn, however
    /// whole it looks. A price that lost its last digits is a price too.
    Outcome read_unterminated(std::string_view line, FeedTick& tick);

    [[nodiscard]] const ColumnMap& map() const { return map_; }

private:
    [[nodiscard]] FeedFault parse(std::string_view line, FeedTick& tick) const;
    /// False where the line is no header of this file after all.
    bool take_header(std::string_view line);

    ColumnMap map_;
    bool is_map_given_ = false;
    bool is_first_ = true;
};

}  // namespace margind::wire
