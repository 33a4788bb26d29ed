#include "margind/core/base/currency.hpp"

#include <algorithm>
#include <array>

namespace margind {
namespace {

struct CodeDigits {
    std::string_view code;
    Digits digits;
};

// ISO 4217 where it is not two, and two coins; sorted.
constexpr std::array exceptions = {
    CodeDigits{"BHD", {3}}, CodeDigits{"BIF", {0}}, CodeDigits{"BTC", {8}}, CodeDigits{"CLF", {4}},
    CodeDigits{"CLP", {0}}, CodeDigits{"DJF", {0}}, CodeDigits{"ETH", {8}}, CodeDigits{"GNF", {0}},
    CodeDigits{"IQD", {3}}, CodeDigits{"ISK", {0}}, CodeDigits{"JOD", {3}}, CodeDigits{"JPY", {0}},
    CodeDigits{"KMF", {0}}, CodeDigits{"KRW", {0}}, CodeDigits{"KWD", {3}}, CodeDigits{"LYD", {3}},
    CodeDigits{"OMR", {3}}, CodeDigits{"PYG", {0}}, CodeDigits{"RWF", {0}}, CodeDigits{"TND", {3}},
    CodeDigits{"UGX", {0}}, CodeDigits{"UYI", {0}}, CodeDigits{"UYW", {4}}, CodeDigits{"VND", {0}},
    CodeDigits{"VUV", {0}}, CodeDigits{"XAF", {0}}, CodeDigits{"XOF", {0}}, CodeDigits{"XPF", {0}},
};

}  // namespace

Digits default_digits(std::string_view code) {
    const auto* found = std::ranges::lower_bound(exceptions, code, {}, &CodeDigits::code);
    return found != exceptions.end() && found->code == code ? found->digits : Digits{2};
}

CurrencyId Currencies::intern(std::string_view code) {
    const CurrencyId id = codes_.intern(code);
    if (id.value == digits_.size()) digits_.push_back(default_digits(code));
    return id;
}

void Currencies::set_digits(std::string_view code, Digits digits) {
    digits_[intern(code).value] = digits;
}

}  // namespace margind
