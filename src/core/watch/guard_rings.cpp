#include "margind/core/watch/guard_rings.hpp"

#include <algorithm>
#include <cmath>

namespace margind {
namespace {

constexpr PriceInterval everything{-std::numeric_limits<double>::infinity(),
                                   std::numeric_limits<double>::infinity()};

// The widest ring of a symbol is to be left once in so many ticks: more often, and all its holders
// are looked at too often; more seldom, and more of them than need be must rely on narrower ones.
constexpr std::uint64_t ticks_short = 4'096;
constexpr std::uint64_t ticks_long = 65'536;
constexpr double reach_min = 0.0005;
constexpr double reach_max = 0.05;

double share_of(GuardRings::Ring ring) {
    static const auto shares = [] {
        std::array<double, GuardRings::rings> out{};
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = std::pow(2.0, -0.5 * static_cast<double>(i));
        }
        return out;
    }();
    return shares[ring];
}

/// Drawn around both sides of a quote.
PriceInterval drawn(const Quote& quote, double reach) {
    const double low = std::min(quote.bid, quote.ask);
    const double high = std::max(quote.bid, quote.ask);
    return {low - std::abs(low) * reach, high + std::abs(high) * reach};
}

}  // namespace

void GuardRings::grow(std::uint32_t symbols) {
    tight_.resize(symbols, everything);
    circles_.resize(symbols);
}

GuardRings::Circles& GuardRings::circles_of(SymbolId symbol) {
    auto& circles = circles_[symbol.value];
    if (!circles) circles = std::make_unique<Circles>();
    return *circles;
}

PriceInterval GuardRings::interval(SymbolId symbol, Ring ring, const Quote& quote) {
    if (ring == point) return drawn(quote, 0.0);
    Circles& circles = circles_of(symbol);
    Circle& circle = circles.rings[ring];
    if (circle.members.is_empty()) circle.interval = drawn(quote, circles.reach * share_of(ring));
    return circle.interval;
}

void GuardRings::enter(SymbolId symbol, Ring ring, std::uint32_t account) {
    Circle& circle = circles_of(symbol).rings[ring];
    const bool is_first = circle.members.is_empty();
    circle.members.insert(account);
    if (is_first) tighten(symbol);
}

void GuardRings::leave(SymbolId symbol, Ring ring, std::uint32_t account) {
    if (!circles_[symbol.value]) return;
    Circle& circle = circles_[symbol.value]->rings[ring];
    if (circle.members.erase(account) && circle.members.is_empty()) tighten(symbol);
}

void GuardRings::tighten(SymbolId symbol) {
    const Circles& circles = *circles_[symbol.value];
    PriceInterval tight = everything;
    for (Ring ring = 0; ring < rings; ++ring) {
        const Circle& circle = circles.rings[ring];
        if (circle.members.is_empty()) continue;
        tight.low = std::max(tight.low, circle.interval.low);
        tight.high = std::min(tight.high, circle.interval.high);
    }
    if (!circles.rings[point].members.is_empty()) tight = {};
    tight_[symbol.value] = tight;
}

void GuardRings::collect(SymbolId symbol, const Quote& quote, std::uint64_t ticks,
                         std::vector<std::uint32_t>& accounts) {
    if (!circles_[symbol.value]) return;
    Circles& circles = *circles_[symbol.value];
    const auto take = [&](const SparseSet& members) {
        members.for_each([&](std::uint32_t account) { accounts.push_back(account); });
    };
    for (Ring ring = 0; ring < rings; ++ring) {
        Circle& circle = circles.rings[ring];
        if (circle.members.is_empty() || circle.interval.holds(quote)) continue;
        take(circle.members);
        if (ring == 0) {
            const std::uint64_t lasted = ticks - circles.drawn_at;
            if (lasted < ticks_short) circles.reach = std::min(reach_max, circles.reach * 1.25);
            if (lasted > ticks_long) circles.reach = std::max(reach_min, circles.reach * 0.8);
            circles.drawn_at = ticks;
        }
        circle.interval = drawn(quote, circles.reach * share_of(ring));
    }
    take(circles.rings[point].members);
    tighten(symbol);
}

void GuardRings::clear() {
    for (std::size_t symbol = 0; symbol < circles_.size(); ++symbol) {
        if (!circles_[symbol]) continue;
        for (Circle& circle : circles_[symbol]->rings) circle.members = {};
        tight_[symbol] = everything;
    }
}

double GuardRings::reach(SymbolId symbol) const {
    return circles_[symbol.value] ? circles_[symbol.value]->reach : Circles{}.reach;
}

const SparseSet& GuardRings::members(SymbolId symbol, Ring ring) const {
    static const SparseSet nobody;
    return circles_[symbol.value] ? circles_[symbol.value]->rings[ring].members : nobody;
}

}  // namespace margind
