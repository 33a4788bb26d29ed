#include "support/brute_force.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "support/brute_force_market.hpp"

namespace margind::test {
namespace {

int digits_of(const std::string& currency) { return currency == "JPY" ? 0 : 2; }

/// Halves away from zero, and what is as near to one as the doubles that it comes from can tell.
/// `fits` is cleared for NaN and for what is too large.
std::int64_t to_minor(double amount, bool& fits, double largest) {
    if (!(std::abs(amount) < 0x1p53)) {
        fits = false;
        return 0;
    }
    const double error = std::min(std::abs(largest) / 0x1p49, 0.125);
    amount += amount < 0.0 ? -error : error;
    auto whole = static_cast<std::int64_t>(amount);
    const double rest = amount - static_cast<double>(whole);
    if (rest >= 0.5) ++whole;
    if (rest <= -0.5) --whole;
    return whole;
}

std::int64_t to_minor(double amount, bool& fits) { return to_minor(amount, fits, amount); }

/// One position's profit, ready for every row of the day.
struct Profit {
    const DaySides* prices;
    const DaySides* rates;
    double units;
    double open;  // minor units where each leg is rounded, else the price
    double profit_scale;
    bool is_short;
    bool rounds_legs;
};

/// One amount of margin: of a position, or of a net volume.
struct Margin {
    const DaySides* prices;  // null where no price is used
    const DaySides* rates;
    double amount;
    bool is_short;
};

/// One account, ready for every row of the day.
struct Walker {
    std::uint32_t index;
    std::uint32_t symbols = 0;  // whatever it rests on
    double scale;
    std::int64_t deposit;  // balance, credit and carry
    std::int64_t margin_call;
    std::int64_t stop_out;
    std::vector<Profit> profits;
    std::vector<std::vector<Margin>> margins;  // by symbol

    [[nodiscard]] DayFigures figures_at(std::size_t row) const {
        bool fits = true;
        std::int64_t equity = deposit;
        for (const Profit& profit : profits) equity += profit_at(profit, row, fits);
        std::int64_t margin = 0;
        for (const std::vector<Margin>& symbol : margins) {
            std::int64_t sides[2] = {0, 0};
            for (const Margin& part : symbol) {
                double amount = part.amount;
                if (part.prices != nullptr) {
                    amount *= part.is_short ? part.prices[row].bid : part.prices[row].ask;
                }
                amount *= part.is_short ? part.rates[row].bid : part.rates[row].ask;
                sides[part.is_short ? 1 : 0] += to_minor(amount * scale, fits);
            }
            margin += std::max(sides[0], sides[1]);
        }
        if (!fits) return {};
        return {true, equity, margin};
    }

    [[nodiscard]] std::int64_t profit_at(const Profit& profit, std::size_t row, bool& fits) const {
        const double close = profit.is_short ? profit.prices[row].ask : profit.prices[row].bid;
        std::int64_t minor = 0;
        if (profit.rounds_legs) {
            minor = to_minor(close * profit.units * profit.profit_scale, fits) -
                    static_cast<std::int64_t>(profit.open);
        } else {
            const double larger = std::max(std::abs(close), std::abs(profit.open));
            minor = to_minor((close - profit.open) * profit.units * profit.profit_scale, fits,
                             larger * profit.units * profit.profit_scale);
        }
        const double rate = minor < 0 ? profit.rates[row].ask : profit.rates[row].bid;
        return to_minor(static_cast<double>(minor) / profit.profit_scale * rate * scale, fits);
    }
};

/// Turns accounts into walkers.
class Preparation {
public:
    Preparation(const Day& day, DayMarket& market) : day_{day}, market_{market} {
        for (const InstrumentSpec& spec : day.instruments) {
            specs_[{spec.group, spec.symbol}] = &spec;
        }
    }

    Walker prepare(std::uint32_t index) {
        const AccountImage& image = day_.accounts[index];
        Walker walker{.index = index};
        walker.scale = std::pow(10.0, digits_of(image.currency));
        walker.margin_call = level(image.margin_call_level, day_.rules.margin_call);
        walker.stop_out = level(image.stop_out_level, day_.rules.stop_out);
        bool fits = true;
        walker.deposit = to_minor(*image.balance * walker.scale, fits);
        if (day_.rules.credit_in_equity) {
            walker.deposit += to_minor(image.credit.value_or(0.0) * walker.scale, fits);
        }
        std::vector<OrderImage> orders = image.orders;
        std::ranges::sort(orders, {},
                          [](const OrderImage& o) { return std::pair{o.symbol, o.id}; });
        for (const OrderImage& order : orders) {
            walker.deposit += to_minor(order.swap.value_or(0.0) * walker.scale, fits);
            walker.deposit -= to_minor(order.commission.value_or(0.0) * walker.scale, fits);
            walker.profits.push_back(profit(order, image, walker));
        }
        const MarginMode mode = image.margin_mode.value_or(day_.rules.margin_mode);
        for (auto first = orders.begin(); first != orders.end();) {
            const auto last = std::find_if(first, orders.end(), [&](const OrderImage& order) {
                return order.symbol != first->symbol;
            });
            const std::span of_symbol{first, last};
            walker.margins.push_back(mode == MarginMode::netting ? net(of_symbol, image, walker)
                                                                 : legs(of_symbol, image, walker));
            first = last;
        }
        return walker;
    }

private:
    static std::int64_t level(const std::optional<double>& percent, Level rule) {
        return percent ? std::llround(*percent * 100.0) : rule.value;
    }

    const InstrumentSpec& spec(const OrderImage& order, const AccountImage& image) const {
        return *specs_.at({image.group, order.symbol});
    }
    static bool is_forex(const InstrumentSpec& spec) { return spec.type == 1; }

    const DaySides* rates(const std::string& from, const std::string& to, Walker& walker) {
        const DayMarket::Conversion& conversion = market_.conversion(from, to);
        walker.symbols |= conversion.symbols;
        return conversion.column.data();
    }

    static double lots(const OrderImage& order) {
        return static_cast<double>(order.volume->raw()) / 1e8;
    }

    Profit profit(const OrderImage& order, const AccountImage& image, Walker& walker) {
        const InstrumentSpec& instrument = spec(order, image);
        walker.symbols |= market_.bit(order.symbol);
        const bool is_short = order.side == Side::sell;
        const double volume = lots(order) * *instrument.contract_size;
        Profit out{.prices = market_.prices(order.symbol).data(),
                   .rates = rates(instrument.profit, image.currency, walker),
                   .units = is_short ? -volume : volume,
                   .open = *order.open_price,
                   .profit_scale = std::pow(10.0, digits_of(instrument.profit)),
                   .is_short = is_short,
                   .rounds_legs = is_forex(instrument)};
        bool fits = true;
        if (out.rounds_legs) {
            const double value = *order.open_price * out.units * out.profit_scale;
            out.open = static_cast<double>(to_minor(value, fits));
        }
        return out;
    }

    Margin margin(double volume_lots, bool is_short, const OrderImage& order,
                  const AccountImage& image, Walker& walker) {
        const InstrumentSpec& instrument = spec(order, image);
        Margin out{.prices = nullptr, .is_short = is_short};
        out.amount = volume_lots * *instrument.contract_size / *image.leverage;
        if (is_forex(instrument)) {
            out.rates = rates(order.symbol.substr(0, 3), image.currency, walker);
        } else {
            out.prices = market_.prices(order.symbol).data();
            out.rates = rates(instrument.profit, image.currency, walker);
        }
        return out;
    }

    using Orders = std::span<const OrderImage>;

    std::vector<Margin> legs(Orders orders, const AccountImage& image, Walker& walker) {
        std::vector<Margin> out;
        for (const OrderImage& order : orders) {
            out.push_back(margin(lots(order), order.side == Side::sell, order, image, walker));
        }
        return out;
    }

    std::vector<Margin> net(Orders orders, const AccountImage& image, Walker& walker) {
        std::int64_t raw = 0;
        for (const OrderImage& order : orders) {
            raw += order.side == Side::sell ? -order.volume->raw() : order.volume->raw();
        }
        const double volume = static_cast<double>(std::abs(raw)) / 1e8;
        // Of a flat symbol nothing is due, but its conversion must be known all the same.
        return {margin(volume, raw < 0, orders.front(), image, walker)};
    }

    const Day& day_;
    DayMarket& market_;
    std::map<std::pair<std::string, std::string>, const InstrumentSpec*> specs_;
};

/// The states of one account, beat by beat.
class States {
public:
    States(const Walker& walker, const RuleSet& rules, std::vector<DayTransition>& out)
        : walker_{walker}, rules_{rules}, out_{out} {}

    /// Something runs that needs the next beat even if no price changes.
    [[nodiscard]] bool has_timer() const { return has_timer_; }

    void beat(const DayFigures& figures, std::int64_t now_ms) {
        has_timer_ = false;
        if (!figures.is_known) return lose_sight(now_ms);
        is_lost_ = false;
        const bool at_stop = is_at(figures, walker_.stop_out);
        const bool at_call = is_at(figures, walker_.margin_call);
        const bool has_left_call = !is_at(figures, walker_.margin_call + rules_.leave_gap.value);
        const bool has_left_stop = !is_at(figures, walker_.stop_out + rules_.leave_gap.value);
        const bool is_cooling = last_stop_ms_ > 0 && now_ms - last_stop_ms_ < rules_.cooldown_ms;
        if (at_stop && state_ != State::stop_out) {
            above_since_ms_ = -1;
            if (!is_cooling) {
                last_stop_ms_ = now_ms;
                return go(State::stop_out, DayEvent::stop_out, now_ms);
            }
            has_timer_ = true;
            if (state_ == State::ok) go(State::call, DayEvent::margin_call, now_ms);
            return;
        }
        if (state_ == State::ok) {
            if (at_call) go(State::call, DayEvent::margin_call, now_ms);
            return;
        }
        if (at_stop) return;
        const bool dwells = has_left_call && has_left_stop;
        if (!dwells) above_since_ms_ = -1;
        if (dwells && above_since_ms_ < 0) above_since_ms_ = now_ms;
        if (dwells && now_ms - above_since_ms_ >= rules_.dwell_ms) {
            above_since_ms_ = -1;
            return go(State::ok, DayEvent::recovered, now_ms);
        }
        has_timer_ = dwells;
        if (state_ == State::stop_out && has_left_stop) {
            go(State::recovering, DayEvent::recovered, now_ms);
        }
    }

private:
    enum class State : std::uint8_t { ok, call, stop_out, recovering };

    static bool is_at(const DayFigures& figures, std::int64_t level) {
        return figures.margin > 0 &&
               __int128{figures.equity} * 10'000 <= __int128{level} * figures.margin;
    }
    void go(State state, DayEvent event, std::int64_t now_ms) {
        state_ = state;
        out_.push_back({now_ms, walker_.index, event});
    }
    void lose_sight(std::int64_t now_ms) {
        above_since_ms_ = -1;
        if (state_ == State::ok || is_lost_) return;
        is_lost_ = true;
        out_.push_back({now_ms, walker_.index, DayEvent::unknown});
    }

    const Walker& walker_;
    const RuleSet& rules_;
    std::vector<DayTransition>& out_;
    State state_ = State::ok;
    bool is_lost_ = false;
    bool has_timer_ = false;
    std::int64_t last_stop_ms_ = 0;
    std::int64_t above_since_ms_ = -1;
};

DayFigures walk(const Walker& walker, const Day& day, const DayMarket& market,
                std::vector<DayTransition>& transitions) {
    States states{walker, day.rules, transitions};
    DayFigures figures;
    std::int64_t last_ms = 0;
    const auto& rows = market.rows();
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const std::int64_t now_ms = rows[row].beat_ms;
        for (last_ms += day.beat_ms; states.has_timer() && last_ms < now_ms;
             last_ms += day.beat_ms) {
            states.beat(figures, last_ms);
        }
        last_ms = now_ms;
        const bool is_touched = (rows[row].changed & walker.symbols) != 0 || row == 0;
        if (!is_touched && !states.has_timer()) continue;
        if (is_touched) figures = walker.figures_at(row);
        states.beat(figures, now_ms);
    }
    while (states.has_timer()) states.beat(figures, last_ms += day.beat_ms);
    return figures;
}

}  // namespace

DayOutcome brute_force(const Day& day) {
    DayMarket market{day};
    Preparation preparation{day, market};
    DayOutcome outcome;
    for (std::uint32_t index = 0; index < day.accounts.size(); ++index) {
        const Walker walker = preparation.prepare(index);
        outcome.figures.push_back(walk(walker, day, market, outcome.transitions));
    }
    std::ranges::sort(outcome.transitions);
    return outcome;
}

}  // namespace margind::test
