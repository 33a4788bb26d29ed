#include "margind/core/book/position_columns.hpp"

#include <utility>

#include "core/base/hash.hpp"

namespace margind {

std::size_t hash_value(const PositionKind& kind) {
    Hasher hash;
    hash.add((std::uint64_t{kind.symbol.value} << 32) | kind.pnl_rate.value);
    hash.add((std::uint64_t{kind.margin_rate.value} << 32) |
             (std::uint64_t{kind.profit_digits.value} << 16) |
             (std::uint64_t{kind.account_digits.value} << 8) | (kind.is_short ? 1u : 0u) |
             (kind.margin_uses_price ? 2u : 0u) | (kind.rounds_apart ? 4u : 0u));
    hash.add(kind.contract_size);
    return static_cast<std::size_t>(hash.value());
}

double open_value(double open_price, double units, Digits profit) {
    const Rounded value = round_to_minor(open_price * units * scale(profit));
    return static_cast<double>(value.money.minor());
}

PositionKind kind_of(const PositionRow& row, Digits account) {
    return {.symbol = row.symbol,
            .pnl_rate = row.pnl_rate,
            .margin_rate = row.margin_rate,
            .profit_digits = row.profit_digits,
            .account_digits = account,
            .is_short = row.is_short,
            .margin_uses_price = row.margin_uses_price,
            .rounds_apart = row.rounds_apart,
            .contract_size = row.contract_size};
}

void PositionColumns::reserve(std::size_t size) {
    for (auto* column : {&units, &open_price, &margin_amount}) column->reserve(size);
    kind.reserve(size);
}

void PositionColumns::resize(std::size_t size) {
    for (auto* column : {&units, &open_price, &margin_amount}) column->resize(size);
    kind.resize(size);
}

void PositionColumns::set(std::size_t slot, const PositionRow& row, double open, std::uint32_t id) {
    units[slot] = row.units;
    open_price[slot] = open;
    margin_amount[slot] = row.margin_amount;
    kind[slot] = id;
}

PositionRow PositionColumns::row(std::size_t slot, const PositionKind& what) const {
    PositionRow row{.units = units[slot],
                    .margin_amount = margin_amount[slot],
                    .symbol = what.symbol,
                    .pnl_rate = what.pnl_rate,
                    .margin_rate = what.margin_rate,
                    .profit_digits = what.profit_digits,
                    .is_short = what.is_short,
                    .margin_uses_price = what.margin_uses_price,
                    .rounds_apart = what.rounds_apart,
                    .contract_size = what.contract_size};
    if (what.rounds_apart) {
        row.open_value = open_value(open_price[slot], row.units, what.profit_digits);
    } else {
        row.open_price = open_price[slot];
    }
    return row;
}

}  // namespace margind
