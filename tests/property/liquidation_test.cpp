// A liquidation price is what stepping the price finds: from where it is up to there nobody is
// stopped out, beyond it the account is.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "margind/core/engine/engine.hpp"
#include "support/build.hpp"
#include "support/desk.hpp"
#include "support/random.hpp"

namespace margind::test {
namespace {

constexpr double never = std::numeric_limits<double>::quiet_NaN();

struct Market {
    std::string symbol;
    double bid = 0.0;
    double ask = 0.0;

    [[nodiscard]] Marks marks() const {
        return {never, bid + (ask - bid) * 0.5, bid + (ask - bid) * 0.25};
    }
};

/// One random account with its instruments and its market, and its price under one's hand.
class Case {
public:
    explicit Case(std::uint64_t seed) : random_{seed}, desk_{options()} {
        list_instruments();
        open_positions();
        id_ = desk_.give(image_);
        for (const Market& market : markets_) quote(market, 0.0);
        desk_.beat();
    }

    [[nodiscard]] bool is_known() const { return figures().causes.none(); }
    /// Margin call and stop-out are one level here, so that a breach is a stop-out.
    [[nodiscard]] bool is_stopped_out() const {
        return desk_.engine.snapshot(id_, desk_.now).verdict == Verdict::breach;
    }
    [[nodiscard]] std::vector<SymbolRisk> risks() const { return desk_.engine.risk(id_); }
    [[nodiscard]] const Market& market(const std::string& symbol) const {
        return *std::ranges::find(markets_, symbol, &Market::symbol);
    }
    [[nodiscard]] bool may_be_negative(const std::string& symbol) const { return symbol == "WTI"; }
    /// The price that a symbol's net position is valued at.
    [[nodiscard]] double price(const std::string& symbol) const {
        double net = 0.0;
        for (const OrderImage& order : image_.orders) {
            if (order.symbol != symbol || order.kind != OrderKind::position) continue;
            net += order.side == Side::buy ? *order.quantity : -*order.quantity;
        }
        const Market& now = market(symbol);
        switch (rules_.valuation_price) {
            case ValuationPrice::closing_side: break;
            case ValuationPrice::mid: return (now.bid + now.ask) / 2.0;
            case ValuationPrice::mark: return now.marks().mark;
            case ValuationPrice::last: return now.marks().last;
        }
        return net < -1e-9 ? now.ask : now.bid;
    }
    /// How far a level is, in equity; what may be decided by rounding alone is left out.
    [[nodiscard]] bool is_near_its_level() const {
        const Valuation value = figures();
        const double margin = static_cast<double>(value.margin.minor());
        const double level = static_cast<double>(rules_.stop_out.value);
        const double needed = rules_.level_unit == LevelUnit::money
                                  ? level / 100.0 * scale(value.digits)
                                  : margin * level / 10'000.0;
        const double left = static_cast<double>(value.level_equity().minor()) - needed;
        return std::abs(left) < 20'000.0;
    }
    bool is_stopped_out_at(const std::string& symbol, double moved) {
        quote(market(symbol), moved);
        desk_.beat();
        const bool is_stopped = is_stopped_out();
        const bool is_in_doubt = !is_known();
        quote(market(symbol), 0.0);
        desk_.beat();
        INFO(symbol << " moved by " << moved);
        CHECK_FALSE(is_in_doubt);
        return is_stopped;
    }
    [[nodiscard]] std::string story() const {
        std::string text = "balance " + std::to_string(*image_.balance) + " " + image_.currency;
        for (const OrderImage& order : image_.orders) {
            text += "; " + order.symbol + (order.side == Side::buy ? " buy " : " sell ") +
                    std::to_string(*order.quantity) + " at " + std::to_string(*order.open_price);
        }
        return text;
    }

private:
    [[nodiscard]] Valuation figures() const { return desk_.figures(id_); }

    EngineOptions options() {
        rules_.hedged_margin = random_.pick({HedgedMargin::larger_leg, HedgedMargin::basic});
        if (random_.chance(0.4)) {
            rules_.valuation_price =
                random_.pick({ValuationPrice::mid, ValuationPrice::mark, ValuationPrice::last});
        }
        rules_.pnl_conversion = random_.pick({PnlConversion::worst_side, PnlConversion::by_deal,
                                              PnlConversion::mid, PnlConversion::ask});
        rules_.margin_conversion =
            random_.pick({MarginConversion::order_side, MarginConversion::open_price,
                          MarginConversion::mid, MarginConversion::by_composition});
        rules_.fully_hedged_stop_out = random_.chance(0.5);
        rules_.margin_mode = random_.chance(0.3) ? MarginMode::netting : MarginMode::hedging;
        if (random_.chance(0.15)) {
            rules_.level_unit = LevelUnit::money;
            rules_.stop_out = Level{1'000'000};
        } else {
            rules_.stop_out = random_.pick({Level{2'000}, Level{5'000}, Level{10'000}});
        }
        rules_.margin_call = rules_.stop_out;
        EngineOptions options;
        options.rules = rules_;
        return options;
    }

    void list(InstrumentSpec spec, double price) {
        const bool is_perpetual = spec.calc_mode.starts_with("perpetual");
        if (is_perpetual) {
            spec.maintenance_margin = random_.pick({0.005, 0.02});
            if (random_.chance(0.7)) spec.taker_fee = random_.pick({0.00075, 0.01});
            if (random_.chance(0.3)) spec.maintenance_basis = "entry";
        } else {
            if (random_.chance(0.4))
                spec.hedged_margin = random_.pick({0.0, 0.5}) * *spec.contract_size;
            if (random_.chance(0.3)) spec.margin_rate_short = random_.pick({0.0, 0.5, 1.5});
            if (random_.chance(0.4)) add_tiers(spec);
        }
        const double spread = price == 0.0 ? 0.01 : std::abs(price) * random_.pick({0.0, 0.0002});
        markets_.push_back({spec.symbol, price, price + spread});
        desk_.engine.apply(spec);
    }
    void add_tiers(InstrumentSpec& spec) {
        spec.tier_basis = random_.pick({"lots", "notional"});
        const double unit = spec.tier_basis == "lots" ? 1.0 : 100'000.0;
        spec.tiers = {{.from = 0.0, .rate = 1.0},
                      {.from = 2.0 * unit, .rate = 2.0},
                      {.from = 5.0 * unit, .rate = 4.0}};
        const bool is_forex = spec.calc_mode.starts_with("forex");
        if (is_forex && random_.chance(0.5)) spec.tier_scope = "EURUSD,USDJPY,GBPUSD";
        if (random_.chance(0.3)) spec.tier_hedged_weight = 0.5;
    }
    void list_instruments() {
        list(spec("EURUSD", "forex", 100'000.0, "USD"), 1.1);
        list(spec("USDJPY", "forex", 100'000.0, "JPY"), 150.0);
        list(spec("GBPUSD", "forex_no_leverage", 100'000.0, "USD"), 1.3);
        list(spec("XAUUSD", "cfd_leverage", 100.0, "USD"), 2'400.0);
        list(spec("BTCUSD", "perpetual_linear", 1.0, "USD"), 60'000.0);
        list(spec("ETHEUR", "perpetual_linear", 10.0, "EUR"), 3'000.0);
        list(spec("BTCINV", "perpetual_inverse", 100.0, "BTC"), 60'000.0);
        InstrumentSpec wti = spec("WTI", "cfd_leverage", 1'000.0, "USD");
        wti.allow_negative = "true";
        list(wti, random_.pick({10.0, -2.0, 40.0}));
    }

    void open_positions() {
        image_ = account({"live", "1"}, 0.0, {});
        image_.currency = random_.pick({"USD", "EUR", "JPY"});
        image_.leverage = random_.pick({20.0, 100.0});
        double notional = 0.0;  // in about USD
        const auto symbols = random_.between(1, 3);
        for (std::int64_t i = 0; i < symbols; ++i) {
            const Market& market = markets_[random_.below(markets_.size())];
            for (std::int64_t left = random_.between(1, 3); left > 0; --left) {
                notional += open(market);
            }
        }
        const double per_usd = image_.currency == "JPY" ? 150.0 : 1.0;
        image_.balance = std::round(notional * random_.real(0.03, 0.6) * per_usd);
        if (rules_.level_unit == LevelUnit::money) *image_.balance += 10'000.0;
    }
    double open(const Market& market) {
        const bool is_inverse = market.symbol == "BTCINV";
        const std::int64_t lot = Volume::per_lot / 10 * (is_inverse ? 1'000 : 1);
        const std::string id = std::to_string(image_.orders.size());
        OrderImage out =
            order(id, market.symbol, random_.chance(0.6) ? Side::buy : Side::sell,
                  lot * random_.between(5, 40), market.bid * (1.0 + random_.real(-0.02, 0.02)));
        if (random_.chance(0.15)) out.kind = OrderKind::limit;
        const double units = *out.quantity * (is_inverse ? 100.0 : contract_size(market.symbol));
        const bool is_forex = market.symbol.ends_with("USD") && market.bid < 2.0;
        const bool is_in_units = is_inverse || market.symbol == "USDJPY";
        image_.orders.push_back(std::move(out));
        return units * (is_in_units ? 1.0 : is_forex ? market.bid : std::abs(market.bid));
    }
    static double contract_size(const std::string& symbol) {
        if (symbol == "XAUUSD") return 100.0;
        if (symbol == "WTI") return 1'000.0;
        if (symbol == "BTCUSD") return 1.0;
        return symbol == "ETHEUR" ? 10.0 : 100'000.0;
    }
    void quote(const Market& market, double moved) {
        Marks marks = market.marks();
        marks.mark += moved;
        marks.last += moved;
        desk_.engine.apply({.symbol = desk_.engine.intern_symbol(market.symbol),
                            .bid = market.bid + moved,
                            .ask = market.ask + moved,
                            .marks = marks},
                           desk_.now);
    }

    Random random_;
    RuleSet rules_;
    Desk desk_;
    std::vector<Market> markets_;
    AccountImage image_;
    AccountId id_;
};

/// How far down a symbol's price may go.
double room_below(const Case& each, const std::string& symbol) {
    return each.may_be_negative(symbol) ? 1e9 : each.market(symbol).bid * 0.999;
}

void check_found(Case& each, const SymbolRisk& risk, double liquidation) {
    const double way = liquidation - each.price(risk.symbol);
    CHECK_FALSE(each.is_stopped_out_at(risk.symbol, way * (1.0 - 1e-3)));
    if (way > -each.market(risk.symbol).bid / 1.002 || each.may_be_negative(risk.symbol)) {
        CHECK(each.is_stopped_out_at(risk.symbol, way * (1.0 + 1e-3)));
    }
    for (int step = 1; step < 16; ++step) {
        const double part = way * step / 16.0;
        CHECK_FALSE(each.is_stopped_out_at(risk.symbol, part));
        if (std::abs(part) > room_below(each, risk.symbol) && way > 0.0) continue;
        CHECK_FALSE(each.is_stopped_out_at(risk.symbol, -part));
    }
}

void check_none(Case& each, const SymbolRisk& risk) {
    const double price = std::abs(each.price(risk.symbol));
    for (int step = 1; step <= 24; ++step) {
        CHECK_FALSE(each.is_stopped_out_at(risk.symbol, price * step / 6.0));
        const double down = price * step / 24.5;
        if (down < room_below(each, risk.symbol)) {
            CHECK_FALSE(each.is_stopped_out_at(risk.symbol, -down));
        }
    }
}

}  // namespace

TEST_CASE("a liquidation price is what stepping the price finds, whatever the rules",
          "[property][liquidation]") {
    int found = 0;
    int none = 0;
    for (std::uint64_t seed = 1; seed <= many(60, 1'500); ++seed) {
        Case each{seed};
        CAPTURE(seed, each.story());
        REQUIRE(each.is_known());
        if (each.is_stopped_out() || each.is_near_its_level()) continue;
        for (const SymbolRisk& risk : each.risks()) {
            CAPTURE(risk.symbol, risk.prices.stop_out.value_or(never));
            if (risk.prices.stop_out) {
                check_found(each, risk, *risk.prices.stop_out);
                ++found;
            } else {
                check_none(each, risk);
                ++none;
            }
        }
    }
    CHECK(found > many(20, 500));
    CHECK(none > many(2, 50));
}

}  // namespace margind::test
