// What is said of a margin with less of one exposure, against the whole account valued without it.
#include "core/valuation/margin_trials.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "support/build.hpp"
#include "support/desk.hpp"
#include "support/random.hpp"

namespace margind::test {
namespace {

/// An account in dollars of some symbols' positions and orders, by chance.
class Hoard {
public:
    explicit Hoard(Random& random) : random_{random} {
        rules_.hedged_margin = random.pick({HedgedMargin::larger_leg, HedgedMargin::basic});
        rules_.margin_conversion =
            random.pick({MarginConversion::order_side, MarginConversion::open_price,
                         MarginConversion::mid, MarginConversion::by_composition});
        row_.digits = Digits{2};
        general.rules = &rules_;
        general.leverage = random.pick({30.0, 100.0});
        general.margin_mode = random.chance(0.3) ? MarginMode::netting : MarginMode::hedging;
        const int symbols = static_cast<int>(random.between(1, 4));
        for (int i = 0; i < symbols; ++i) add_symbol(i, symbols);
        rates_.resolve(quotes_);
        rates_.refresh(quotes_.usable());
    }

    [[nodiscard]] const AccountRow& row() const { return row_; }
    [[nodiscard]] GeneralMarket market() const { return {quotes_, rates_}; }
    /// The margin of all that is left.
    [[nodiscard]] Rounded margin_with(std::span<const Left> left) const {
        GeneralAccount rest = general;
        for (const Left& one : left) rest.exposures[one.exposure].volume = one.volume;
        std::erase_if(rest.exposures, [](const Exposure& one) { return one.volume.raw() == 0; });
        return sum_exact(row_, rest, market()).margin.money;
    }
    GeneralAccount general;

private:
    static std::string name(int number) { return "EURU" + std::to_string(number); }

    InstrumentSpec some_spec(int number, int symbols) {
        const std::string mode{random_.pick({"forex", "cfd", "cfd_leverage", "cfd_index", "crypto",
                                             "perpetual_linear", "perpetual_inverse"})};
        InstrumentSpec out = spec(name(number), mode, 100.0, "USD");
        const bool is_perpetual = mode.starts_with("perpetual");
        out.base_currency = random_.pick({"EUR", "USD"});
        out.margin_currency = is_perpetual ? "" : random_.pick({"EUR", "USD"});
        if (mode == "cfd_index") out.tick_size = out.tick_value = 0.01;
        if (is_perpetual) out.maintenance_margin = 0.01;
        out.margin_rate_short = random_.pick({1.0, 2.0});
        if (random_.chance(0.5) && !is_perpetual) out.hedged_margin = random_.pick({0.0, 50.0});
        if (random_.chance(0.6)) {
            const double rate = is_perpetual ? 0.01 : 1.0;
            out.tiers = {{.from = 0.0, .rate = rate},
                         {.from = is_perpetual ? 20'000.0 : 3.0, .rate = 2.0 * rate}};
            out.maintenance_margin.reset();
            if (random_.chance(0.5) && !is_perpetual) {
                out.tier_hedged_weight = random_.pick({0.0, 0.5});
            }
            if (random_.chance(0.3) && !is_perpetual) {
                out.tier_basis = "notional";
                out.tier_currency = "USD";
                out.tiers[1].from = 30'000.0;
            }
            if (is_perpetual && random_.chance(0.3)) out.tiers[1].deduction = 0.0;
            if (random_.chance(0.4) && !is_perpetual) {
                for (int i = 0; i < symbols; ++i) out.tier_scope += name(i) + ",";
                out.tier_scope.pop_back();
            }
        }
        return out;
    }

    void add_symbol(int number, int symbols) {
        const auto derived = derive_instrument(some_spec(number, symbols));
        INFO((derived ? "" : derived.error()));
        REQUIRE(derived.has_value());
        const Instrument& instrument = instruments_.emplace_back(*derived);
        const SymbolId symbol = symbols_.intern(name(number));
        const double price = random_.real(50.0, 150.0);
        const CurrencyId dollars = currencies_.intern("USD");
        Exposure like{.instrument = &instrument, .symbol = symbol, .profit_digits = Digits{2}};
        like.pnl_rate = rates_.intern(currencies_.intern(instrument.profit_currency), dollars);
        like.margin_rate = rates_.intern(currencies_.intern(instrument.margin_currency), dollars);
        if (instrument.tier_basis == TierBasis::notional) like.tier_rate = like.margin_rate;
        for (const bool is_order : {false, true}) {
            for (std::int64_t i = random_.between(is_order ? 0 : 1, is_order ? 4 : 12); i > 0;
                 --i) {
                Exposure& one = general.exposures.emplace_back(like);
                one.volume = Volume::from_raw(random_.between(1, 500) * Volume::per_lot / 100);
                one.price = price * random_.real(0.9, 1.1);
                one.is_short = random_.chance(0.5);
                if (is_order) one.kind = OrderKind::limit;
            }
        }
        const SymbolId pair = symbols_.intern("EURUSD");
        quotes_.grow(symbols_.size());
        quotes_.apply({.symbol = pair, .bid = 1.1, .ask = 1.1001}, moment(0));
        quotes_.apply({.symbol = symbol, .bid = price, .ask = price + 0.02}, moment(0));
    }

    Random& random_;
    RuleSet rules_ = standard_rules();
    AccountRow row_;
    Symbols symbols_;
    Currencies currencies_;
    RateTable rates_{{}, currencies_, symbols_};
    QuoteBoard quotes_{{}};
    std::deque<Instrument> instruments_;
};

}  // namespace

TEST_CASE("a margin with less of some exposures is that of the account valued without it",
          "[property]") {
    for (int seed = 1; seed <= many(200, 4'000); ++seed) {
        Random random{static_cast<std::uint64_t>(seed)};
        const Hoard hoard{random};
        const GeneralMarket market = hoard.market();
        MarginTrials trials{hoard.row(), hoard.general, market};
        REQUIRE(trials.with({}).money == hoard.margin_with({}).money);
        const auto check = [&](std::span<const Left> left) {
            const Rounded whole = hoard.margin_with(left);
            const Rounded trial = trials.with(left);
            INFO("seed " << seed << ", " << left.size() << " exposures, " << left[0].exposure);
            REQUIRE(trial.fits == whole.fits);
            if (whole.fits) REQUIRE(trial.money == whole.money);
        };
        std::vector<Left> many_left;
        for (std::size_t i = 0; i < hoard.general.exposures.size(); ++i) {
            const std::int64_t whole = hoard.general.exposures[i].volume.raw();
            for (const std::int64_t left : {std::int64_t{0}, whole / 3, random.between(0, whole)}) {
                check(std::vector<Left>{{i, Volume::from_raw(left)}});
            }
            if (random.chance(0.5)) many_left.push_back({i, Volume::from_raw(whole / 2)});
        }
        if (!many_left.empty()) check(many_left);
    }
}

}  // namespace margind::test
