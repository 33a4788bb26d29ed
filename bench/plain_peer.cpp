#include "bench/plain_peer.hpp"

#include <algorithm>
#include <stdexcept>

namespace margind::bench {

PlainPeer::PlainPeer(const memory::BookGenerator& book) {
    for (const InstrumentSpec& spec : book.instruments()) {
        specs_[spec.group + ":" + spec.symbol] = spec;
    }
    for (const auto& [symbol, price] : book.prices(0)) prices_[symbol] = {price.bid, price.ask};
    for (std::uint32_t i = 0; i < book.account_count(); ++i) {
        const AccountImage image = book.account(i);
        Account account{.currency = image.currency,
                        .group = image.group,
                        .deposit = *image.balance + image.credit.value_or(0.0),
                        .leverage = *image.leverage,
                        .orders = {}};
        for (const OrderImage& order : image.orders) {
            account.orders.push_back({order.symbol, order.side == Side::sell, *order.quantity,
                                      *order.open_price,
                                      order.swap.value_or(0.0) - order.commission.value_or(0.0)});
        }
        accounts_[image.key.text()] = std::move(account);
    }
}

double PlainPeer::rate(const std::string& from, const std::string& to) const {
    if (from == to) return 1.0;
    if (const auto pair = prices_.find(from + to); pair != prices_.end()) return pair->second.first;
    if (const auto pair = prices_.find(to + from); pair != prices_.end()) {
        return 1.0 / pair->second.second;
    }
    if (from == "USD" || to == "USD") throw std::out_of_range{from + to};
    return rate(from, "USD") * rate("USD", to);
}

std::pair<double, double> PlainPeer::equity_and_margin(const Account& account) const {
    double equity = account.deposit;
    std::unordered_map<std::string, std::pair<double, double>> margins;  // long, short
    for (const Order& order : account.orders) {
        const InstrumentSpec& spec = specs_.at(account.group + ":" + order.symbol);
        const auto& [bid, ask] = prices_.at(order.symbol);
        const double units = order.lots * *spec.contract_size;
        const double move = order.is_short ? order.open_price - ask : bid - order.open_price;
        equity += move * units * rate(spec.profit, account.currency) + order.carry;
        const bool is_forex = spec.type == 1;
        const std::string base = is_forex ? order.symbol.substr(0, 3) : spec.profit;
        const double price = is_forex ? 1.0 : (order.is_short ? bid : ask);
        const double margin = units * price / account.leverage * rate(base, account.currency);
        (order.is_short ? margins[order.symbol].second : margins[order.symbol].first) += margin;
    }
    double margin = 0.0;
    for (const auto& [symbol, sides] : margins) margin += std::max(sides.first, sides.second);
    return {equity, margin};
}

void PlainPeer::recompute_everything() {
    for (const auto& [name, account] : accounts_) equities_[name] = equity_and_margin(account);
}

}  // namespace margind::bench
