#include "support/exact_number.hpp"

#include <array>
#include <cmath>
#include <stdexcept>

namespace margind::test::exact {
namespace {

constexpr int exponent_max = 60;

std::array<Wide, exponent_max + 1> make_powers() {
    std::array<Wide, exponent_max + 1> powers;
    powers[0] = 1;
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
    return powers;
}

}  // namespace

const Wide& power_of_ten(int exponent) {
    static const std::array<Wide, exponent_max + 1> powers = make_powers();
    return powers.at(static_cast<std::size_t>(exponent));
}

double Decimal::nearest() const {
    constexpr std::int64_t exact_max = std::int64_t{1} << 53;
    if (digits > exact_max || digits < -exact_max || places > 22) {
        throw std::out_of_range{"a decimal that is no double after one division: " + text()};
    }
    double scale = 1.0;
    for (int i = 0; i < places; ++i) scale *= 10.0;
    return static_cast<double>(digits) / scale;
}

std::string Decimal::text() const {
    const bool is_negative = digits < 0;
    std::string out = std::to_string(is_negative ? -digits : digits);
    if (places > 0) {
        const auto after = static_cast<std::size_t>(places);
        if (out.size() <= after) out.insert(0, after + 1 - out.size(), '0');
        out.insert(out.size() - after, 1, '.');
    }
    return is_negative ? "-" + out : out;
}

Ratio::Ratio(const Wide& top, const Wide& bottom) : top_{top}, bottom_{bottom} {
    if (bottom_.is_zero()) throw std::domain_error{"a fraction of nothing"};
    if (bottom_.sign() < 0) {
        top_ = -top_;
        bottom_ = -bottom_;
    }
}

/// Sums of unlike fractions grow; products of a formula stay far below the limit.
void Ratio::shorten() {
    constexpr std::size_t bits_max = 384;
    if (msb(bottom_) < bits_max) return;
    const Wide common = gcd(top_, bottom_);
    top_ /= common;
    bottom_ /= common;
}

Ratio Ratio::magnitude() const {
    Ratio out = *this;
    if (out.top_.sign() < 0) out.top_ = -out.top_;
    return out;
}

Wide Ratio::rounded(int places) const {
    const bool is_negative = top_.sign() < 0;
    Wide units = top_ * power_of_ten(places);
    if (is_negative) units = -units;
    Wide whole;
    Wide rest;
    divide_qr(units, bottom_, whole, rest);
    if (rest + rest >= bottom_) ++whole;
    return is_negative ? Wide{-whole} : whole;
}

double Ratio::nearest() const { return top_.convert_to<double>() / bottom_.convert_to<double>(); }

Ratio operator-(const Ratio& a) {
    Ratio out = a;
    out.top_ = -out.top_;
    return out;
}

Ratio operator+(const Ratio& a, const Ratio& b) {
    Ratio out;
    if (a.bottom_ == b.bottom_) {
        out.top_ = a.top_ + b.top_;
        out.bottom_ = a.bottom_;
        return out;
    }
    out.top_ = a.top_ * b.bottom_ + b.top_ * a.bottom_;
    out.bottom_ = a.bottom_ * b.bottom_;
    out.shorten();
    return out;
}

Ratio operator*(const Ratio& a, const Ratio& b) {
    Ratio out;
    out.top_ = a.top_ * b.top_;
    out.bottom_ = a.bottom_ * b.bottom_;
    return out;
}

Ratio operator/(const Ratio& a, const Ratio& b) {
    return Ratio{a.top_ * b.bottom_, a.bottom_ * b.top_};
}

std::strong_ordering operator<=>(const Ratio& a, const Ratio& b) {
    const int order = (a.top_ * b.bottom_).compare(b.top_ * a.bottom_);
    return order <=> 0;
}

}  // namespace margind::test::exact
