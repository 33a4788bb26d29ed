#pragma once
#include <string_view>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/base/interner.hpp"
#include "margind/core/base/money.hpp"

namespace margind {

/// Currencies with their digits. USDT and USD stay apart here; the rule set `platform` joins them.
class Currencies {
public:
    CurrencyId intern(std::string_view code);
    [[nodiscard]] CurrencyId find(std::string_view code) const { return codes_.find(code); }
    [[nodiscard]] const std::string& code(CurrencyId id) const { return codes_.name(id); }
    [[nodiscard]] Digits digits(CurrencyId id) const { return digits_[id.value]; }
    /// Overrides the digits of a currency. Call before the first amount of it is made.
    void set_digits(std::string_view code, Digits digits);

private:
    Interner<CurrencyId> codes_;
    std::vector<Digits> digits_;
};

/// Digits by ISO 4217 (JPY 0, KWD 3, most 2); 8 for BTC and ETH. Unknown codes have 2.
[[nodiscard]] Digits default_digits(std::string_view code);

}  // namespace margind
