#include "margind/core/book/position_columns.hpp"

namespace margind {

void PositionColumns::resize(std::size_t size) {
    for (auto* column : {&units, &open_price, &open_value, &margin_amount}) column->resize(size);
    for (auto* column : {&symbol, &pnl_rate, &margin_rate}) column->resize(size);
    for (auto* column : {&profit_scale, &account_scale}) column->resize(size);
    for (auto* column : {&flags, &profit_digits}) column->resize(size);
}

void PositionColumns::set(std::size_t slot, const PositionRow& row, Digits account) {
    units[slot] = row.units;
    open_price[slot] = row.open_price;
    open_value[slot] = row.open_value;
    margin_amount[slot] = row.margin_amount;
    symbol[slot] = row.symbol.value;
    pnl_rate[slot] = row.pnl_rate.value;
    margin_rate[slot] = row.margin_rate.value;
    flags[slot] = static_cast<std::uint8_t>((row.is_short ? short_bit : 0) |
                                            (row.margin_uses_price ? uses_price_bit : 0));
    profit_digits[slot] = row.profit_digits.value;
    profit_scale[slot] = static_cast<float>(scale(row.profit_digits));
    account_scale[slot] = static_cast<float>(scale(account));
}

PositionRow PositionColumns::row(std::size_t slot) const {
    return {.units = units[slot],
            .open_price = open_price[slot],
            .open_value = open_value[slot],
            .margin_amount = margin_amount[slot],
            .symbol = SymbolId{symbol[slot]},
            .pnl_rate = RateId{pnl_rate[slot]},
            .margin_rate = RateId{margin_rate[slot]},
            .profit_digits = Digits{profit_digits[slot]},
            .is_short = (flags[slot] & short_bit) != 0,
            .margin_uses_price = (flags[slot] & uses_price_bit) != 0};
}

void PositionValues::resize(std::size_t size) {
    for (auto* column :
         {&pnl, &margin, &magnitude, &close, &open, &gain_rate, &loss_rate, &margin_rate}) {
        column->resize(size);
    }
}

}  // namespace margind
