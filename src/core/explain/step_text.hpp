#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "margind/core/base/money.hpp"
#include "margind/core/base/units.hpp"
#include "margind/core/base/verdict.hpp"
#include "margind/core/valuation/workings.hpp"

// The words of an explanation's lines. A line reads `subject [formula]: statement; statement`. In a
// statement `a * b = c * d = e` each `=` holds to the digits printed, what follows it goes on from
// there, and `c rounded to d` is the one rounding of docs/formulas.md §6. Units, and what stands in
// brackets, name the number before them.
namespace margind {

/// So many digits that count, without an exponent as long as that is readable; "unknown" for NaN.
[[nodiscard]] std::string number(double value, int digits = 15);
/// With so many decimals.
[[nodiscard]] std::string fixed_number(double value, int decimals);
/// Lots as the decimal they are: "0.3 lots", "1 lot".
[[nodiscard]] std::string lots(Volume volume);
[[nodiscard]] std::string plain_lots(Volume volume);
/// The names of causes, "no_price, no_rate".
[[nodiscard]] std::string names_of(Causes causes);
/// "unknown (no_price)"
[[nodiscard]] std::string unknown(Causes causes);

/// A currency that amounts are told in.
struct CurrencyText {
    std::string code;
    Digits digits;

    /// "-700.00"
    [[nodiscard]] std::string bare(Money money) const;
    /// "-700.00 USD"
    [[nodiscard]] std::string operator()(Money money) const;
    /// An amount with as few digits as tell it, which are more than those of the currency.
    [[nodiscard]] std::string amount(double exact) const;
    /// "1093.00 USD", or "1093.0041 rounded to 1093.00 USD" where there was anything to round.
    [[nodiscard]] std::string rounded(double exact, Money money) const;
};

/// An amount of the rule set `platform`, a double, and what of it is published: "9480.00", or
/// "861.661516087984 rounded to 861.66". The rounding is `round_cents`.
[[nodiscard]] std::string published(double exact);

/// "a + b - c" of numbers as text; "0" of none.
[[nodiscard]] std::string sum_of(const std::vector<std::string>& numbers);
/// "a + b = total", or the total alone where it is the sum of no more than one.
[[nodiscard]] std::string sum_to(const std::vector<std::string>& numbers, const std::string& total);

/// "subject [formula]: statement"
[[nodiscard]] std::string step(std::string_view subject, std::string_view formula,
                               std::string_view statement);

[[nodiscard]] std::string_view side_of(Conversion::Side side);
[[nodiscard]] std::string_view kind_of(PriceTaken::Kind kind);

}  // namespace margind
