#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "margind/core/book/account.hpp"
#include "margind/core/engine/engine.hpp"
#include "margind/core/rules/instrument.hpp"
#include "support/random.hpp"
#include "support/reference_model_market.hpp"

namespace margind::test {

/// Random things of a trading platform: accounts, orders, specifications and price messages, most
/// of them sound, some of them broken in every way that a store or a feed can break them.
class Material {
public:
    Material(std::uint64_t seed, RuleSetKind rules);

    /// One rule set and its surroundings, options by chance.
    [[nodiscard]] EngineOptions options();
    [[nodiscard]] const std::vector<std::string>& symbols() const { return names_; }

    [[nodiscard]] AccountImage account(const AccountKey& key);
    /// The same account a moment later: a deposit, an order more, an order less, another setting.
    void change(AccountImage& image);
    [[nodiscard]] InstrumentSpec spec(const std::string& group, const std::string& symbol);
    [[nodiscard]] ModelTick tick(std::int64_t wall_ms);

    static constexpr const char* groups[] = {"Standard", "VIP", "Odd"};

private:
    struct Symbol {
        double mid;
        double spread;     // as a share of the price
        double lot_units;  // contract size
        const char* profit;
        int type;  // 1 forex, 2 metal, 3 other, 4 crypto
    };
    [[nodiscard]] OrderImage order();
    void break_order(OrderImage& order);
    void break_account(AccountImage& image);
    void break_spec(InstrumentSpec& spec);
    void break_tick(ModelTick& tick, std::int64_t wall_ms);
    void spread_modes(InstrumentSpec& spec, const Symbol& symbol);
    [[nodiscard]] double rough_margin(const AccountImage& image) const;
    [[nodiscard]] std::string some_id();

    Random random_;
    RuleSetKind rules_;
    std::map<std::string, Symbol> market_;
    std::vector<std::string> names_;
    std::map<std::string, std::int64_t> stamps_;  // the newest stamp sent, by symbol
};

}  // namespace margind::test
