// What closing perpetuals costs, which is held back from the level. Source: docs/formulas.md §8.2.
#include <algorithm>
#include <cmath>

#include "core/valuation/general_valuation.hpp"

namespace margind {

/// Of one symbol. What is net is closed at the latest where nothing is left, found at the
/// conversions of now: equity falls, and the fee changes, evenly with the price, of inverse
/// contracts with 1 / price.
ClosingFeeWorkings GeneralValuation::closing_fee_of(std::span<const Exposure> exposures) const {
    const Exposure& any = exposures.front();
    const Instrument& instrument = *any.instrument;
    ClosingFeeWorkings out{.symbol = any.symbol, .instrument = &instrument};
    std::int64_t raw[2] = {0, 0};
    bool fits = true;
    for (const Exposure& exposure : exposures) {
        std::int64_t& side = raw[exposure.is_short ? 1 : 0];
        fits &= !__builtin_add_overflow(side, exposure.volume.raw(), &side);
    }
    if (!fits) {
        out.fee.net = not_a_price;
        return out;
    }
    // What netting has made flat needs no deal.
    const bool is_netting = account_.margin_mode == MarginMode::netting;
    out.covered = is_netting ? Volume{} : Volume::from_raw(std::min(raw[0], raw[1]));
    out.net = Volume::from_raw(std::abs(raw[0] - raw[1]));
    out.is_short = raw[0] < raw[1];
    out.conversion = {market_.rate(any.margin_rate).ask, Conversion::Side::ask};
    const auto cost = [&](Volume volume, double price) {
        const double units = to_units(volume, instrument.contract_size).value;
        return at_price(instrument, units, price) * instrument.taker_fee * out.conversion.rate;
    };
    for (const bool is_short : {false, true}) {
        const double price = valuation_price(*account_.rules, market_, any.symbol, is_short);
        out.prices[is_short] = price;
        if (out.covered.raw() > 0) out.fee.covered += cost(out.covered, price);
    }
    if (out.net.raw() == 0) return out;
    const double price = out.prices[out.is_short];
    out.fee.net = cost(out.net, price);
    out.loss_rate = pnl_rate(any, false, price).rate;
    const bool is_inverse = instrument.mode == CalcMode::perpetual_inverse;
    const double gain = out.is_short != is_inverse ? -out.loss_rate : out.loss_rate;
    const double growth = instrument.taker_fee * out.conversion.rate;
    // A fee that falls as fast as the equity does leaves no such price: that of now counts.
    if (std::abs(gain) > growth) out.fee.share = growth / (gain - growth);
    return out;
}

std::vector<ClosingFeeWorkings> GeneralValuation::closing_fees() const {
    std::vector<ClosingFeeWorkings> fees;
    const std::span<const Exposure> all = account_.exposures;
    for (std::size_t first = 0, last = 0; first < all.size(); first = last) {
        std::size_t positions = 0;  // which come before the orders
        for (; last < all.size() && all[last].symbol == all[first].symbol; ++last) {
            if (all[last].kind == OrderKind::position) ++positions;
        }
        const Instrument& instrument = *all[first].instrument;
        const bool has_fee = instrument.is_perpetual() && instrument.taker_fee > 0.0;
        if (has_fee && positions > 0) fees.push_back(closing_fee_of(all.subspan(first, positions)));
    }
    return fees;
}

void GeneralValuation::value_fees(GeneralFigures& out) {
    std::vector<ClosingFeeWorkings> fees = closing_fees();
    if (fees.empty()) return;
    const double equity = row_.cash.to_double(row_.digits) + out.pnl_exact;
    ClosingFees all{equity};
    for (ClosingFeeWorkings& each : fees) {
        each.equity = equity;
        all.add(each.fee);
    }
    const Figure total = figure(all.sum());
    is_known_ &= total.money.fits;
    out.totals.closing_fee = total.money.money;
    if (workings_ == nullptr) return;
    workings_->closing_fees = std::move(fees);
    workings_->closing_fee = total;
}

Rounded GeneralValuation::closing_fee(double equity) const {
    ClosingFees all{equity};
    for (const ClosingFeeWorkings& each : closing_fees()) all.add(each.fee);
    return figure(all.sum()).money;
}

Rounded closing_fee(const AccountRow& row, const GeneralAccount& account,
                    const GeneralMarket& market, Money equity) {
    return GeneralValuation{row, account, market, nullptr}.closing_fee(
        equity.to_double(row.digits));
}

}  // namespace margind
