#include "margind/core/valuation/bulk_valuation.hpp"

#include <algorithm>

#include "core/valuation/position_kernel.hpp"

namespace margind {
namespace {

/// Per symbol the larger of the long and the short margin, of the positions in `slice`. Without a
/// branch: what comes next is as good as chance.
double larger_legs(const PositionValues& values, std::size_t at, const PositionSlice& slice) {
    double margin = 0.0;
    double longs = 0.0;
    double shorts = 0.0;
    for (std::size_t i = 0; i < slice.size(); ++i) {
        const PositionKind& kind = slice.kind(i);
        const double value = values.margin[at + i];
        const double is_short = kind.is_short;
        longs += value * (1.0 - is_short);
        shorts += value * is_short;
        const std::size_t next = std::min(i + 1, slice.size() - 1);
        const double goes_on = next != i && slice.kind(next).symbol == kind.symbol;
        margin += std::max(longs, shorts) * (1.0 - goes_on);
        longs *= goes_on;
        shorts *= goes_on;
    }
    return margin;
}

}  // namespace

void BulkValuation::value_run(std::span<const KindMarket> market) {
    value_positions(book_.positions(), first_, end_ - first_, market, values_);
}

AccountSums BulkValuation::sums(AccountId account) const {
    const AccountLine& line = book_.line(account);
    const std::size_t at = line.first - first_;
    AccountSums out;
    double magnitude = 0.0;
    for (std::size_t i = at; i < at + line.count; ++i) {
        out.pnl += values_.pnl[i];
        out.margin += values_.margin[i];
        magnitude += values_.magnitude[i];
    }
    if (!line.is_one_sided) out.margin = larger_legs(values_, at, book_.positions(account));
    out.is_exact = magnitude < PositionValues::exact_limit;
    return out;
}

}  // namespace margind
