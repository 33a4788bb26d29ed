#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "support/brute_force.hpp"

namespace margind::test {

/// All beats of a day at which some price changed or went stale. Sides are NaN where they may not
/// be used.
class DayMarket {
public:
    explicit DayMarket(const Day& day);

    struct Row {
        std::int64_t beat_ms = 0;
        std::uint32_t changed = 0;  // a bit for each symbol
    };
    using Column = std::vector<DaySides>;  // one entry for each row

    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
    [[nodiscard]] const Column& prices(const std::string& symbol) const {
        return columns_.at(index_.at(symbol));
    }
    [[nodiscard]] std::uint32_t bit(const std::string& symbol) const {
        return 1u << index_.at(symbol);
    }
    /// What one unit of `from` costs in `to`, and the symbols it rests on.
    struct Conversion {
        Column column;
        std::uint32_t symbols = 0;
    };
    const Conversion& conversion(const std::string& from, const std::string& to);

private:
    struct Newest {
        DaySides sides;
        std::int64_t arrived_ms = 0;
        bool is_stale = false;
    };
    void beat(std::int64_t beat_ms, std::int64_t max_age_ms, std::vector<Newest>& newest,
              std::uint32_t changed);
    [[nodiscard]] bool has(const std::string& symbol) const { return index_.contains(symbol); }
    bool stage(const std::string& from, const std::string& to, Conversion& conversion) const;

    std::map<std::string, std::size_t> index_;  // symbol → column
    std::vector<Column> columns_;
    std::vector<Row> rows_;
    std::map<std::pair<std::string, std::string>, Conversion> conversions_;
};

}  // namespace margind::test
