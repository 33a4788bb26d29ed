#pragma once
#include <boost/multiprecision/cpp_int.hpp>
#include <compare>
#include <cstdint>
#include <string>

namespace margind::test::exact {

/// A whole number of up to 2,048 bits; whatever does not fit throws.
using Wide = boost::multiprecision::number<
    boost::multiprecision::cpp_int_backend<2048, 2048, boost::multiprecision::signed_magnitude,
                                           boost::multiprecision::checked, void>,
    boost::multiprecision::et_off>;

[[nodiscard]] const Wide& power_of_ten(int exponent);

/// A number as it is written: `digits` × 10^-`places`.
struct Decimal {
    std::int64_t digits = 0;
    int places = 0;

    /// What the engine reads: the nearest double. Precondition: |digits| <= 2⁵³, places <= 22, so
    /// that one division of exact doubles rounds once.
    [[nodiscard]] double nearest() const;
    [[nodiscard]] std::string text() const;
    friend bool operator==(const Decimal&, const Decimal&) = default;
};

/// 1.2790_dec: the decimal as it is written, apostrophes left out.
consteval Decimal operator""_dec(const char* text) {
    Decimal out;
    bool is_behind_point = false;
    for (; *text != '\0'; ++text) {
        if (*text == '\'') continue;
        if (*text == '.' && !is_behind_point) {
            is_behind_point = true;
            continue;
        }
        if (*text < '0' || *text > '9') throw "expected digits and one point";
        out.digits = out.digits * 10 + (*text - '0');
        out.places += is_behind_point ? 1 : 0;
    }
    return out;
}
consteval Decimal operator-(const Decimal& a) { return {-a.digits, a.places}; }

/// A fraction, exact. The bottom is above 0.
class Ratio {
public:
    Ratio(std::int64_t whole = 0) : top_{whole}, bottom_{1} {}  // NOLINT: a whole number is one
    Ratio(const Decimal& decimal)                               // NOLINT: as it is written
        : top_{decimal.digits}, bottom_{power_of_ten(decimal.places)} {}
    Ratio(const Wide& top, const Wide& bottom);

    [[nodiscard]] int sign() const { return top_.sign(); }
    [[nodiscard]] Ratio magnitude() const;
    /// In units of 10^-places, the nearest whole number of them, halves away from zero: the one
    /// rounding of docs/formulas.md §6.
    [[nodiscard]] Wide rounded(int places) const;
    /// About this much; for messages.
    [[nodiscard]] double nearest() const;

    friend Ratio operator-(const Ratio& a);
    friend Ratio operator+(const Ratio& a, const Ratio& b);
    friend Ratio operator-(const Ratio& a, const Ratio& b) { return a + -b; }
    friend Ratio operator*(const Ratio& a, const Ratio& b);
    friend Ratio operator/(const Ratio& a, const Ratio& b);
    Ratio& operator+=(const Ratio& other) { return *this = *this + other; }
    friend std::strong_ordering operator<=>(const Ratio& a, const Ratio& b);
    friend bool operator==(const Ratio& a, const Ratio& b) { return (a <=> b) == 0; }

private:
    void shorten();

    Wide top_;
    Wide bottom_;
};

}  // namespace margind::test::exact
