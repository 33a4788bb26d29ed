#include "core/stop_out/closing_account.hpp"

#include <algorithm>
#include <utility>

#include "margind/core/valuation/valuation.hpp"

namespace margind {

ClosingAccount::ClosingAccount(const AccountRow& row, const GeneralAccount& account,
                               const GeneralMarket& market)
    : row_{row},
      market_{market},
      rest_{account},
      open_{
          .rules = account.rules, .margin_mode = account.margin_mode, .leverage = account.leverage},
      shares_(account.exposures.size()),
      has_closing_fees_{std::ranges::any_of(account.exposures,
                                            [](const Exposure& each) {
                                                return each.instrument->is_perpetual() &&
                                                       each.instrument->taker_fee > 0.0;
                                            })},
      balance_{row.balance} {
    revalue();
    now_ = {figures_.totals.equity, figures_.totals.margin, figures_.totals.closing_fee};
}

Rounded ClosingAccount::closing_fee(Money equity) {
    if (!has_closing_fees_) return {Money{}, true};
    comparing_effort_ += static_cast<std::int64_t>(rest_.exposures.size()) / 16;
    return margind::closing_fee(row_, rest_, market_, equity);
}

bool ClosingAccount::is_enough(const Standing& standing) const {
    if (standing.margin.minor() == 0)
        return !rules().fully_hedged_stop_out || standing.level_equity() >= Money{};
    return !has_reached(standing.level_equity(), standing.margin, row_.digits, row_.stop_out,
                        rules());
}

bool ClosingAccount::is_below(double ratio) const {
    if (ratio <= 0.0 || rules().level_unit != LevelUnit::percent) return false;
    const double level = ratio * static_cast<double>(row_.stop_out.value);
    return static_cast<double>(now_.level_equity().minor()) * 10'000.0 <
           level * static_cast<double>(now_.margin.minor());
}

bool ClosingAccount::is_lower(const Standing& a, const Standing& b) const {
    if (a.margin.minor() == 0 || b.margin.minor() == 0) return a.margin.minor() != 0;
    if (a.level_equity() <= Money{} && b.level_equity() <= Money{}) return b.margin < a.margin;
    if (rules().level_unit == LevelUnit::money) return a.level_equity() < b.level_equity();
    using Wide = __int128;
    return Wide{a.level_equity().minor()} * b.margin.minor() <
           Wide{b.level_equity().minor()} * a.margin.minor();
}

/// Anew after each close.
void ClosingAccount::revalue() {
    open_.exposures.clear();
    for (const Exposure& exposure : rest_.exposures) {
        if (exposure.volume.raw() > 0) open_.exposures.push_back(exposure);
    }
    closing_effort_ += static_cast<std::int64_t>(open_.exposures.size());
    figures_ = value_general(row_, open_, market_);
    std::size_t open = 0;
    for (std::size_t i = 0; i < rest_.exposures.size(); ++i) {
        const bool is_open = rest_.exposures[i].volume.raw() > 0;
        shares_[i] = is_open ? figures_.exposures[open++] : ExposureFigures{};
    }
    if (trials_) comparing_effort_ += trials_->effort();
    trials_.reset();
}

MarginTrials& ClosingAccount::trials() {
    if (!trials_) trials_.emplace(row_, rest_, market_);
    return *trials_;
}

std::int64_t ClosingAccount::comparing_effort() const {
    return comparing_effort_ + (trials_ ? trials_->effort() : 0);
}

CloseFee ClosingAccount::fee(const Change& change) const {
    const Exposure& exposure = rest_.exposures[change.exposure];
    const Instrument& instrument = *exposure.instrument;
    const double taker_fee = instrument.is_perpetual() ? instrument.taker_fee : 0.0;
    CloseFee fee;
    if (exposure.kind == OrderKind::position) fee.share = instrument.stop_out_fee + taker_fee;
    if (fee.share == 0.0) return fee;
    fee.price = valuation_price(rules(), market_, exposure.symbol, exposure.is_short);
    fee.rate = market_.rate(exposure.margin_rate).ask;
    fee.exact = notional(instrument, change.closed, fee.price) * fee.share * fee.rate;
    fee.money = round_to_minor(fee.exact * scale(row_.digits)).money;
    return fee;
}

/// Closing at the price a position is valued at leaves the equity as it is but for the fees.
std::optional<Standing> ClosingAccount::after(std::span<const Change> changes) {
    if (changes.empty()) return now_;
    Standing after = now_;
    std::vector<Left> left;
    for (const Change& change : changes) {
        after.equity = after.equity - fee(change).money;
        left.push_back({change.exposure, rest_.exposures[change.exposure].volume - change.closed});
    }
    const Rounded margin = trials().with(left);
    for (Left& one : left) std::swap(rest_.exposures[one.exposure].volume, one.volume);
    const Rounded held_back = closing_fee(after.equity);
    for (Left& one : left) std::swap(rest_.exposures[one.exposure].volume, one.volume);
    if (!margin.fits || !held_back.fits) return std::nullopt;
    after.margin = margin.money;
    after.closing_fee = held_back.money;
    return after;
}

bool ClosingAccount::keeps_level(const Change& change) {
    const auto after = this->after(change);
    return after && !is_lower(*after, now_);
}

/// Takes a volume away, and of swap, commission and a P/L that was told its share. Returns what of
/// swap and commission is paid with it.
Money ClosingAccount::reduce(Exposure& exposure, Volume closed) {
    const Volume left = exposure.volume - closed;
    const double share = left.lots() / exposure.volume.lots();
    const auto share_of = [&](Money whole) {
        return round_to_minor(static_cast<double>(whole.minor()) * share).money;
    };
    if (exposure.given_pnl) exposure.given_pnl = share_of(*exposure.given_pnl);
    const Money carry_left = share_of(exposure.carry);
    const Money paid = exposure.carry - carry_left;
    exposure.carry = carry_left;
    exposure.volume = left;
    return paid;
}

PlannedClose ClosingAccount::close(const Change& change) {
    Exposure& exposure = rest_.exposures[change.exposure];
    PlannedClose close{
        .exposure = change.exposure, .volume = change.closed, .held = exposure.volume};
    close.fee = fee(change);
    const Money pnl = figures_.totals.pnl;
    const Money carry = reduce(exposure, change.closed);
    revalue();
    // Closing at the price a position is valued at turns its P/L into balance.
    close.realized = pnl - figures_.totals.pnl + carry;
    balance_ = balance_ + close.realized - close.fee.money;
    const Money equity = now_.equity - close.fee.money;
    now_ = {equity, figures_.totals.margin, closing_fee(equity).money};
    close.closing_fee_after = now_.closing_fee;
    close.equity_after = now_.equity;
    close.margin_after = now_.margin;
    close.balance_after = balance_;
    return close;
}

}  // namespace margind
