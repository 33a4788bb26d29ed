#pragma once
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/base/money.hpp"
#include "margind/core/book/position_kind.hpp"

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
    bool rounds_apart = false;   // forex
    double contract_size = 0.0;  // 0 = not known, and the position cannot be valued
};

/// What a forex position was opened for, in whole minor units of profit currency; 0 where that does
/// not fit, which its account's causes then say. Source: docs/formulas.md §1.
[[nodiscard]] double open_value(double open_price, double units, Digits profit);

/// What a position's row has in common with others, in an account of these digits.
[[nodiscard]] PositionKind kind_of(const PositionRow& row, Digits account);

/// All positions, a column for each field that the beat reads: it streams through them. What many
/// positions share is their kind.
struct PositionColumns {
    std::vector<double> units;
    std::vector<double> open_price;  // as it is, of forex as well
    std::vector<double> margin_amount;
    std::vector<std::uint32_t> kind;  // in PositionKinds

    [[nodiscard]] std::size_t size() const { return units.size(); }
    void reserve(std::size_t size);
    void resize(std::size_t size);
    /// `open_price`: the price itself, which a row of forex has turned into its opening value.
    void set(std::size_t slot, const PositionRow& row, double open_price, std::uint32_t kind_id);
    [[nodiscard]] PositionRow row(std::size_t slot, const PositionKind& kind) const;
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
        Iterator(const PositionSlice* slice, std::size_t place) : slice_{slice}, place_{place} {}
        PositionRow operator*() const { return (*slice_)[place_]; }
        Iterator& operator++() {
            ++place_;
            return *this;
        }
        Iterator operator++(int) { return std::exchange(*this, Iterator{slice_, place_ + 1}); }
        friend bool operator==(const Iterator& a, const Iterator& b) {
            return a.place_ == b.place_;
        }

    private:
        const PositionSlice* slice_ = nullptr;
        std::size_t place_ = 0;
    };

    PositionSlice(const PositionColumns& columns, const PositionKinds& kinds, std::size_t first,
                  std::size_t count)
        : columns_{&columns}, kinds_{&kinds}, first_{first}, count_{count} {}

    [[nodiscard]] std::size_t size() const { return count_; }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] PositionRow operator[](std::size_t i) const {
        return columns_->row(first_ + i, kind(i));
    }
    [[nodiscard]] const PositionKind& kind(std::size_t i) const {
        return (*kinds_)[columns_->kind[first_ + i]];
    }
    [[nodiscard]] Iterator begin() const { return {this, 0}; }
    [[nodiscard]] Iterator end() const { return {this, count_}; }

private:
    const PositionColumns* columns_;
    const PositionKinds* kinds_;
    std::size_t first_;
    std::size_t count_;
};

}  // namespace margind
