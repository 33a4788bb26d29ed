#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "support/exact_oracle.hpp"

namespace margind::test::exact {

/// An instrument may ask for less of what is held than of what is opened.
enum class MarginNeed : std::uint8_t { to_open, to_keep };

[[nodiscard]] Ratio exact_mid(const ExactQuote& quote);

/// The margin of one account. Source: docs/formulas.md §2 to §4.
class ExactMargin {
public:
    ExactMargin(const ExactMarket& market, const ExactConversions& conversions,
                const ExactAccount& account, MinorUnits& money)
        : market_{market}, conversions_{conversions}, account_{account}, money_{money} {}

    /// In minor units; `symbols` gets what each of them costs.
    [[nodiscard]] std::int64_t of_all(MarginNeed need, std::vector<ExactSymbol>& symbols);

private:
    [[nodiscard]] bool counts(const ExactOrder& order) const {
        return order.is_position() || account_.rules.orders_reserve_margin;
    }

    /// What is held or ordered, one order or several as one.
    struct Holding {
        OrderKind kind = OrderKind::position;
        bool is_short = false;
        std::int64_t raw = 0;  // volume
        Ratio price;           // open price, an order's own
    };
    /// All of one symbol on one side.
    struct Leg {
        std::int64_t raw = 0;      // volume of the positions
        Ratio open_value;          // Σ raw volume × open price
        std::int64_t rounded = 0;  // margins of positions and orders, each rounded by itself
        Ratio exact;               // the same before any rounding
        Ratio reach;               // into the bands: lots or notional
        Ratio held_reach;          // that of positions alone, which may cover each other

        [[nodiscard]] Ratio mean_price() const { return open_value / raw; }
    };
    /// One symbol of the account while it is worked out.
    struct Symbol {
        std::size_t index = 0;  // of the instrument
        const ExactInstrument* instrument = nullptr;
        const ExactTerms* terms = nullptr;
        const ExactRate* rate = nullptr;  // margin currency → account currency
        MarginNeed need = MarginNeed::to_open;
        std::array<std::int64_t, 2> held{};  // raw volume of the positions, long and short
        bool is_netting = false;
        bool is_basic = false;
        bool is_mixed = false;   // held both ways
        bool has_bands = false;  // of a side's whole amount
        std::array<Leg, 2> legs;
    };

    [[nodiscard]] Symbol prepare(std::size_t instrument, MarginNeed need);
    void add_each(Symbol& symbol);
    void add_net(Symbol& symbol);
    void add(Symbol& symbol, const Holding& holding);
    [[nodiscard]] std::vector<Ratio> basic_parts(const Symbol& symbol) const;
    [[nodiscard]] static Ratio reach(const Symbol& symbol, const Leg& leg);
    [[nodiscard]] static Ratio largest_reach(const Symbol& symbol);
    [[nodiscard]] std::int64_t of_symbol(const Symbol& symbol, const Ratio& beside);
    [[nodiscard]] std::int64_t stretched(const Symbol& symbol, const Ratio& margin,
                                         const Ratio& own, const Ratio& beside);

    [[nodiscard]] Ratio kept_notional(const Symbol& symbol, const Holding& holding) const;
    [[nodiscard]] Ratio without_rounding(const Symbol& symbol, const Holding& holding) const;
    [[nodiscard]] Ratio before_price(const Symbol& symbol, const Holding& holding) const;
    [[nodiscard]] Ratio at_price(const Symbol& symbol, const Ratio& amount,
                                 const Ratio& price) const;
    [[nodiscard]] Ratio price_of(const Symbol& symbol, const Holding& holding) const;
    [[nodiscard]] Ratio notional(const Symbol& symbol, const Ratio& lots, const Ratio& price) const;
    [[nodiscard]] Ratio conversion(const Symbol& symbol, const Holding& holding) const;
    [[nodiscard]] Ratio leverage_of(const ExactInstrument& instrument) const;
    [[nodiscard]] Ratio reach_of(const Symbol& symbol, const Holding& holding) const;
    [[nodiscard]] Ratio in_bands(const ExactInstrument& instrument, const Ratio& amount) const;

    const ExactMarket& market_;
    const ExactConversions& conversions_;
    const ExactAccount& account_;
    MinorUnits& money_;
};

}  // namespace margind::test::exact
