// What is said of a margin with less of one exposure, against the whole account valued without it.
#include "core/valuation/margin_trials.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <span>
#include <string>
#include <vector>

#include "support/build.hpp"
#include "support/general_scene.hpp"
#include "support/random.hpp"

namespace margind::test {
namespace {

/// An account in dollars of some symbols' positions and orders, by chance.
class Hoard : public GeneralScene {
public:
    explicit Hoard(Random& random) : random_{random} {
        rules.hedged_margin = random.pick({HedgedMargin::larger_leg, HedgedMargin::basic});
        rules.margin_conversion =
            random.pick({MarginConversion::order_side, MarginConversion::open_price,
                         MarginConversion::mid, MarginConversion::by_composition});
        general.leverage = random.pick({30.0, 100.0});
        general.margin_mode = random.chance(0.3) ? MarginMode::netting : MarginMode::hedging;
        const int count = static_cast<int>(random.between(1, 4));
        for (int i = 0; i < count; ++i) add_symbol(i, count);
        rates.resolve(quotes);
        rates.refresh(quotes.usable());
    }

    /// The margin of all that is left.
    [[nodiscard]] Rounded margin_with(std::span<const Left> left) const {
        GeneralAccount rest = general;
        for (const Left& one : left) rest.exposures[one.exposure].volume = one.volume;
        std::erase_if(rest.exposures, [](const Exposure& one) { return one.volume.raw() == 0; });
        return sum_exact(row, rest, market()).margin.money;
    }

private:
    static std::string name(int number) { return "EURU" + std::to_string(number); }

    InstrumentSpec some_spec(int number, int count) {
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
                for (int i = 0; i < count; ++i) out.tier_scope += name(i) + ",";
                out.tier_scope.pop_back();
            }
        }
        return out;
    }

    void add_symbol(int number, int count) {
        Exposure like = exposure_of(some_spec(number, count));
        const double price = random_.real(50.0, 150.0);
        if (like.instrument->tier_basis == TierBasis::notional) like.tier_rate = like.margin_rate;
        for (const bool is_order : {false, true}) {
            for (std::int64_t i = random_.between(is_order ? 0 : 1, is_order ? 4 : 12); i > 0;
                 --i) {
                Exposure& one = general.exposures.emplace_back(like);
                const std::int64_t hundredths = random_.chance(0.1) ? 0 : random_.between(1, 500);
                one.volume = Volume::from_raw(hundredths * Volume::per_lot / 100);
                one.price = price * random_.real(0.9, 1.1);
                one.is_short = random_.chance(0.5);
                if (is_order) one.kind = OrderKind::limit;
            }
        }
        quote(symbols.intern("EURUSD"), 1.1, 1.1001);
        quote(like.symbol, price, price + 0.02);
    }

    Random& random_;
};

}  // namespace

TEST_CASE("a margin with less of some exposures is that of the account valued without it",
          "[property]") {
    for (int seed = 1; seed <= many(200, 4'000); ++seed) {
        Random random{static_cast<std::uint64_t>(seed)};
        const Hoard hoard{random};
        const GeneralMarket market = hoard.market();
        MarginTrials trials{hoard.row, hoard.general, market};
        REQUIRE(trials.with({}).money == hoard.margin_with({}).money);
        const auto check = [&](std::span<const Left> left) {
            const Rounded whole = hoard.margin_with(left);
            const Rounded trial = trials.with(left);
            INFO("seed " << seed << ", " << left.size() << " exposures, " << left[0].exposure);
            REQUIRE(trial.fits == whole.fits);
            REQUIRE(whole.fits);
            REQUIRE(trial.money == whole.money);
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
