#include "support/reference_model_valuation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace margind::test {
namespace {

using Side = margind::Side;

double lots_of(const OrderImage& order) {
    return static_cast<double>(order.volume->raw()) / static_cast<double>(Volume::per_lot);
}

bool is_finite(const std::optional<double>& value) { return value && std::isfinite(*value); }
bool is_finite_or_absent(const std::optional<double>& value) {
    return !value || std::isfinite(*value);
}

bool is_readable(const OrderImage& order) {
    return !order.symbol.empty() && order.side != Side::other && is_finite(order.open_price) &&
           is_finite(order.quantity) && order.volume && order.volume->raw() >= 0 &&
           is_finite_or_absent(order.swap) && is_finite_or_absent(order.commission);
}

/// One account on its way to figures.
class Valuer {
public:
    Valuer(const AccountImage& image, const ModelWorld& world)
        : image_{image},
          world_{world},
          currency_{image.currency.empty() ? world.default_currency : image.currency},
          group_{image.group.empty() ? "Standard" : image.group},
          scale_{std::pow(10.0, world.digits(currency_))} {}

    ModelValuation value() {
        read_settings();
        for (const OrderImage& order : image_.orders) read_order(order);
        if (!out_.causes.contains("image_missing")) look_at_market();
        if (out_.causes.empty()) add_up();
        if (!out_.causes.empty()) out_.figures = {};
        return out_;
    }

private:
    struct Position {
        const OrderImage* order;
        ModelInstrument instrument;
        double leverage;
    };

    void doubt(const std::string& cause) { out_.causes.insert(cause); }

    /// Money in minor units; a doubt where the number is missing or does not fit.
    std::int64_t money(const std::optional<double>& value) {
        if (!value || std::isnan(*value)) {
            doubt("no_balance");
            return 0;
        }
        return amount(*value);
    }
    std::int64_t amount(double value) {
        const auto minor = model_round(value * scale_);
        if (!minor) doubt("overflow");
        return minor.value_or(0);
    }

    std::int64_t level(const std::optional<double>& percent, Level rule) {
        if (!percent) return rule.value;
        if (!(*percent >= 0.0) || *percent * 100.0 > 1e9) {
            doubt("bad_setting");
            return rule.value;
        }
        return *model_round(*percent * 100.0);
    }

    void read_settings() {
        out_.figures.balance = money(image_.balance);
        credit_ = image_.credit ? money(image_.credit) : 0;
        out_.levels.margin_call = level(image_.margin_call_level, world_.rules.margin_call);
        out_.levels.stop_out = level(image_.stop_out_level, world_.rules.stop_out);
    }

    void read_order(const OrderImage& order) {
        if (order.is_dangling) return doubt("image_missing");
        if (!is_readable(order)) return doubt("bad_order");
        carry_ += amount(order.swap.value_or(0.0)) - amount(order.commission.value_or(0.0));
        const InstrumentSpec* spec = model_spec(world_.specs, group_, order.symbol);
        const auto instrument = spec == nullptr ? std::nullopt : model_instrument(*spec);
        if (!instrument) return doubt("no_instrument");
        const bool is_standard = world_.rules.kind == RuleSetKind::standard;
        const bool is_price =
            *order.open_price > 0.0 || world_.market.negative_allowed.contains(order.symbol);
        if (is_standard && !is_price) return doubt("bad_order");
        double leverage = image_.leverage.value_or(0.0);
        if (instrument->leverage_cap) leverage = std::min(leverage, *instrument->leverage_cap);
        if (instrument->needs_leverage() && !(leverage > 0.0)) return doubt("no_leverage");
        if (instrument->is_forex() && !opening_value(order, *instrument)) doubt("overflow");
        positions_.push_back({&order, *instrument, leverage});
    }

    void look_at_market() {
        for (const OrderImage& order : image_.orders) {
            if (order.symbol.empty()) continue;
            out_.causes.merge(world_.market.causes(order.symbol, world_.now));
        }
        for (const Position& position : positions_) {
            for (const std::string& from :
                 {position.instrument.profit_currency, position.instrument.margin_currency}) {
                if (!world_.market.rate(from, currency_, world_.now)) doubt("no_rate");
            }
        }
    }

    double profit_scale(const ModelInstrument& instrument) const {
        return std::pow(10.0, world_.digits(instrument.profit_currency));
    }

    /// lots × contract size, short below zero.
    static double units(const OrderImage& order, const ModelInstrument& instrument) {
        const double units = lots_of(order) * instrument.contract_size;
        return order.side == Side::sell ? -units : units;
    }

    std::optional<std::int64_t> opening_value(const OrderImage& order,
                                              const ModelInstrument& instrument) const {
        return model_round(*order.open_price * units(order, instrument) * profit_scale(instrument));
    }

    /// Forex rounds each leg to the profit currency's digits, other modes round the difference.
    std::optional<std::int64_t> profit_minor(const Position& position) const {
        const OrderImage& order = *position.order;
        const auto quote = *world_.market.usable(order.symbol, world_.now);
        const double close = order.side == Side::sell ? quote.ask : quote.bid;
        const double volume = units(order, position.instrument);
        const double minor = profit_scale(position.instrument);
        if (!position.instrument.is_forex()) {
            const double larger = std::max(std::abs(close), std::abs(*order.open_price));
            return model_round((close - *order.open_price) * volume * minor,
                               larger * volume * minor);
        }
        const auto opened = opening_value(order, position.instrument);
        const auto closed = model_round(close * volume * minor);
        if (!opened || !closed) return {};
        return model_round(static_cast<double>(*closed) - static_cast<double>(*opened));
    }

    /// A profit is sold at the bid, what a loss costs is bought at the ask.
    std::optional<std::int64_t> pnl(const Position& position) const {
        const auto profit = profit_minor(position);
        if (!profit) return {};
        const auto rate =
            *world_.market.rate(position.instrument.profit_currency, currency_, world_.now);
        const double whole = static_cast<double>(*profit) / profit_scale(position.instrument);
        return model_round(whole * (*profit < 0 ? rate.ask : rate.bid) * scale_);
    }

    /// Margin of `lots` on one side: by the mode, times the side's rate, times the price where it
    /// follows the price, then converted. A buy takes the ask, a sell the bid.
    std::optional<std::int64_t> margin(const Position& position, double lots,
                                       double open_price) const {
        const ModelInstrument& instrument = position.instrument;
        const bool is_sell = position.order->side == Side::sell;
        const double units = lots * instrument.contract_size;
        double amount = units;  // forex_no_leverage, cfd
        if (instrument.mode == "forex" || instrument.mode == "cfd_leverage") {
            amount = units / position.leverage;
        } else if (instrument.mode == "crypto") {
            amount = units * std::abs(open_price) * instrument.factor / position.leverage;
        } else if (instrument.mode == "fixed") {
            amount = lots * instrument.margin_per_lot;
        }
        amount *= is_sell ? instrument.rate_short : instrument.rate_long;
        if (instrument.needs_price()) {
            const auto quote = *world_.market.usable(position.order->symbol, world_.now);
            amount *= std::abs(is_sell ? quote.bid : quote.ask);
        }
        const auto rate = *world_.market.rate(instrument.margin_currency, currency_, world_.now);
        return model_round(amount * (is_sell ? rate.bid : rate.ask) * scale_);
    }

    using BySymbol = std::map<std::string, std::vector<const Position*>>;

    /// The larger of what the long side and what the short side needs.
    std::optional<__int128> hedged_margin(const std::vector<const Position*>& positions) const {
        __int128 long_side = 0;
        __int128 short_side = 0;
        for (const Position* position : positions) {
            const auto part =
                margin(*position, lots_of(*position->order), *position->order->open_price);
            if (!part) return {};
            (position->order->side == Side::sell ? short_side : long_side) += *part;
        }
        return std::max(long_side, short_side);
    }

    /// What the net volume needs, at the average opening price of the larger side.
    std::optional<__int128> netted_margin(const std::vector<const Position*>& positions) const {
        std::int64_t net = 0;
        for (const Position* position : positions) {
            const std::int64_t raw = position->order->volume->raw();
            net += position->order->side == Side::sell ? -raw : raw;
        }
        if (net == 0) return __int128{0};
        std::int64_t side_volume = 0;
        double side_value = 0.0;
        const Position* first = nullptr;
        for (const Position* position : positions) {
            if ((position->order->side == Side::sell) != (net < 0)) continue;
            if (first == nullptr) first = position;
            side_volume += position->order->volume->raw();
            side_value += lots_of(*position->order) * *position->order->open_price;
        }
        const auto per_lot = static_cast<double>(Volume::per_lot);
        const double average = side_value / (static_cast<double>(side_volume) / per_lot);
        const double lots = static_cast<double>(std::abs(net)) / per_lot;
        const auto margin_of_net = margin(*first, lots, average);
        if (!margin_of_net) return {};
        return __int128{*margin_of_net};
    }

    void add_up() {
        BySymbol by_symbol;
        __int128 pnl_sum = carry_;
        __int128 margin_sum = 0;
        for (const Position& position : positions_) {
            by_symbol[position.order->symbol].push_back(&position);
            const auto part = pnl(position);
            if (!part) return doubt("overflow");
            pnl_sum += *part;
        }
        const MarginMode mode = image_.margin_mode.value_or(world_.rules.margin_mode);
        for (auto& [symbol, positions] : by_symbol) {
            // The store's order of positions is chance: the id decides.
            std::ranges::sort(positions, {}, [](const Position* one) { return one->order->id; });
            const auto part =
                mode == MarginMode::netting ? netted_margin(positions) : hedged_margin(positions);
            if (!part) return doubt("overflow");
            margin_sum += *part;
        }
        __int128 equity = out_.figures.balance + pnl_sum;
        if (world_.rules.credit_in_equity) equity += credit_;
        constexpr __int128 limit = std::numeric_limits<std::int64_t>::max();
        for (const __int128 sum : {pnl_sum, margin_sum, equity, equity - margin_sum}) {
            if (sum > limit || sum < -limit) return doubt("overflow");
        }
        out_.figures.pnl = static_cast<std::int64_t>(pnl_sum);
        out_.figures.margin = static_cast<std::int64_t>(margin_sum);
        out_.figures.equity = static_cast<std::int64_t>(equity);
    }

    const AccountImage& image_;
    const ModelWorld& world_;
    std::string currency_;
    std::string group_;
    double scale_;
    ModelValuation out_;
    std::int64_t credit_ = 0;
    std::int64_t carry_ = 0;  // Σ swap − Σ commission
    std::vector<Position> positions_;
};

}  // namespace

std::optional<std::int64_t> model_round(double minor_units, std::optional<double> largest) {
    if (std::isnan(minor_units) || std::abs(minor_units) >= std::pow(2.0, 53)) return {};
    const double from = std::abs(largest.value_or(minor_units));
    const double error = std::min(from / std::pow(2.0, 49), 1.0 / 8.0);
    // Halves away from zero.
    return static_cast<std::int64_t>(std::round(minor_units + std::copysign(error, minor_units)));
}

bool model_at_or_below(std::int64_t equity, std::int64_t margin, std::int64_t level_bp,
                       LevelCompare compare) {
    if (margin <= 0) return false;
    const __int128 have = __int128{equity} * 10'000;
    const __int128 need = __int128{level_bp} * margin;
    return compare == LevelCompare::less ? have < need : have <= need;
}

ModelValuation model_value(const AccountImage& image, const ModelWorld& world) {
    return Valuer{image, world}.value();
}

}  // namespace margind::test
