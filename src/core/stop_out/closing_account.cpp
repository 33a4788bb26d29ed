#include "core/stop_out/closing_account.hpp"

#include <algorithm>

#include "margind/core/valuation/valuation.hpp"

namespace margind {

ClosingAccount::ClosingAccount(const AccountRow& row, const GeneralAccount& account,
                               const GeneralMarket& market)
    : row_{row},
      market_{market},
      rest_{account},
      part_{
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
    effort_ += static_cast<std::int64_t>(rest_.exposures.size());
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

/// The exposures whose margin these closes change: those of one symbol, where it has no tiers with
/// others, else all.
ClosingAccount::Range ClosingAccount::range_of(std::span<const Change> changes) const {
    const auto& all = rest_.exposures;
    const Exposure& any = all[changes.front().exposure];
    const bool is_one = std::ranges::all_of(
        changes, [&](const Change& change) { return all[change.exposure].symbol == any.symbol; });
    if (!is_one || !any.instrument->tier_scope.empty()) return {0, all.size()};
    Range range{changes.front().exposure, changes.front().exposure + 1};
    while (range.first > 0 && all[range.first - 1].symbol == any.symbol) --range.first;
    while (range.end < all.size() && all[range.end].symbol == any.symbol) ++range.end;
    return range;
}

/// What is open of these exposures, as if it were all there is.
GeneralFigures ClosingAccount::value(Range range) {
    part_.exposures.clear();
    for (std::size_t i = range.first; i < range.end; ++i) {
        if (rest_.exposures[i].volume.raw() > 0) part_.exposures.push_back(rest_.exposures[i]);
    }
    effort_ += static_cast<std::int64_t>(range.end - range.first);
    return value_general(row_, part_, market_);
}

void ClosingAccount::revalue() {
    figures_ = value({0, rest_.exposures.size()});
    std::size_t open = 0;
    for (std::size_t i = 0; i < rest_.exposures.size(); ++i) {
        const bool is_open = rest_.exposures[i].volume.raw() > 0;
        shares_[i] = is_open ? figures_.exposures[open++] : ExposureFigures{};
    }
}

CloseFee ClosingAccount::fee(const Change& change) const {
    Exposure part = rest_.exposures[change.exposure];
    const Instrument& instrument = *part.instrument;
    const double taker_fee = instrument.is_perpetual() ? instrument.taker_fee : 0.0;
    CloseFee fee;
    if (part.kind == OrderKind::position) fee.share = instrument.stop_out_fee + taker_fee;
    if (fee.share == 0.0) return fee;
    part.volume = change.closed;
    fee.price = valuation_price(rules(), market_, part.symbol, part.is_short);
    fee.rate = market_.rate(part.margin_rate).ask;
    fee.exact = notional(part, fee.price) * fee.share * fee.rate;
    fee.money = round_to_minor(fee.exact * scale(row_.digits)).money;
    return fee;
}

/// Closing at the price a position is valued at leaves the equity as it is but for the fees.
std::optional<Standing> ClosingAccount::after(std::span<const Change> changes) {
    if (changes.empty()) return now_;
    const Range range = range_of(changes);
    Standing after = now_;
    for (const Change& change : changes) {
        after.equity = after.equity - fee(change).money;
        Volume& volume = rest_.exposures[change.exposure].volume;
        volume = volume - change.closed;
    }
    const Valuation value = this->value(range).totals;
    const Rounded held_back = closing_fee(after.equity);
    after.closing_fee = held_back.money;
    for (const Change& change : changes) {
        Volume& volume = rest_.exposures[change.exposure].volume;
        volume = volume + change.closed;
    }
    if (!value.causes.none() || !held_back.fits) return std::nullopt;
    if (range.end - range.first == rest_.exposures.size()) {
        after.margin = value.margin;
        return after;
    }
    // Margins are sums over symbols, each of whole minor units.
    const SymbolId symbol = rest_.exposures[range.first].symbol;
    const auto found = std::ranges::find(figures_.symbols, symbol, &SymbolFigures::symbol);
    const Money before = found->margin.value_or(Money{});
    after.margin = now_.margin - before + value.margin;
    return after;
}

std::optional<Estimate> ClosingAccount::estimate(const Change& change) {
    if (!trials_) {
        trials_.emplace(row_, rest_, market_);
        effort_ += static_cast<std::int64_t>(rest_.exposures.size());
    }
    Exposure& exposure = rest_.exposures[change.exposure];
    const auto margin = trials_->with(change.exposure, exposure.volume - change.closed);
    if (!margin) {
        const auto exact = after(change);
        return exact ? std::optional{Estimate{*exact, Money{}}} : std::nullopt;
    }
    effort_ += static_cast<std::int64_t>(
        exposure.instrument->tier_scope.empty() ? 1 : figures_.symbols.size());
    Standing after{now_.equity - fee(change).money, margin->margin, {}};
    exposure.volume = exposure.volume - change.closed;
    const Rounded held_back = closing_fee(after.equity);
    exposure.volume = exposure.volume + change.closed;
    if (!held_back.fits) return std::nullopt;
    after.closing_fee = held_back.money;
    return Estimate{after, margin->slack};
}

bool ClosingAccount::surely_lowers(const Estimate& estimate) const {
    Standing best = estimate.standing;
    best.margin = best.margin - estimate.slack;
    return best.margin > Money{} && is_lower(best, now_);
}

bool ClosingAccount::keeps_level(const Change& change) {
    const auto about = estimate(change);
    if (!about || surely_lowers(*about)) return false;
    const auto exact = after(change);
    return exact && !is_lower(*exact, now_);
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
    trials_.reset();
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
