#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "adapters/memory/book_generator.hpp"

namespace margind::bench {

/// The program one would write first (n7): everything in maps by name, in doubles, and every
/// account computed by looking everything up. Forex and leveraged CFDs only.
class PlainPeer {
public:
    explicit PlainPeer(const memory::BookGenerator& book);

    void recompute_everything();

private:
    struct Order {
        std::string symbol;
        bool is_short = false;
        double lots = 0.0;
        double open_price = 0.0;
        double carry = 0.0;
    };
    struct Account {
        std::string currency;
        std::string group;
        double deposit = 0.0;
        double leverage = 0.0;
        std::vector<Order> orders;
    };
    [[nodiscard]] double rate(const std::string& from, const std::string& to) const;
    [[nodiscard]] std::pair<double, double> equity_and_margin(const Account& account) const;

    std::unordered_map<std::string, std::pair<double, double>> prices_;  // bid, ask
    std::unordered_map<std::string, InstrumentSpec> specs_;              // by "group:symbol"
    std::unordered_map<std::string, Account> accounts_;
    std::unordered_map<std::string, std::pair<double, double>> equities_;  // with the margin
};

}  // namespace margind::bench
