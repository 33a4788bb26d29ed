#pragma once
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "margind/core/general_account.hpp"
#include "margind/core/margin_formula.hpp"
#include "margind/core/money.hpp"

namespace margind {

/// One account's general valuation while it runs.
class GeneralValuation {
public:
    GeneralValuation(const AccountRow& row, const GeneralAccount& account,
                     const GeneralMarket& market)
        : row_{row}, account_{account}, market_{market} {}

    GeneralFigures run();

private:
    /// An amount of account currency: rounded where the rules round, and before any rounding.
    struct Figure {
        Rounded money{{}, true};
        double exact = 0.0;
    };
    /// All exposures of one symbol on one side.
    struct Leg {
        std::int64_t position_raw = 0;
        std::int64_t order_raw = 0;
        double open_value = 0.0;  // Σ lots × open price of the positions
        Figure positions;         // their margins, each rounded
        Figure orders;
        double notional = 0.0;       // of both, in the currency of the tiers
        double pending_share = 1.0;  // what of the orders counts

        [[nodiscard]] double position_lots() const { return Volume::from_raw(position_raw).lots(); }
        [[nodiscard]] double lots() const {
            return Volume::from_raw(position_raw + order_raw).lots();
        }
        [[nodiscard]] double open_price() const { return open_value / position_lots(); }
    };
    /// All exposures of one symbol.
    struct Group {
        std::size_t first = 0;
        std::size_t last = 0;  // one past the end
        Leg legs[2];           // long, short
        const Instrument* instrument = nullptr;
        SymbolId symbol;
        double beside = 0.0;  // what the other symbols of its tiers' set come to

        [[nodiscard]] bool is_mixed() const {
            return legs[0].position_raw > 0 && legs[1].position_raw > 0;
        }
    };

    // general_pnl.cpp
    void value_pnl(GeneralFigures& out);
    [[nodiscard]] Figure pnl_of(const Exposure& exposure) const;
    [[nodiscard]] double pnl_rate(const Exposure& exposure, bool is_profit, double price) const;
    [[nodiscard]] std::optional<double> own_rate(SymbolId symbol, RateId rate, double price) const;

    // general_margin.cpp
    void value_margin(GeneralFigures& out);
    [[nodiscard]] Figure margin_of_all(MarginUse use, GeneralFigures* out) const;
    [[nodiscard]] std::vector<Group> groups() const;
    void value_legs(Group& group, MarginUse use, GeneralFigures* out) const;
    void net_positions(Group& group, MarginUse use, GeneralFigures* out) const;
    [[nodiscard]] Figure through_tiers(const Group& group, const Leg& leg, const Figure& total,
                                       GeneralFigures* out) const;
    [[nodiscard]] double tier_amount(const Group& group, const Leg& leg) const;
    void join_tier_scopes(std::vector<Group>& groups) const;
    [[nodiscard]] Figure leg_margin(const Group& group, const Leg& leg, GeneralFigures* out) const;
    [[nodiscard]] Figure basic_margin(const Group& group, MarginUse use, GeneralFigures* out) const;
    [[nodiscard]] Figure symbol_margin(const Group& group, MarginUse use,
                                       GeneralFigures* out) const;
    [[nodiscard]] Figure counted_orders(const Leg& leg) const {
        return leg.pending_share == 1.0 ? leg.orders : figure(leg.orders.exact * leg.pending_share);
    }
    void add_part(GeneralFigures* out, const Group& group, std::string name,
                  const Figure& part) const;
    [[nodiscard]] double margin_price(const Exposure& exposure) const;
    [[nodiscard]] double margin_rate(const Exposure& exposure, bool is_mixed) const;
    [[nodiscard]] double leverage_of(const Instrument& instrument) const;
    [[nodiscard]] double exact_margin(const Exposure& exposure, double rate, bool is_mixed,
                                      MarginUse use) const;
    [[nodiscard]] double notional(const Exposure& exposure) const;
    [[nodiscard]] Figure figure(double exact) const {
        return {round_to_minor(exact * scale(row_.digits)), exact};
    }

    const AccountRow& row_;
    const GeneralAccount& account_;
    const GeneralMarket& market_;
    bool is_known_ = true;
    std::int64_t pnl_ = 0;
    Money margin_;
};

}  // namespace margind
