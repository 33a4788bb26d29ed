#pragma once
#include "margind/core/base/ids.hpp"
#include "margind/core/market/quotes.hpp"
#include "margind/core/rules/instrument.hpp"
#include "margind/core/rules/rules.hpp"

namespace margind {

/// Which prices positions and pending orders may have: those that the quotes of their symbol may
/// have (`allow_negative`, docs/guards.md). `quotes` outlives it.
class OrderPrices {
public:
    OrderPrices(const QuoteBoard& quotes, RuleSetKind rules) : quotes_{quotes}, rules_{rules} {}

    [[nodiscard]] bool admits(double price, SymbolId symbol, const Instrument& instrument) const {
        if (price > 0.0) return true;
        // The platform's own calculation takes orders as they are.
        if (rules_ == RuleSetKind::platform) return true;
        return quotes_.allows_negative(symbol) && instrument.may_be_negative();
    }

private:
    const QuoteBoard& quotes_;
    RuleSetKind rules_;
};

}  // namespace margind
