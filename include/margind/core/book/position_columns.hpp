#pragma once
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/base/money.hpp"

namespace margind {

/// What valuation reads of one position. Positions of one account are adjacent, sorted by symbol
/// name and order id, so that the order in the store cannot reach a result.
struct PositionRow {
    double units = 0.0;  // lots × contract size, short < 0
    // Forex rounds the opening and the closing value apart, the other modes round their difference:
    // one of the two is 0, so that valuation has no branch between them.
    double open_price = 0.0;     // what the closing price is compared with; forex: 0
    double open_value = 0.0;     // forex: the opening value in minor units of profit currency
    double margin_amount = 0.0;  // all of the margin that is known without a price or a rate
    SymbolId symbol;
    RateId pnl_rate;     // profit currency → account currency
    RateId margin_rate;  // margin currency → account currency
    Digits profit_digits;
    bool is_short = false;
    bool margin_uses_price = false;
};

/// All positions, a column for each field: the beat streams through them.
struct PositionColumns {
    static constexpr std::uint8_t short_bit = 1;
    static constexpr std::uint8_t uses_price_bit = 2;

    std::vector<double> units;
    std::vector<double> open_price;
    std::vector<double> open_value;
    std::vector<double> margin_amount;
    std::vector<std::uint32_t> symbol;  // ids; all ones is none
    std::vector<std::uint32_t> pnl_rate;
    std::vector<std::uint32_t> margin_rate;
    std::vector<float> profit_scale;  // minor units per unit: powers of ten, which floats hold
    std::vector<float> account_scale;
    std::vector<std::uint8_t> flags;
    std::vector<std::uint8_t> profit_digits;

    [[nodiscard]] std::size_t size() const { return units.size(); }
    void resize(std::size_t size);
    void set(std::size_t slot, const PositionRow& row, Digits account);
    [[nodiscard]] PositionRow row(std::size_t slot) const;
};

/// P/L and margin of adjacent positions in minor units of their accounts' currencies: integers held
/// by doubles. `magnitude` is the sum of the magnitudes of all integers on the way; while that of
/// an account's positions adds up to less than exact_limit, so does every partial sum, and nothing
/// was rounded but what the rules round. NaN and infinity end up in it too.
struct PositionValues {
    static constexpr double exact_limit = 4503599627370496.0;  // 2⁵²: below, there are halves

    std::vector<double> pnl;
    std::vector<double> margin;
    std::vector<double> magnitude;

    // What was read of the market on the way.
    std::vector<double> close;  // the side that closes a position
    std::vector<double> open;   // the other one
    std::vector<double> gain_rate;
    std::vector<double> loss_rate;
    std::vector<double> margin_rate;

    void resize(std::size_t size);
};

/// One account's positions as rows. Valid until the next Book::replace.
class PositionSlice {
public:
    class Iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = PositionRow;
        using difference_type = std::ptrdiff_t;
        using pointer = const PositionRow*;
        using reference = PositionRow;

        Iterator() = default;
        Iterator(const PositionColumns* columns, std::size_t slot)
            : columns_{columns}, slot_{slot} {}
        PositionRow operator*() const { return columns_->row(slot_); }
        Iterator& operator++() {
            ++slot_;
            return *this;
        }
        Iterator operator++(int) { return std::exchange(*this, Iterator{columns_, slot_ + 1}); }
        friend bool operator==(const Iterator&, const Iterator&) = default;

    private:
        const PositionColumns* columns_ = nullptr;
        std::size_t slot_ = 0;
    };

    PositionSlice(const PositionColumns& columns, std::size_t first, std::size_t count)
        : columns_{&columns}, first_{first}, count_{count} {}

    [[nodiscard]] std::size_t size() const { return count_; }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] PositionRow operator[](std::size_t i) const { return columns_->row(first_ + i); }
    [[nodiscard]] Iterator begin() const { return {columns_, first_}; }
    [[nodiscard]] Iterator end() const { return {columns_, first_ + count_}; }

private:
    const PositionColumns* columns_;
    std::size_t first_;
    std::size_t count_;
};

}  // namespace margind
