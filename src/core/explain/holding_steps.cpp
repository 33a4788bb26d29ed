// Lines of an explanation: what the exposures of one symbol come to. Source: docs/formulas.md §3.
#include <algorithm>
#include <cmath>

#include "core/explain/formula_names.hpp"
#include "core/explain/formula_steps.hpp"

namespace margind {
namespace {

/// The lines of one symbol.
class HoldingSteps {
public:
    HoldingSteps(const FigureSource& source, const HoldingWorkings& workings,
                 const std::string& name, Steps& steps)
        : source_{source},
          workings_{workings},
          holding_{workings.holding},
          instrument_{*workings.holding.instrument},
          money_{source.money()},
          symbol_{source.name(holding_.symbol)},
          name_{name},
          subject_{name + " " + symbol_},
          steps_{steps} {}

    void add() {
        const bool is_netting = source_.account.margin_mode == MarginMode::netting;
        const bool is_basic = source_.account.hedges_basically(instrument_);
        add_exposures(is_netting);
        const std::string_view formula = is_netting && has_orders() ? formula::netting_orders
                                         : is_netting               ? formula::netting
                                         : is_basic                 ? formula::basic_hedging
                                                                    : formula::larger_leg;
        if (!is_whole()) {
            steps_.push_back(step(subject_, formula, unknown(doubts())));
            return;
        }
        if (is_basic) {
            add_hedge_steps(source_, workings_, name_, steps_);
            return;
        }
        if (is_netting) add_net();
        const std::string buys = add_side(false, formula);
        const std::string sells = add_side(true, formula);
        steps_.push_back(
            step(subject_, formula,
                 "max(" + buys + ", " + sells + ") = " + money_(workings_.margin.money.money)));
    }

private:
    [[nodiscard]] const Exposure& exposure(std::size_t i) const {
        return source_.account.exposures[i];
    }
    [[nodiscard]] bool is_position(std::size_t i) const {
        return exposure(i).kind == OrderKind::position;
    }
    [[nodiscard]] bool has_orders() const {
        return holding_.legs[0].order_raw > 0 || holding_.legs[1].order_raw > 0;
    }
    /// True where the symbol's margin is known: nothing of it is missing, and it fits.
    [[nodiscard]] bool is_whole() const {
        const auto& symbols = source_.all.symbols;
        const auto found = std::ranges::find(symbols, symbol_, &SymbolExplained::symbol);
        return found != symbols.end() && found->is_margin_known && workings_.margin.money.fits;
    }
    [[nodiscard]] Causes doubts() const {
        Causes causes = source_.row.causes | source_.all.causes;
        return causes.none() ? Causes{Cause::overflow} : causes;
    }

    /// What a perpetual's positions of one side are in its bands together.
    void add_side_notional(bool is_short) {
        std::vector<std::string> notionals;
        double sum = not_a_price;
        for (std::size_t i = holding_.first; i < holding_.last; ++i) {
            const MarginWorkings& margin = workings_.exposures[i - holding_.first];
            if (exposure(i).is_short != is_short || std::isnan(margin.side_notional)) continue;
            notionals.push_back(number(margin.notional));
            sum = margin.side_notional;
        }
        if (notionals.size() < 2) return;
        steps_.push_back(step("notional " + symbol_ + (is_short ? " short" : " long"),
                              formula::tiers_maintenance, sum_to(notionals, number(sum))));
    }

    /// Netting takes orders one by one, positions together.
    void add_exposures(bool is_netting) {
        if (!is_netting && instrument_.is_perpetual() && !instrument_.tiers.empty()) {
            add_side_notional(false);
            add_side_notional(true);
        }
        for (std::size_t i = holding_.first; i < holding_.last; ++i) {
            if (is_netting && is_position(i)) continue;
            add_single_margin(source_, exposure(i), workings_.exposures[i - holding_.first],
                              name_ + " " + exposure(i).id, steps_);
        }
    }

    /// The net volume, and the margin of the one position that is left of it.
    void add_net() {
        std::vector<std::string> volumes;
        std::int64_t net = 0;
        for (std::size_t i = holding_.first; i < holding_.last; ++i) {
            if (!is_position(i)) continue;
            const bool is_short = exposure(i).is_short;
            volumes.push_back((is_short ? "-" : "") + plain_lots(exposure(i).volume));
            net += is_short ? -exposure(i).volume.raw() : exposure(i).volume.raw();
        }
        const std::string left = plain_lots(Volume::from_raw(std::abs(net)));
        steps_.push_back(step("net " + symbol_, formula::netting,
                              sum_to(volumes, (net < 0 ? "-" : "") + left + " lots")));
        if (!workings_.net) return;
        add_mean_open_price(net < 0);
        Exposure like = *std::ranges::find_if(source_.account.exposures, [&](const Exposure& each) {
            return each.symbol == holding_.symbol && each.kind == OrderKind::position &&
                   each.is_short == (net < 0);
        });
        like.id = "net " + symbol_;
        add_single_margin(source_, like, *workings_.net, name_ + " net " + symbol_, steps_);
    }

    /// Where the margin of a net position rests on its open price.
    void add_mean_open_price(bool is_short) {
        const MarginWorkings& net = *workings_.net;
        const bool is_used = instrument_.mode == CalcMode::crypto ||
                             net.price.kind == PriceTaken::Kind::open ||
                             net.conversion.side == Conversion::Side::own_price;
        if (!is_used) return;
        steps_.push_back(
            step("open price net " + symbol_, formula::netting,
                 mean_open_text(source_, holding_, is_short) + " = " + number(net.open_price)));
    }

    /// What a side comes to, in numbers that go into the larger of both; with lines of its own
    /// where orders or tiers make it more than a sum of positions.
    std::string add_side(bool is_short, std::string_view formula) {
        const Leg& leg = holding_.legs[is_short ? 1 : 0];
        const SideWorkings& side = workings_.sides[is_short ? 1 : 0];
        const std::vector<std::string> positions = position_margins(is_short);
        if (leg.order_raw == 0 && !side.tiers) {
            return positions.empty() ? money_.bare(Money{}) : sum_of(positions);
        }
        const std::string subject = subject_ + (is_short ? " short" : " long");
        if (leg.order_raw > 0 && leg.pending_share != 1.0) {
            add_counted_orders(leg, side, subject);
        } else if (leg.order_raw > 0 || positions.size() > 1) {
            std::vector<std::string> parts = positions;
            if (leg.order_raw > 0) {
                for (const std::string& order : order_margins(is_short)) parts.push_back(order);
            }
            const bool is_hedging = formula == formula::larger_leg;
            steps_.push_back(
                step(subject, is_hedging && leg.order_raw > 0 ? formula::pending_orders : formula,
                     sum_to(parts, money_(side.total.money.money))));
        }
        if (side.tiers) add_tier_steps(source_, workings_, side, &leg, subject, steps_);
        return money_.bare(side.margin.money.money);
    }

    /// Orders against a net position count for what they exceed it by.
    void add_counted_orders(const Leg& leg, const SideWorkings& side, const std::string& subject) {
        const Volume orders = Volume::from_raw(leg.order_raw);
        const std::int64_t net =
            holding_.legs[0].position_raw + holding_.legs[1].position_raw;  // one of them is 0
        const std::string excess = net < leg.order_raw ? "(" + plain_lots(orders) + " - " +
                                                             plain_lots(Volume::from_raw(net)) + ")"
                                                       : "0";
        steps_.push_back(step(subject, formula::netting_orders,
                              number(leg.orders.exact) + " * " + excess + " / " +
                                  plain_lots(orders) + " = " +
                                  money_.rounded(side.orders.exact, side.orders.money.money)));
    }

    [[nodiscard]] std::vector<std::string> position_margins(bool is_short) const {
        std::vector<std::string> margins;
        if (source_.account.margin_mode == MarginMode::netting) {
            if (holding_.legs[is_short ? 1 : 0].position_raw > 0) {
                margins.push_back(
                    money_.bare(holding_.legs[is_short ? 1 : 0].positions.money.money));
            }
            return margins;
        }
        return margins_of(is_short, true);
    }
    [[nodiscard]] std::vector<std::string> order_margins(bool is_short) const {
        return margins_of(is_short, false);
    }
    [[nodiscard]] std::vector<std::string> margins_of(bool is_short, bool of_positions) const {
        std::vector<std::string> margins;
        for (std::size_t i = holding_.first; i < holding_.last; ++i) {
            if (exposure(i).is_short != is_short || is_position(i) != of_positions) continue;
            const Figure& figure = workings_.exposures[i - holding_.first].figure;
            margins.push_back(money_.bare(figure.money.money));
        }
        return margins;
    }

    const FigureSource& source_;
    const HoldingWorkings& workings_;
    const Holding& holding_;
    const Instrument& instrument_;
    CurrencyText money_;
    const std::string& symbol_;
    const std::string& name_;
    std::string subject_;
    Steps& steps_;
};

}  // namespace

std::string mean_open_text(const StepSource& source, const Holding& holding,
                           std::optional<bool> is_short) {
    std::vector<std::string> values;
    std::vector<std::string> volumes;
    for (std::size_t i = holding.first; i < holding.last; ++i) {
        const Exposure& exposure = source.account.exposures[i];
        const bool counts = exposure.is_short == is_short.value_or(exposure.is_short);
        if (exposure.kind != OrderKind::position || !counts) continue;
        volumes.push_back(plain_lots(exposure.volume));
        values.push_back(volumes.back() + " * " + number(exposure.price));
    }
    if (values.size() == 1) return values[0] + " / " + volumes[0];
    return "(" + sum_of(values) + ") / (" + sum_of(volumes) + ")";
}

void add_holding_steps(const FigureSource& source, const HoldingWorkings& holding,
                       const std::string& name, Steps& steps) {
    HoldingSteps{source, holding, name, steps}.add();
}

}  // namespace margind
