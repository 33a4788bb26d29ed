#include "support/reference_model_platform.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <vector>

namespace margind::test {
namespace {

using Side = margind::Side;

/// Absent, and what is not a number, counts as 0.
double number(const std::optional<double>& value) {
    return !value || std::isnan(*value) ? 0.0 : *value;
}

class PlatformValuer {
public:
    PlatformValuer(const AccountImage& image, const ModelWorld& world)
        : image_{image},
          world_{world},
          group_{image.group.empty() ? "Standard" : image.group},
          leverage_{number(image.leverage)},
          orders_{image.orders} {
        // Sums of doubles depend on their order: by symbol, orders without one last, then by id.
        std::ranges::sort(orders_, {}, [](const OrderImage& order) {
            const bool has_symbol = !order.is_dangling && !order.symbol.empty();
            return std::tuple{!has_symbol, has_symbol ? order.symbol : "", order.id};
        });
    }

    PlatformModelFigures value() {
        if (!image_.balance || std::isnan(*image_.balance)) return failed("missing_balance");
        for (const OrderImage& order : orders_) {
            add_order(order);
            if (!out_.error.empty()) return failed(out_.error);
        }
        set_used_margin();
        out_.balance = *image_.balance;
        out_.equity = *image_.balance + out_.open_pnl;
        if (out_.used_margin_executed != 0.0) {
            out_.level = out_.equity / out_.used_margin_executed * 100.0;
        }
        return out_;
    }

private:
    static PlatformModelFigures failed(const std::string& error) { return {.error = error}; }

    const InstrumentSpec* own_spec(const std::string& symbol) const {
        const auto found = world_.specs.find({group_, symbol});
        return found != world_.specs.end() && found->second.exists ? &found->second : nullptr;
    }

    static std::string profit_currency(const InstrumentSpec* spec) {
        if (spec == nullptr) return {};
        return spec->profit.empty() ? spec->profit_currency : spec->profit;
    }

    static bool has_contract_size(const InstrumentSpec* spec) {
        return spec != nullptr && spec->contract_size && !std::isnan(*spec->contract_size);
    }

    bool is_own_symbol(const std::string& symbol) const {
        return std::ranges::any_of(orders_, [&](const OrderImage& order) {
            return !order.is_dangling && order.symbol == symbol;
        });
    }

    /// To USD, always by an ask; nothing where there is no pair that has one.
    std::optional<double> to_usd(const std::string& currency, double amount) const {
        if (currency == "USD" || currency == "USDT") return amount;
        if (currency.empty()) return {};
        const std::string direct = currency + "USD";
        const std::string inverse = "USD" + currency;
        const auto direct_ask = world_.market.raw_ask(direct);
        const auto inverse_ask = world_.market.raw_ask(inverse);
        if (is_own_symbol(direct) && direct_ask) return amount * *direct_ask;
        if (is_own_symbol(inverse) && inverse_ask) return amount / *inverse_ask;
        if (direct_ask) return amount * *direct_ask;
        if (inverse_ask) return amount / *inverse_ask;
        return {};
    }

    void skip(const std::string& reason) {
        ++out_.orders_skipped;
        out_.degraded.insert("orders_skipped");
        if (!reason.empty()) out_.degraded.insert(reason);
    }

    void add_order(const OrderImage& order) {
        if (order.is_dangling || order.symbol.empty()) return skip("");
        const auto bid = world_.market.raw_bid(order.symbol);
        const auto ask = world_.market.raw_ask(order.symbol);
        if (!bid && !ask) return skip("missing_prices");
        const InstrumentSpec* spec = model_spec(world_.specs, group_, order.symbol);
        if (!has_contract_size(spec)) {
            const bool nothing_to_go_by = !(number(order.margin) > 0.0) && leverage_ <= 0.0;
            if (nothing_to_go_by) out_.error = "missing_contract_size_no_leverage_and_margin";
            return skip("missing_group_data");
        }
        const std::string currency = profit_currency(spec);
        if (currency.empty()) return skip("");
        const double open = number(order.open_price);
        const double lots = number(order.quantity);
        double pnl = 0.0;
        if (order.side == Side::buy) pnl = (number(bid) - open) * lots * *spec->contract_size;
        if (order.side == Side::sell) pnl = (open - number(ask)) * lots * *spec->contract_size;
        pnl = pnl + number(order.swap) - number(order.commission);
        const auto usd = to_usd(currency, pnl);
        if (!usd) return skip("missing_conversion");
        out_.open_pnl += *usd;
    }

    double order_margin(const OrderImage& order) const {
        const InstrumentSpec* spec = own_spec(order.symbol);
        if (!has_contract_size(spec)) return 0.0;
        const bool is_crypto = spec->type == 4;
        double price = number(world_.market.raw_ask(order.symbol));
        if (is_crypto && number(order.open_price) > 0.0) price = *order.open_price;
        double margin = *spec->contract_size * number(order.quantity) * price /
                        (leverage_ > 0.0 ? leverage_ : 1.0);
        if (is_crypto && spec->crypto_margin_factor) {
            margin *= *spec->crypto_margin_factor;
        } else if (is_crypto && spec->margin) {
            margin *= *spec->margin;
        }
        return to_usd(profit_currency(spec), margin).value_or(margin);
    }

    double recomputed_margin() const {
        struct Lots {
            double margin_per_lot = 0.0;
            double bought = 0.0;
            double sold = 0.0;
        };
        std::map<std::string, Lots> by_symbol;
        for (const OrderImage& order : orders_) {
            const double lots = number(order.quantity);
            if (order.is_dangling || order.symbol.empty() || lots == 0.0) continue;
            Lots& symbol = by_symbol[order.symbol];
            symbol.margin_per_lot = std::max(symbol.margin_per_lot, order_margin(order) / lots);
            if (order.side == Side::buy) symbol.bought += lots;
            if (order.side == Side::sell) symbol.sold += lots;
        }
        double total = 0.0;
        for (const auto& [name, symbol] : by_symbol) {
            total += symbol.margin_per_lot * std::max(symbol.bought, symbol.sold);
        }
        return total;
    }

    void set_used_margin() {
        const StoredMargin& stored = image_.stored;
        out_.used_margin_executed = number(stored.executed);
        out_.used_margin_all = number(stored.all);
        if (orders_.empty()) return;
        const bool is_nothing = out_.used_margin_executed <= 0.0 && out_.used_margin_all <= 0.0;
        const bool is_old =
            world_.now.wall_ms - stored.ts_ms.value_or(0) > world_.rules.stored_margin_max_age_ms;
        if (stored.executed && !is_nothing && !is_old) return;
        out_.used_margin_executed = recomputed_margin();
        out_.used_margin_all = out_.used_margin_executed;
    }

    const AccountImage& image_;
    const ModelWorld& world_;
    std::string group_;
    double leverage_;
    std::vector<OrderImage> orders_;
    PlatformModelFigures out_;
};

}  // namespace

PlatformModelFigures model_platform_value(const AccountImage& image, const ModelWorld& world) {
    return PlatformValuer{image, world}.value();
}

std::int64_t model_level_hundredths(double level) {
    std::array<char, 400> text{};
    std::snprintf(text.data(), text.size(), "%.2f", level);
    std::string digits{text.data()};
    std::erase(digits, '.');
    return std::strtoll(digits.c_str(), nullptr, 10);
}

}  // namespace margind::test
