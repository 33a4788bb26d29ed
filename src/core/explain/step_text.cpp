#include "core/explain/step_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "margind/core/valuation/platform_valuation.hpp"

namespace margind {
namespace {

constexpr int digits_of_amounts = 12;  // a difference of prices is not good for more
constexpr int digits_max_shown = 17;
constexpr int exponent_min = -12;  // beyond these numbers are written with an exponent
constexpr int exponent_max = 17;

/// Digits without the point, and the power of ten of the first one: 0.0123 is "123", −2.
struct Decimal {
    std::string digits;
    int exponent = 0;
};

Decimal decimal_of(double magnitude, int digits) {
    std::array<char, 32> text{};
    const auto written = std::to_chars(text.data(), text.data() + text.size(), magnitude,
                                       std::chars_format::scientific, digits - 1);
    const std::string_view all{text.data(), written.ptr};
    const std::size_t mark = all.find('e');
    Decimal decimal;
    decimal.digits = std::string{all.substr(0, 1)} + std::string{all.substr(2, mark - 2)};
    decimal.digits.erase(decimal.digits.find_last_not_of('0') + 1);
    const std::size_t power = mark + (all[mark + 1] == '+' ? 2 : 1);
    std::from_chars(all.data() + power, all.data() + all.size(), decimal.exponent);
    return decimal;
}

/// How many digits tell an amount of a currency.
int digits_of(double amount, Digits digits) {
    const double size = std::abs(amount);
    if (!(size >= 1.0) || !std::isfinite(size)) return digits_of_amounts;
    const int whole = static_cast<int>(std::log10(size)) + 1;
    return std::clamp(whole + digits.value + 2, digits_of_amounts, 15);
}

/// "exact rounded to text", or the text alone where that is the same; with as few digits as tell
/// the amount, of what is close to a half with as many as show where it goes.
template <class LeadsThere>
std::string rounded_text(double exact, Digits digits, const std::string& text, double rounded,
                         const LeadsThere& leads_there) {
    const int shown = digits_of(exact, digits);
    std::string before = number(exact, shown);
    if (before == number(rounded, shown)) return text;
    for (int more = shown; more <= digits_max_shown; ++more) {
        before = number(exact, more);
        double told = exact;
        std::from_chars(before.data(), before.data() + before.size(), told);
        if (leads_there(told)) break;
    }
    return before + " rounded to " + text;
}

/// In tenths of a minor unit: no further than an eighth of a unit.
bool is_near(double amount, std::int64_t tenths) {
    return std::abs(amount - static_cast<double>(tenths)) <= 1.25;
}

std::string shortest(double value) {
    std::array<char, 32> text{};
    const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), written.ptr};
}

}  // namespace

std::string number(double value, int digits) {
    if (std::isnan(value)) return "unknown";
    if (value == 0.0) return "0";
    const Decimal decimal = decimal_of(std::abs(value), digits);
    if (decimal.exponent < exponent_min || decimal.exponent > exponent_max ||
        !std::isfinite(value)) {
        return shortest(value);
    }
    std::string text = value < 0.0 ? "-" : "";
    const auto whole = static_cast<std::size_t>(std::max(0, decimal.exponent + 1));
    if (decimal.exponent < 0) {
        return text + "0." + std::string(static_cast<std::size_t>(-decimal.exponent - 1), '0') +
               decimal.digits;
    }
    if (decimal.digits.size() <= whole) {
        return text + decimal.digits + std::string(whole - decimal.digits.size(), '0');
    }
    return text + decimal.digits.substr(0, whole) + "." + decimal.digits.substr(whole);
}

std::string fixed_number(double value, int decimals) {
    if (std::isnan(value)) return "unknown";
    std::array<char, 352> text{};
    const auto written = std::to_chars(text.data(), text.data() + text.size(), value,
                                       std::chars_format::fixed, decimals);
    return {text.data(), written.ptr};
}

std::string plain_lots(Volume volume) {
    std::string text = std::to_string(volume.raw() / Volume::per_lot);
    std::string rest = std::to_string(volume.raw() % Volume::per_lot + Volume::per_lot).substr(1);
    rest.erase(rest.find_last_not_of('0') + 1);
    return rest.empty() ? text : text + "." + rest;
}

std::string lots(Volume volume) {
    return plain_lots(volume) + (volume.raw() == Volume::per_lot ? " lot" : " lots");
}

std::string names_of(Causes causes) {
    std::string names;
    for (const auto& [cause, name] : cause_names) {
        if (!causes.has(cause)) continue;
        if (!names.empty()) names += ", ";
        names += name;
    }
    return names;
}

std::string unknown(Causes causes) { return "unknown (" + names_of(causes) + ")"; }

std::string CurrencyText::bare(Money money) const {
    // Digit by digit: a sum may be larger than what a double holds.
    const std::int64_t minor = money.minor();
    std::string text = std::to_string(minor);
    const std::size_t sign = minor < 0 ? 1 : 0;
    const std::size_t decimals = digits.value;
    if (decimals == 0) return text;
    if (text.size() - sign <= decimals) text.insert(sign, decimals + 1 - (text.size() - sign), '0');
    text.insert(text.size() - decimals, ".");
    return text;
}

std::string CurrencyText::operator()(Money money) const { return bare(money) + " " + code; }

std::string CurrencyText::rounded(double exact, Money money) const {
    const double minor = exact * scale(digits);
    const std::int64_t tenths = money.minor() * 10 - (money < Money{} ? -5 : 5);
    const bool fits = std::abs(minor) < minor_limit;
    if (fits && round_half_away(minor) != money.minor() && is_near(minor * 10.0, tenths)) {
        // It was taken for a half: docs/formulas.md §6.
        const CurrencyText finer{code, Digits{static_cast<std::uint8_t>(digits.value + 1)}};
        return finer.bare(Money::from_minor(tenths)) + " rounded to " + (*this)(money);
    }
    return rounded_text(exact, digits, (*this)(money), money.to_double(digits), [&](double told) {
        return round_to_minor(told * scale(digits)).money == money;
    });
}

std::string CurrencyText::amount(double exact) const {
    return number(exact, digits_of(exact, digits));
}

std::string published(double exact) {
    if (!std::isfinite(exact)) return unknown(Cause::overflow);
    const double cents = round_cents(exact);
    return rounded_text(exact, Digits{2}, fixed_number(cents, 2), cents,
                        [&](double told) { return round_cents(told) == cents; });
}

std::string sum_of(const std::vector<std::string>& numbers) {
    std::string sum;
    for (const std::string& each : numbers) {
        if (sum.empty()) {
            sum = each;
        } else if (each.starts_with('-')) {
            sum += " - " + each.substr(1);
        } else {
            sum += " + " + each;
        }
    }
    return sum.empty() ? "0" : sum;
}

std::string sum_to(const std::vector<std::string>& numbers, const std::string& total) {
    return numbers.size() < 2 ? total : sum_of(numbers) + " = " + total;
}

std::string step(std::string_view subject, std::string_view formula, std::string_view statement) {
    std::string line;
    line.reserve(subject.size() + formula.size() + statement.size() + 5);
    line.append(subject).append(" [").append(formula).append("]: ").append(statement);
    return line;
}

std::string_view side_of(Conversion::Side side) {
    switch (side) {
        case Conversion::Side::bid: return "bid";
        case Conversion::Side::ask: return "ask";
        case Conversion::Side::mid: return "mid";
        case Conversion::Side::own_price: return "closing price";
    }
    return "?";
}

std::string_view kind_of(PriceTaken::Kind kind) {
    switch (kind) {
        case PriceTaken::Kind::bid: return "bid";
        case PriceTaken::Kind::ask: return "ask";
        case PriceTaken::Kind::mid: return "mid";
        case PriceTaken::Kind::mark: return "mark";
        case PriceTaken::Kind::last: return "last";
        case PriceTaken::Kind::of_order: return "order price";
        case PriceTaken::Kind::open: return "open price";
        case PriceTaken::Kind::mean_open: return "mean open price";
    }
    return "?";
}

}  // namespace margind
