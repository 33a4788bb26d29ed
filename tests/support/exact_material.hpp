#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "support/exact_market.hpp"
#include "support/random.hpp"

namespace margind::test::exact {

/// How large the amounts get.
enum class Magnitude : std::uint8_t {
    everyday,  // positions of up to some million dollars
    extreme,   // up to where one amount no longer fits: 2⁵³ minor units
};

/// What the rules and instruments of a market ask for.
enum class Demands : std::uint8_t {
    plain,   // what each position's own row answers: the kernel's work
    all,     // any option, calc mode and order: the general valuation's
    either,  // by chance
};

struct MaterialOptions {
    Demands demands = Demands::either;
    Magnitude magnitude = Magnitude::everyday;
};

/// Markets and accounts made up from a seed, every number a decimal as somebody might write it.
class ExactMaterial {
public:
    explicit ExactMaterial(std::uint64_t seed, MaterialOptions options = {});

    /// Made once: rules, currencies, quotes and instruments that go together.
    [[nodiscard]] const ExactMarket& market() const { return market_; }
    [[nodiscard]] ExactAccount account();
    /// Moves every quote a little.
    void move_prices();

private:
    // What a market is made of (exact_material.cpp).
    [[nodiscard]] RuleSet some_rules();
    void make_currencies();
    void make_pairs();
    void add_quote(const std::string& symbol, double middle, int figures);
    void set_quote(ExactQuote& quote, std::int64_t middle, int places);
    // Instruments (exact_material_instrument.cpp).
    void make_instrument(std::size_t number);
    [[nodiscard]] CalcMode choose_mode(bool is_pair);
    void choose_margins(ExactInstrument& instrument);
    void choose_rates(ExactInstrument& instrument);
    void choose_tiers(ExactInstrument& instrument);
    void choose_maintenance_tiers(ExactInstrument& instrument);
    void share_tiers();
    // Accounts (exact_material_account.cpp).
    void add_order(ExactAccount& account, std::size_t instrument);
    [[nodiscard]] Volume volume(double lots);
    [[nodiscard]] double lot_usd(const ExactInstrument& instrument) const;

    [[nodiscard]] std::string any_currency();
    [[nodiscard]] Decimal one_of(std::initializer_list<Decimal> decimals) {
        return decimals.begin()[random_.below(decimals.size())];
    }
    /// `value` as a decimal of so many places, or of as many as a double holds.
    [[nodiscard]] static Decimal decimal(double value, int places);

    MaterialOptions options_;
    Random random_;
    bool is_plain_ = false;
    bool has_marks_ = false;  // every quote has a mark and a last price
    std::size_t pairs_ = 0;   // quotes that convert
    ExactMarket market_;
};

/// About what one of a currency is worth in dollars.
[[nodiscard]] double rough_usd(const std::string& currency);

}  // namespace margind::test::exact
