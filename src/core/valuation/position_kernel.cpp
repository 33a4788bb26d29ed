#include "core/valuation/position_kernel.hpp"

#include <algorithm>
#include <cmath>

namespace margind {

namespace {

constexpr double exact_limit = PositionValues::exact_limit;

// Both sides of a quote or a rate lie side by side: [0] is the bid, [1] the ask.
static_assert(sizeof(Quote) == 2 * sizeof(double) && sizeof(RatePair) == 2 * sizeof(double));

/// Inlined into each of the ways, which differ in their instruction set alone.
#define MARGIND_INLINE static inline __attribute__((always_inline))

/// round_to_minor in arithmetic alone, for |x| < exact_limit; NaN stays NaN.
MARGIND_INLINE double round_in_place(double x, double largest) {
    const double magnitude = std::abs(x) + error_of(largest);
    const double even = (magnitude + exact_limit) - exact_limit;  // halves to the even neighbour
    const double rounded = magnitude - even == 0.5 ? even + 1.0 : even;
    return std::copysign(rounded, x);
}

/// What a slot needs of the market, side by side: tables are read one by one, whatever the
/// instruction set, for gathering is slow on most processors.
void look_up(const PositionColumns& columns, std::size_t first, std::size_t count,
             const MarketView& market, PositionValues& work) {
    // Ids that stand for none must not read beyond the tables.
    const auto last_symbol = static_cast<std::uint32_t>(market.quotes.size() - 1);
    const auto last_rate = static_cast<std::uint32_t>(market.rates.size() - 1);
    const double* quotes = &market.quotes.data()->bid;
    const double* rates = &market.rates.data()->bid;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t slot = first + i;
        const std::size_t is_short = columns.flags[slot] & PositionColumns::short_bit;
        const double* quote = quotes + 2 * std::size_t{std::min(columns.symbol[slot], last_symbol)};
        work.close[i] = quote[is_short];
        work.open[i] = quote[1 - is_short];
        const double* pnl = rates + 2 * std::size_t{std::min(columns.pnl_rate[slot], last_rate)};
        work.gain_rate[i] = pnl[0];
        work.loss_rate[i] = pnl[1];
        const std::size_t margin = 2 * std::size_t{std::min(columns.margin_rate[slot], last_rate)};
        work.margin_rate[i] = rates[margin + (1 - is_short)];
    }
}

/// Nothing else points at the results: without that promise the loop would go one by one.
MARGIND_INLINE void value_slots(const PositionColumns& columns, std::size_t first,
                                std::size_t count, const PositionValues& work,
                                double* __restrict out_pnl, double* __restrict out_margin,
                                double* __restrict out_magnitude) {
    const double* units = columns.units.data() + first;
    const double* open_price = columns.open_price.data() + first;
    const double* open_value = columns.open_value.data() + first;
    const double* margin_amount = columns.margin_amount.data() + first;
    const float* profit_scale = columns.profit_scale.data() + first;
    const float* account_scale = columns.account_scale.data() + first;
    const std::uint8_t* flags = columns.flags.data() + first;
    const double* close = work.close.data();
    const double* open = work.open.data();
    const double* gain_rate = work.gain_rate.data();
    const double* loss_rate = work.loss_rate.data();
    const double* margin_rate = work.margin_rate.data();
    for (std::size_t i = 0; i < count; ++i) {
        const double to_minor = static_cast<double>(profit_scale[i]);
        const double account_minor = static_cast<double>(account_scale[i]);
        const double value = round_in_place(
            (close[i] - open_price[i]) * units[i] * to_minor,
            std::max(std::abs(close[i]), std::abs(open_price[i])) * units[i] * to_minor);
        const double profit = value - open_value[i];
        const double worse = profit >= 0.0 ? gain_rate[i] : loss_rate[i];
        const double exact_pnl = profit / to_minor * worse * account_minor;
        const double pnl = round_in_place(exact_pnl, exact_pnl);

        const bool uses_price = (flags[i] & PositionColumns::uses_price_bit) != 0;
        const double amount = margin_amount[i] * (uses_price ? std::abs(open[i]) : 1.0);
        const double exact_margin = amount * margin_rate[i] * account_minor;
        const double margin = round_in_place(exact_margin, exact_margin);

        out_pnl[i] = pnl;
        out_margin[i] = margin;
        out_magnitude[i] =
            (std::abs(value) + std::abs(profit)) + (std::abs(pnl) + std::abs(margin));
    }
}

#define MARGIND_WAY(name, attribute)                                                          \
    attribute void name(const PositionColumns& columns, std::size_t first, std::size_t count, \
                        const MarketView& market, PositionValues& out) {                      \
        look_up(columns, first, count, market, out);                                          \
        value_slots(columns, first, count, out, out.pnl.data(), out.margin.data(),            \
                    out.magnitude.data());                                                    \
    }

MARGIND_WAY(value_baseline, )
#if defined(__x86_64__)
MARGIND_WAY(value_avx2, __attribute__((target("avx2"))))
MARGIND_WAY(value_avx512, __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl"))))
#endif

}  // namespace

std::vector<KernelWay> kernel_ways() {
    std::vector<KernelWay> ways{{"baseline", value_baseline}};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) ways.push_back({"avx2", value_avx2});
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
        ways.push_back({"avx512", value_avx512});
    }
#endif
    return ways;
}

void value_positions(const PositionColumns& columns, std::size_t first, std::size_t count,
                     const MarketView& market, PositionValues& out) {
    static const ValuePositions widest = kernel_ways().back().value;
    widest(columns, first, count, market, out);
}

}  // namespace margind
