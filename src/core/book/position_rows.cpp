#include "margind/core/book/position_rows.hpp"

#include <algorithm>
#include <cmath>

#include "margind/core/base/decimal.hpp"
#include "margind/core/rules/margin_formula.hpp"

namespace margind {
namespace {

double effective_leverage(const AccountRecord& account, const Instrument& instrument) {
    if (instrument.leverage_cap > 0.0) return std::min(account.leverage, instrument.leverage_cap);
    return account.leverage;
}

/// Margin of `volume` without price and conversion.
double margin_amount(const Instrument& instrument, Volume volume, double open_price, bool is_short,
                     double leverage) {
    return margin_base(instrument, volume.lots(), open_price, leverage) *
           instrument.rates(is_short).position;
}

/// Net volume of one symbol and where its margin goes.
struct Net {
    std::int64_t raw = 0;
    std::int64_t side_raw = 0;  // volume of the larger side
    double side_value = 0.0;    // Σ lots × open price of the larger side
    std::size_t carrier = 0;    // the row that carries the margin
    bool fits = true;
};

Net net_of(std::span<const PositionRecord> positions) {
    Net net;
    for (const PositionRecord& position : positions) {
        const std::int64_t raw = position.volume.raw();
        const std::int64_t signed_raw = position.side == Side::sell ? -raw : raw;
        net.fits &= !__builtin_add_overflow(net.raw, signed_raw, &net.raw);
    }
    bool has_carrier = false;
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const PositionRecord& position = positions[i];
        const bool is_short = position.side == Side::sell;
        if (net.raw == 0 || is_short != (net.raw < 0)) continue;
        net.fits &= !__builtin_add_overflow(net.side_raw, position.volume.raw(), &net.side_raw);
        net.side_value += position.volume.lots() * position.open_price;
        if (!has_carrier) net.carrier = i;
        has_carrier = true;
    }
    return net;
}

class Builder {
public:
    Builder(const AccountRecord& account, const Instruments& instruments, const OrderPrices& prices,
            Currencies& currencies, RateTable& rates)
        : account_{account},
          instruments_{instruments},
          prices_{prices},
          currencies_{currencies},
          rates_{rates} {}

    PositionRows build(std::span<const PositionRecord> positions) {
        std::int64_t carry = 0;
        std::int64_t isolated = 0;
        std::int64_t of_isolated = 0;  // their carry is not the account's
        for (const PositionRecord& position : positions) {
            out_.rows.push_back(build_row(position));
            if (!is_usable(position)) continue;
            check_given(position);
            add_carry(position, position.is_isolated ? of_isolated : carry);
            if (position.is_isolated) add_bounded(position.isolated_margin->minor(), isolated);
        }
        out_.isolated = Money::from_minor(isolated);
        if (account_.margin_mode == MarginMode::netting) net_margins(positions);
        out_.carry = Money::from_minor(carry);
        return std::move(out_);
    }

private:
    PositionRow build_row(const PositionRecord& position) {
        PositionRow row;
        row.symbol = position.symbol;
        row.is_short = position.side == Side::sell;
        if (position.is_dangling) return fail(row, Cause::image_missing);
        if (position.symbol.is_none() || !is_usable(position)) return fail(row, Cause::bad_order);
        const Instrument* instrument = find(position.symbol);
        if (instrument == nullptr) return fail(row, Cause::no_instrument);
        if (!prices_.admits(position.open_price, position.symbol, *instrument)) {
            return fail(row, Cause::bad_order);
        }
        if (position.is_isolated && !instrument->is_perpetual()) return fail(row, Cause::bad_order);
        const double leverage = effective_leverage(account_, *instrument);
        const bool needs_leverage = instrument->uses_leverage() && !instrument->has_own_leverage();
        if (needs_leverage && !(leverage > 0.0)) {
            return fail(row, Cause::no_leverage);
        }
        fill(row, position, *instrument, leverage);
        return row;
    }

    void fill(PositionRow& row, const PositionRecord& position, const Instrument& instrument,
              double leverage) {
        const CurrencyId profit = currencies_.intern(instrument.profit_currency);
        const CurrencyId margin = currencies_.intern(instrument.margin_currency);
        row.profit_digits = currencies_.digits(profit);
        row.pnl_rate = rates_.intern(profit, account_.currency);
        row.margin_rate = rates_.intern(margin, account_.currency);
        row.contract_size = instrument.contract_size;
        row.units = to_units(position.volume, instrument.contract_size).value;
        if (row.is_short) row.units = -row.units;
        row.margin_uses_price = instrument.uses_price();
        // Other instruments are left to the general valuation.
        if (instrument.is_plain()) {
            row.margin_amount = margin_amount(instrument, position.volume, position.open_price,
                                              row.is_short, leverage);
        }
        if (instrument.is_forex()) {
            const Rounded value =
                round_to_minor(position.open_price * row.units * scale(row.profit_digits));
            if (!value.fits) out_.causes |= Cause::overflow;
            row.rounds_apart = true;
            row.open_value = static_cast<double>(value.money.minor());
        } else {
            row.open_price = position.open_price;
        }
        if (!std::isfinite(row.margin_amount)) out_.causes |= Cause::overflow;
    }

    void check_given(const PositionRecord& position) {
        const double minor = static_cast<double>(position.given_pnl.value_or(Money{}).minor());
        if (std::abs(minor) >= minor_limit) out_.causes |= Cause::overflow;
    }

    PositionRow fail(const PositionRow& row, Cause cause) {
        out_.causes |= cause;
        return row;
    }

    const Instrument* find(SymbolId symbol) const {
        const Instruments::Entry* entry = instruments_.effective(account_.group, symbol);
        return entry != nullptr && entry->instrument ? &*entry->instrument : nullptr;
    }

    void add_carry(const PositionRecord& position, std::int64_t& carry) {
        const Digits digits = currencies_.digits(account_.currency);
        const auto swap = money_from_real(position.swap, digits);
        const auto commission = money_from_real(position.commission, digits);
        if (swap && commission) {
            add_bounded(swap->minor() - commission->minor(), carry);
        } else {
            out_.causes |= Cause::overflow;
        }
    }

    void add_bounded(std::int64_t minor, std::int64_t& sum) {
        if (__builtin_add_overflow(sum, minor, &sum) ||
            std::abs(static_cast<double>(sum)) >= minor_limit) {
            out_.causes |= Cause::overflow;
            sum = 0;
        }
    }

    void net_margins(std::span<const PositionRecord> positions) {
        for (std::size_t first = 0; first < positions.size();) {
            std::size_t last = first;
            while (last < positions.size() && positions[last].symbol == positions[first].symbol) {
                out_.rows[last++].margin_amount = 0.0;
            }
            if (out_.causes.none()) net_symbol(positions.subspan(first, last - first), first);
            first = last;
        }
    }

    void net_symbol(std::span<const PositionRecord> positions, std::size_t first) {
        const Net net = net_of(positions);
        if (!net.fits) out_.causes |= Cause::overflow;
        if (!net.fits || net.raw == 0) return;
        const Instrument& instrument = *find(positions[0].symbol);
        const Volume volume = Volume::from_raw(std::abs(net.raw));
        const double open = net.side_value / Volume::from_raw(net.side_raw).lots();
        PositionRow& carrier = out_.rows[first + net.carrier];
        carrier.margin_amount = margin_amount(instrument, volume, open, net.raw < 0,
                                              effective_leverage(account_, instrument));
    }

    const AccountRecord& account_;
    const Instruments& instruments_;
    const OrderPrices& prices_;
    Currencies& currencies_;
    RateTable& rates_;
    PositionRows out_;
};

}  // namespace

bool is_usable(const PositionRecord& position) {
    return position.side != Side::other && std::isfinite(position.open_price) &&
           std::isfinite(position.quantity) && std::isfinite(position.swap) &&
           std::isfinite(position.commission) && position.volume.raw() >= 0 &&
           (position.isolated_margin || !position.is_isolated);
}

PositionRows build_rows(const AccountRecord& account, std::span<const PositionRecord> positions,
                        const Instruments& instruments, const OrderPrices& prices,
                        Currencies& currencies, RateTable& rates) {
    return Builder{account, instruments, prices, currencies, rates}.build(positions);
}

}  // namespace margind
