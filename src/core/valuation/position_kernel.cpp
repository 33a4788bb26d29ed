#include "core/valuation/position_kernel.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace margind {

namespace {

constexpr double exact_limit = PositionValues::exact_limit;

/// Inlined into each of the ways, which differ in their instruction set and their width alone.
#define MARGIND_INLINE static inline __attribute__((always_inline))

// Vectors are handed over inside one function only: how they would be passed does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"

template <std::size_t bytes, bool has_truncation>
struct Lanes {
    using Real __attribute__((vector_size(bytes))) = double;
    using Bits __attribute__((vector_size(bytes))) = std::int64_t;
    static constexpr std::size_t count = bytes / sizeof(double);
    static constexpr bool truncates = has_truncation;  // in one instruction
};
using Narrow = Lanes<16, false>;
using Wide = Lanes<32, true>;
using Widest = Lanes<64, true>;

constexpr std::int64_t sign_bit = INT64_MIN;

template <class L>
MARGIND_INLINE typename L::Real magnitude_of(typename L::Real x) {
    return (typename L::Real)((typename L::Bits)x & ~sign_bit);
}

template <class L>
MARGIND_INLINE typename L::Real either(typename L::Bits condition, typename L::Real yes,
                                       typename L::Real no) {
    return (typename L::Real)(((typename L::Bits)yes & condition) |
                              ((typename L::Bits)no & ~condition));
}

/// error_of in lanes. `largest` is a magnitude.
template <class L>
MARGIND_INLINE typename L::Real error_in(typename L::Real largest) {
    const typename L::Real most = typename L::Real{} + 0.125;
    const typename L::Real error = largest * arithmetic_error;
    return error < most ? error : most;
}

/// The nearest integer, halves upwards, for 0 <= x < exact_limit.
template <class L>
MARGIND_INLINE typename L::Real nearest_in(typename L::Real x) {
    using Real = typename L::Real;
    if constexpr (L::truncates) {
        // The largest double below a half: what is less than a half does not reach the next one.
        return __builtin_elementwise_trunc(x + 0.49999999999999994);
    } else {
        const Real even = (x + exact_limit) - exact_limit;  // halves to the even neighbour
        return either<L>(x - even == 0.5, even + 1.0, even);
    }
}

/// round_to_minor in arithmetic alone, for |x| < exact_limit; NaN stays NaN.
template <class L>
MARGIND_INLINE typename L::Real round_in(typename L::Real x, typename L::Real largest) {
    const typename L::Real magnitude = magnitude_of<L>(x) + error_in<L>(magnitude_of<L>(largest));
    return (typename L::Real)((typename L::Bits)nearest_in<L>(magnitude) |
                              ((typename L::Bits)x & sign_bit));
}

/// What the market says of so many kinds, field by field.
template <class L>
struct Market {
    typename L::Real close, gain_rate, loss_rate, margin_price, margin_rate, profit_scale,
        account_scale, open_part;
};

/// Reads the lines one by one.
template <class L>
struct ReadLines {
    MARGIND_INLINE Market<L> read(const KindMarket* market, const std::uint32_t* kinds) {
        Market<L> out;
        for (std::size_t i = 0; i < L::count; ++i) {
            const KindMarket& kind = market[kinds[i]];
            out.close[i] = kind.close;
            out.gain_rate[i] = kind.gain_rate;
            out.loss_rate[i] = kind.loss_rate;
            out.margin_price[i] = kind.margin_price;
            out.margin_rate[i] = kind.margin_rate;
            out.profit_scale[i] = kind.profit_scale;
            out.account_scale[i] = kind.account_scale;
            out.open_part[i] = kind.open_part;
        }
        return out;
    }
};

template <class L>
MARGIND_INLINE typename L::Real load(const double* from) {
    typename L::Real out;
    std::memcpy(&out, from, sizeof out);
    return out;
}

/// Four lines of the table, turned so that each vector is a field: lines are loaded whole, for
/// gathering field by field is slow on most processors.
struct TurnFourLines {
    using Half = Wide::Real;

    struct Turned {
        Half first, second, third, fourth;
    };
    /// Four lines' halves that begin with `field`.
    MARGIND_INLINE Turned turn(const KindMarket* market, const std::uint32_t* kinds,
                               double KindMarket::* field) {
        const Half a = load<Wide>(&(market[kinds[0]].*field));
        const Half b = load<Wide>(&(market[kinds[1]].*field));
        const Half c = load<Wide>(&(market[kinds[2]].*field));
        const Half d = load<Wide>(&(market[kinds[3]].*field));
        const Half ab = __builtin_shufflevector(a, b, 0, 4, 2, 6);
        const Half AB = __builtin_shufflevector(a, b, 1, 5, 3, 7);
        const Half cd = __builtin_shufflevector(c, d, 0, 4, 2, 6);
        const Half CD = __builtin_shufflevector(c, d, 1, 5, 3, 7);
        return {__builtin_shufflevector(ab, cd, 0, 1, 4, 5),
                __builtin_shufflevector(AB, CD, 0, 1, 4, 5),
                __builtin_shufflevector(ab, cd, 2, 3, 6, 7),
                __builtin_shufflevector(AB, CD, 2, 3, 6, 7)};
    }
    MARGIND_INLINE Market<Wide> read(const KindMarket* market, const std::uint32_t* kinds) {
        const Turned front = turn(market, kinds, &KindMarket::close);
        const Turned back = turn(market, kinds, &KindMarket::margin_rate);
        return {front.first, front.second, front.third, front.fourth,
                back.first,  back.second,  back.third,  back.fourth};
    }
};

/// Eight lines likewise.
struct TurnEightLines {
    using Line = Widest::Real;

    MARGIND_INLINE Line line(const KindMarket* market, std::uint32_t kind) {
        return load<Widest>(&market[kind].close);
    }
    // Of each pair of lanes the first ones, and the second ones.
    MARGIND_INLINE Line firsts(Line a, Line b) {
        return __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14);
    }
    MARGIND_INLINE Line seconds(Line a, Line b) {
        return __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
    }
    // Of each pair of pairs likewise.
    MARGIND_INLINE Line first_pairs(Line a, Line b) {
        return __builtin_shufflevector(a, b, 0, 1, 4, 5, 8, 9, 12, 13);
    }
    MARGIND_INLINE Line second_pairs(Line a, Line b) {
        return __builtin_shufflevector(a, b, 2, 3, 6, 7, 10, 11, 14, 15);
    }
    MARGIND_INLINE Market<Widest> read(const KindMarket* market, const std::uint32_t* kinds) {
        const Line a = line(market, kinds[0]), b = line(market, kinds[1]);
        const Line c = line(market, kinds[2]), d = line(market, kinds[3]);
        const Line e = line(market, kinds[4]), f = line(market, kinds[5]);
        const Line g = line(market, kinds[6]), h = line(market, kinds[7]);
        const Line ab = firsts(a, b), cd = firsts(c, d), ef = firsts(e, f), gh = firsts(g, h);
        const Line AB = seconds(a, b), CD = seconds(c, d), EF = seconds(e, f), GH = seconds(g, h);
        const Line low04 = first_pairs(ab, cd), high04 = first_pairs(ef, gh);
        const Line low15 = first_pairs(AB, CD), high15 = first_pairs(EF, GH);
        const Line low26 = second_pairs(ab, cd), high26 = second_pairs(ef, gh);
        const Line low37 = second_pairs(AB, CD), high37 = second_pairs(EF, GH);
        return {first_pairs(low04, high04),  first_pairs(low15, high15),
                first_pairs(low26, high26),  first_pairs(low37, high37),
                second_pairs(low04, high04), second_pairs(low15, high15),
                second_pairs(low26, high26), second_pairs(low37, high37)};
    }
};

/// Values as many positions as there are lanes, in the order of the plain arithmetic.
template <class L>
MARGIND_INLINE void value_lanes(const Market<L>& market, const double* units_at,
                                const double* open_at, const double* amount_at, double* pnl_at,
                                double* margin_at, double* magnitude_at) {
    using Real = typename L::Real;
    const Real units = load<L>(units_at);
    const Real open = load<L>(open_at);
    const Real amount = load<L>(amount_at);

    // Forex: closing and opening value each by itself; else the difference of the prices.
    const Real difference = open * market.open_part;
    const Real close_size = magnitude_of<L>(market.close);
    const Real open_size = magnitude_of<L>(difference);
    const Real value = round_in<L>(
        (market.close - difference) * units * market.profit_scale,
        (close_size < open_size ? open_size : close_size) * units * market.profit_scale);
    const Real opening = (open - difference) * units * market.profit_scale;
    const Real profit = value - round_in<L>(opening, opening);
    const Real worse = either<L>(profit >= 0.0, market.gain_rate, market.loss_rate);
    const Real exact_pnl = profit / market.profit_scale * worse * market.account_scale;
    const Real pnl = round_in<L>(exact_pnl, exact_pnl);

    const Real exact_margin =
        amount * market.margin_price * market.margin_rate * market.account_scale;
    const Real margin = round_in<L>(exact_margin, exact_margin);

    const Real magnitude = (magnitude_of<L>(value) + magnitude_of<L>(profit)) +
                           (magnitude_of<L>(pnl) + magnitude_of<L>(margin));
    std::memcpy(pnl_at, &pnl, sizeof pnl);
    std::memcpy(margin_at, &margin, sizeof margin);
    std::memcpy(magnitude_at, &magnitude, sizeof magnitude);
}

/// The positions that are too few for all lanes, among some that do not count.
template <class L, class Lines>
MARGIND_INLINE void value_rest(const PositionColumns& columns, std::size_t slot, std::size_t count,
                               const KindMarket* market, PositionValues& out, std::size_t at) {
    double units[L::count] = {}, open[L::count] = {}, amount[L::count] = {};
    double pnl[L::count], margin[L::count], magnitude[L::count];
    std::uint32_t kinds[L::count];
    std::fill_n(kinds, L::count, columns.kind[slot]);
    std::copy_n(&columns.units[slot], count, units);
    std::copy_n(&columns.open_price[slot], count, open);
    std::copy_n(&columns.margin_amount[slot], count, amount);
    std::copy_n(&columns.kind[slot], count, kinds);
    value_lanes<L>(Lines::read(market, kinds), units, open, amount, pnl, margin, magnitude);
    std::copy_n(pnl, count, &out.pnl[at]);
    std::copy_n(margin, count, &out.margin[at]);
    std::copy_n(magnitude, count, &out.magnitude[at]);
}

template <class L, class Lines>
MARGIND_INLINE void value_slots(const PositionColumns& columns, std::size_t first,
                                std::size_t count, const KindMarket* market, PositionValues& out) {
    std::size_t i = 0;
    for (; i + L::count <= count; i += L::count) {
        const std::size_t slot = first + i;
        value_lanes<L>(Lines::read(market, &columns.kind[slot]), &columns.units[slot],
                       &columns.open_price[slot], &columns.margin_amount[slot], &out.pnl[i],
                       &out.margin[i], &out.magnitude[i]);
    }
    if (i < count) value_rest<L, Lines>(columns, first + i, count - i, market, out, i);
}

void value_baseline(const PositionColumns& columns, std::size_t first, std::size_t count,
                    std::span<const KindMarket> market, PositionValues& out) {
    value_slots<Narrow, ReadLines<Narrow>>(columns, first, count, market.data(), out);
}

#if defined(__x86_64__)

#define MARGIND_AVX2 __attribute__((target("avx2")))
#define MARGIND_AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl")))

MARGIND_AVX2 void value_avx2(const PositionColumns& columns, std::size_t first, std::size_t count,
                             std::span<const KindMarket> market, PositionValues& out) {
    value_slots<Wide, TurnFourLines>(columns, first, count, market.data(), out);
}

MARGIND_AVX512 void value_avx512(const PositionColumns& columns, std::size_t first,
                                 std::size_t count, std::span<const KindMarket> market,
                                 PositionValues& out) {
    value_slots<Widest, TurnEightLines>(columns, first, count, market.data(), out);
}

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
                     std::span<const KindMarket> market, PositionValues& out) {
    static const ValuePositions widest = kernel_ways().back().value;
    widest(columns, first, count, market, out);
}

}  // namespace margind
