#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/base/money.hpp"
#include "margind/core/base/units.hpp"
#include "margind/core/rules/instrument.hpp"
#include "margind/core/rules/margin_formula.hpp"

namespace margind {

// What each figure of a general valuation was worked out from, value by value, in the order of the
// calculation: what the lines of an explanation are written from. The formulas are those of
// docs/formulas.md. A value that does not enter a figure is NaN, one that is in doubt as well.

/// An amount of account currency: rounded where the rules round, and before any rounding.
struct Figure {
    Rounded money{{}, true};
    double exact = 0.0;
};

/// The rate that an amount was converted at, and which one of its pair that is.
struct Conversion {
    enum class Side : std::uint8_t { bid, ask, mid, own_price };
    double rate = not_a_price;
    Side side = Side::bid;
};

/// The price that a margin was worked out with, and which one that is.
struct PriceTaken {
    enum class Kind : std::uint8_t { bid, ask, mid, mark, last, of_order, open, mean_open };
    double price = not_a_price;
    Kind kind = Kind::bid;
};

/// One position's P/L. Amounts are in profit currency up to the conversion.
struct PnlWorkings {
    double close = not_a_price;
    double closing_value = not_a_price;  // of the legs, where they are rounded apart
    double opening_value = not_a_price;
    Money closing_leg;
    Money opening_leg;
    double exact = not_a_price;   // the profit before any rounding
    Money rounded_profit;         // where it is rounded
    double profit = not_a_price;  // as it was converted
    Conversion conversion;
    double converted = not_a_price;  // account currency, before its rounding
    Figure figure;
};

/// The margin of one exposure, of a net position, or of what is covered or uncovered of a hedge.
/// Amounts are in the margin currency up to the conversion.
struct MarginWorkings {
    MarginUse use = MarginUse::initial;
    Volume volume;
    double open_price = not_a_price;
    double leverage = 0.0;
    PriceTaken price;
    double notional = not_a_price;       // of a perpetual that keeps its maintenance margin
    double side_notional = not_a_price;  // likewise: of all its side's positions
    MaintenanceTerms terms;              // likewise
    double margin_rate = 1.0;
    double amount = not_a_price;  // with the margin rate
    Conversion conversion;
    Figure figure;
    double tier_notional = not_a_price;  // margin currency; where tiers go by notional
    double tier_rate = not_a_price;      // to their currency
};

/// All exposures of one symbol on one side. Netting leaves the net volume on one of them.
struct Leg {
    std::int64_t position_raw = 0;
    std::int64_t order_raw = 0;
    double open_value = 0.0;  // Σ lots × open price of the positions
    Figure positions;         // their margins, each rounded
    Figure orders;
    double notional = 0.0;        // of the positions, in the currency of the tiers
    double order_notional = 0.0;  // likewise
    double pending_share = 1.0;   // what of the orders counts

    [[nodiscard]] double position_lots() const { return Volume::from_raw(position_raw).lots(); }
    /// Of positions and orders, as far as these count.
    [[nodiscard]] double lots() const {
        if (pending_share == 1.0) return Volume::from_raw(position_raw + order_raw).lots();
        return position_lots() + Volume::from_raw(order_raw).lots() * pending_share;
    }
    [[nodiscard]] double notional_of_all() const {
        return notional + order_notional * pending_share;
    }
    [[nodiscard]] double open_price() const { return open_value / position_lots(); }
};

/// All exposures of one symbol.
struct Holding {
    std::size_t first = 0;
    std::size_t last = 0;  // one past the end
    Leg legs[2];           // long, short
    const Instrument* instrument = nullptr;
    SymbolId symbol;
    std::int64_t volume_raw = 0;  // of all exposures together
    double beside = 0.0;          // what the other symbols of its tiers' set come to

    [[nodiscard]] bool is_mixed() const {
        return legs[0].position_raw > 0 && legs[1].position_raw > 0;
    }
};

/// How a margin went through the tiers.
struct TierWorkings {
    double own = 0.0;     // lots, or notional in their currency
    double amount = 0.0;  // with what the other symbols of the set come to
    double each = 0.0;    // margin of one of the amount, at rate or leverage 1
    std::vector<TierShare> shares;
    std::vector<Figure> parts;  // one for each share
    double share_sum = 0.0;     // where nothing reaches into them: of the first band, per one
};

/// One side of a holding, or both together with basic hedging.
struct SideWorkings {
    Figure orders;  // what of them counts
    Figure total;   // positions and orders, before the tiers
    std::optional<TierWorkings> tiers;
    Figure margin;
};

/// What is covered of a hedge, or what is not.
struct HedgeWorkings {
    MarginWorkings margin;
    double whole = not_a_price;  // what is covered, before the hedged contract size
    double rates[2] = {};        // margin rates of the long and the short side
    Conversion conversions[2];
};

struct HoldingWorkings {
    Holding holding;  // after netting
    std::vector<MarginWorkings> exposures;
    SideWorkings sides[2];
    std::optional<MarginWorkings> net;  // of a netting account
    std::optional<HedgeWorkings> covered;
    std::optional<HedgeWorkings> uncovered;
    SideWorkings hedge;  // with basic hedging
    Figure margin;
};

/// The margin of an account by one use.
struct MarginSheet {
    std::vector<HoldingWorkings> holdings;
    Figure total;
};

/// What closing one symbol's perpetuals costs, in account currency, before any rounding.
struct ClosingFee {
    double covered = 0.0;  // what both sides cover, at the price now
    double net = 0.0;      // what is net, at the price now
    double share = 0.0;    // of what is lost until nothing is left: what that adds to the net one

    [[nodiscard]] double now() const { return covered + net; }
    /// With what is net at the price that leaves nothing of `equity`. Source: docs/formulas.md §8.
    [[nodiscard]] double held_back(double equity) const {
        const double bankrupt = net + share * (now() - equity);
        return covered + (bankrupt < 0.0 ? 0.0 : bankrupt);
    }
};

/// The fees of several symbols while the account holds `equity`: of the one whose bankruptcy makes
/// them dearest the fee there, of all others that of now.
class ClosingFees {
public:
    explicit ClosingFees(double equity) : equity_{equity} {}
    void add(const ClosingFee& fee) {
        const double now = fee.now();
        now_ += now;
        if (fee.net == 0.0) return;  // no price of it ruins anybody
        const double more = fee.held_back(equity_) - now;
        more_ = more_ ? std::max(*more_, more) : more;
    }
    [[nodiscard]] double sum() const { return now_ + more_.value_or(0.0); }

private:
    double equity_;
    double now_ = 0.0;
    std::optional<double> more_;
};

struct ClosingFeeWorkings {
    SymbolId symbol;
    const Instrument* instrument = nullptr;
    Volume covered;
    Volume net;
    bool is_short = false;   // the net volume is
    double prices[2] = {};   // that the long, the short side closes at
    Conversion conversion;   // of the fee
    double loss_rate = 0.0;  // that a loss is converted at
    ClosingFee fee;
    double equity = 0.0;  // before any rounding
};

struct Workings {
    std::vector<PnlWorkings> pnl;        // as the account's exposures; empty ones of orders
    MarginSheet level;                   // what levels are measured by
    std::optional<MarginSheet> initial;  // where that is another one
    std::vector<ClosingFeeWorkings> closing_fees;  // of symbols that have one
    Figure closing_fee;
};

}  // namespace margind
