#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace margind {

/// A price's way from where it is, in one direction, in steps: even ones at first, then growing
/// ones. Towards a price of 0 what is left is halved again and again: inverse rates do most of
/// their moving there.
struct PriceWalk {
    static constexpr double even_part = 1.0 / 64.0;  // of the unit, as far as that reaches
    static constexpr double growth = 1.0 / 16.0;     // of the way, beyond
    static constexpr double smallest = 0x1p-30;      // of the unit, on the way to 0
    static constexpr double farthest = 1e12;         // units

    double sign = 1.0;
    double unit = 1.0;
    double end = std::numeric_limits<double>::infinity();  // at most the farthest
    bool is_to_zero = false;                               // a price of 0 is where it ends

    /// The next place; nothing beyond the end.
    [[nodiscard]] std::optional<double> after(double way) const {
        const double last = std::min(end, unit * farthest);
        if (!(way < last)) return std::nullopt;
        const double step = way < unit ? unit * even_part : way * growth;
        const double left = last - way;
        if (!is_to_zero || left > step * 1.5) return std::min(way + step, last);
        return left > unit * smallest ? way + left / 2.0 : last;
    }
};

/// Where `f` crosses zero between a place where it is above and one where it is not: a place of the
/// latter kind, to the last digits. What is no number counts as above. By secants, which keep off
/// the ends by as little as is told apart (so that two ends close in), and halving in between.
template <class Function>
double crossing(Function& f, double above, double reached) {
    constexpr int steps_most = 200;
    constexpr double apart = 4.0 * std::numeric_limits<double>::epsilon();
    const auto known = [&](double place) {
        const double value = f(place);
        return std::isfinite(value) ? value : 1.0;
    };
    double f_above = known(above);
    double f_reached = known(reached);
    for (int step = 1; step <= steps_most; ++step) {
        const double width = reached - above;
        const double least = std::copysign(apart * std::abs(reached), width);
        if (std::abs(width) <= 2.0 * std::abs(least)) break;
        double place = above + width / 2.0;
        if (step % 3 != 0) {
            const double secant = above + width * (f_above / (f_above - f_reached));
            place = width > 0.0 ? std::clamp(secant, above + least, reached - least)
                                : std::clamp(secant, reached - least, above + least);
        }
        const double value = known(place);
        if (value <= 0.0) {
            reached = place;
            f_reached = value;
        } else {
            above = place;
            f_above = value;
        }
    }
    return reached;
}

/// The first zero of `f` on a walk from 0, as a distance; f(0) > 0.
template <class Function>
std::optional<double> first_zero(Function& f, const PriceWalk& walk) {
    double above = 0.0;
    for (auto way = walk.after(0.0); way; way = walk.after(std::abs(above))) {
        const double place = walk.sign * *way;
        if (f(place) <= 0.0) return crossing(f, above, place);
        above = place;
    }
    return std::nullopt;
}

/// The nearer zero of two walks. The one that is likelier to have one is walked first: what is
/// found there ends the other.
template <class Function>
std::optional<double> nearest_zero(Function&& f, const PriceWalk& likely, PriceWalk other) {
    if (!(f(0.0) > 0.0)) return std::nullopt;
    const auto zero = first_zero(f, likely);
    if (zero && std::abs(*zero) < other.end) {
        other.end = std::abs(*zero);
        other.unit = std::min(other.unit, other.end);
        other.is_to_zero = false;
    }
    const auto nearer = first_zero(f, other);
    return nearer ? nearer : zero;
}

}  // namespace margind
