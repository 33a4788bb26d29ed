#include "margind/core/valuation/general_book.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "margind/core/base/decimal.hpp"

namespace margind {
namespace {

/// True where the kernel computes what the rules ask for.
bool are_plain(const RuleSet& rules) {
    return rules.hedged_margin == HedgedMargin::larger_leg &&
           rules.valuation_price == ValuationPrice::closing_side &&
           rules.pnl_conversion == PnlConversion::worst_side &&
           rules.margin_conversion == MarginConversion::order_side &&
           rules.pnl_rounding == PnlRounding::by_mode;
}

/// Swap − commission. What does not fit has made the account UNKNOWN already.
Money carry_of(const PositionRecord& position, Digits digits) {
    const Money swap = money_from_real(position.swap, digits).value_or(Money{});
    return swap - money_from_real(position.commission, digits).value_or(Money{});
}

/// Bands with leverages of their own stand in for the account's.
bool lacks_leverage(const GeneralAccount& account) {
    if (account.leverage > 0.0) return false;
    const auto is_lacking = [](const Exposure& exposure) {
        return exposure.instrument->uses_leverage() && !exposure.instrument->has_own_leverage();
    };
    return std::ranges::any_of(account.exposures, is_lacking) ||
           std::ranges::any_of(account.isolated, is_lacking);
}

/// What a position is, beside what its instrument makes of it.
void fill(Exposure& exposure, const PositionRecord& position, Digits digits) {
    exposure.volume = position.volume;
    exposure.price = position.open_price;
    exposure.is_short = position.side == Side::sell;
    exposure.given_pnl = position.given_pnl;
    exposure.id = position.id;
    exposure.opened_ms = position.opened_ms;
    exposure.carry = carry_of(position, digits);
    exposure.isolated_margin = position.isolated_margin.value_or(Money{});
}

/// An account still without exposures.
GeneralAccount shell_of(const AccountRecord& record, const RuleSet& rules) {
    GeneralAccount account;
    account.rules = &rules;
    account.margin_mode = record.margin_mode;
    account.leverage = record.leverage;
    return account;
}

}  // namespace

void GeneralBook::set_pending(AccountId account, std::vector<OrderImage> orders) {
    if (orders.empty()) {
        pending_.erase(account.value);
    } else {
        pending_.insert_or_assign(account.value, std::move(orders));
    }
}

const std::vector<OrderImage>& GeneralBook::pending(AccountId account) const {
    static const std::vector<OrderImage> none;
    const auto found = pending_.find(account.value);
    return found == pending_.end() ? none : found->second;
}

const GeneralAccount* GeneralBook::find(AccountId account) const {
    const auto found = accounts_.find(account.value);
    return found == accounts_.end() ? nullptr : &found->second;
}

const Instrument* GeneralBook::instrument_of(AccountId account, SymbolId symbol) const {
    if (symbol.is_none()) return nullptr;
    const auto* entry = instruments_.effective(book_.profile(account).group, symbol);
    return entry != nullptr && entry->instrument ? &*entry->instrument : nullptr;
}

bool GeneralBook::is_needed(AccountId account, const RuleSet& rules) const {
    if (rules.kind == RuleSetKind::platform) return false;  // neither pending orders nor options
    if (!are_plain(rules)) return true;
    if (rules.orders_reserve_margin && !pending(account).empty()) return true;
    return std::ranges::any_of(
        book_.position_records(account), [&](const PositionRecord& position) {
            const Instrument* instrument = instrument_of(account, position.symbol);
            return position.given_pnl || position.is_isolated ||
                   (instrument != nullptr && !instrument->is_plain());
        });
}

Exposure GeneralBook::make_exposure(AccountId account, const Instrument& instrument,
                                    SymbolId symbol) {
    const CurrencyId own = book_.profile(account).currency;
    const CurrencyId profit = currencies_.intern(instrument.profit_currency);
    const CurrencyId margin = currencies_.intern(instrument.margin_currency);
    Exposure exposure;
    exposure.instrument = &instrument;
    exposure.symbol = symbol;
    exposure.profit_digits = currencies_.digits(profit);
    exposure.pnl_rate = rates_.intern(profit, own);
    exposure.margin_rate = rates_.intern(margin, own);
    if (!instrument.tiers.empty() && instrument.tier_basis == TierBasis::notional) {
        exposure.tier_rate = rates_.intern(margin, currencies_.intern(instrument.tier_currency));
    }
    return exposure;
}

/// Positions by symbol and id; isolated ones go where they stand apart.
std::vector<Exposure> GeneralBook::position_exposures(AccountId account,
                                                      std::vector<Exposure>& isolated) {
    std::vector<Exposure> exposures;
    for (const PositionRecord& position : book_.position_records(account)) {
        const Instrument& instrument = *instrument_of(account, position.symbol);
        Exposure exposure = make_exposure(account, instrument, position.symbol);
        fill(exposure, position, book_.line(account).digits);
        (position.is_isolated ? isolated : exposures).push_back(std::move(exposure));
    }
    return exposures;
}

/// Pending orders by symbol and id. What is wrong with one becomes a cause of the account.
std::vector<Exposure> GeneralBook::pending_exposures(AccountId account) {
    std::vector<Exposure> exposures;
    Causes causes;
    for (const OrderImage& order : pending(account)) {
        const SymbolId symbol = symbols_.find(order.symbol);
        const Instrument* instrument = instrument_of(account, symbol);
        const bool is_usable = order.side != Side::other && order.volume && order.open_price &&
                               std::isfinite(*order.open_price);
        if (!is_usable) causes |= Cause::bad_order;
        if (instrument == nullptr) causes |= Cause::no_instrument;
        if (!is_usable || instrument == nullptr) continue;
        if (!prices_.admits(*order.open_price, symbol, *instrument)) {
            causes |= Cause::bad_order;
            continue;
        }
        Exposure& exposure = exposures.emplace_back(make_exposure(account, *instrument, symbol));
        exposure.volume = *order.volume;
        exposure.price = *order.open_price;
        exposure.is_short = order.side == Side::sell;
        exposure.kind = order.kind;
        exposure.id = order.id;
    }
    book_.add_causes(account, causes);
    return exposures;
}

void GeneralBook::forget(AccountId account) { accounts_.erase(account.value); }

void GeneralBook::install(AccountId account, const RuleSet& rules) {
    accounts_.erase(account.value);
    if (!is_needed(account, rules)) return;
    std::vector<Exposure> orders;
    if (rules.orders_reserve_margin) orders = pending_exposures(account);
    if (!book_.causes(account).none()) return;
    GeneralAccount general = shell_of(book_.record(account), rules);
    // Both are sorted by symbol; of one symbol the positions come first.
    const auto name = [&](const Exposure& exposure) -> std::string_view {
        return symbols_.name(exposure.symbol);
    };
    const std::vector<Exposure> positions = position_exposures(account, general.isolated);
    std::ranges::merge(positions, orders, std::back_inserter(general.exposures), {}, name, name);
    // An amount of the account's money says nothing of a part of it.
    if (!general.isolated.empty() && rules.level_unit == LevelUnit::money) {
        book_.add_causes(account, Cause::bad_setting);
    }
    if (lacks_leverage(general)) book_.add_causes(account, Cause::no_leverage);
    accounts_.insert_or_assign(account.value, std::move(general));
}

/// True where a row converts what its instrument now says.
bool GeneralBook::fits(const PositionRow& row, const Instrument& instrument) const {
    const auto is_from = [&](RateId rate, const std::string& currency) {
        return currencies_.code(rates_.path(rate).from) == currency;
    };
    return is_from(row.pnl_rate, instrument.profit_currency) &&
           is_from(row.margin_rate, instrument.margin_currency);
}

GeneralAccount GeneralBook::known_part(AccountId account, const RuleSet& rules) const {
    if (const GeneralAccount* general = find(account)) return *general;
    GeneralAccount plain = shell_of(book_.record(account), rules);
    const auto rows = book_.positions(account);
    const auto records = book_.position_records(account);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const PositionRow row = rows[i];
        const Instrument* instrument = instrument_of(account, row.symbol);
        // After a gap specifications are in doubt before their accounts have been valued again,
        // and of an account that is gone from the store they may have changed since.
        if (instrument == nullptr || row.pnl_rate.is_none() || !fits(row, *instrument)) continue;
        Exposure& exposure =
            (records[i].is_isolated ? plain.isolated : plain.exposures).emplace_back();
        exposure.instrument = instrument;
        exposure.symbol = row.symbol;
        exposure.pnl_rate = row.pnl_rate;
        exposure.margin_rate = row.margin_rate;
        exposure.profit_digits = row.profit_digits;
        fill(exposure, records[i], book_.line(account).digits);
    }
    return plain;
}

std::optional<GeneralAccount> GeneralBook::view(AccountId account, const RuleSet& rules) const {
    GeneralAccount whole = known_part(account, rules);
    const auto positions =
        std::ranges::count(whole.exposures, OrderKind::position, &Exposure::kind) +
        std::ssize(whole.isolated);
    if (positions != static_cast<std::ptrdiff_t>(book_.positions(account).size()))
        return std::nullopt;
    return whole;
}

void GeneralBook::add_holdings(AccountId account, std::vector<std::uint32_t>& symbols,
                               std::vector<std::uint32_t>& rates) const {
    // Also while a specification is still to come: it has to find its holders.
    for (const OrderImage& order : pending(account)) {
        const SymbolId symbol = symbols_.find(order.symbol);
        if (!symbol.is_none()) symbols.push_back(symbol.value);
    }
    const GeneralAccount* general = find(account);
    if (general == nullptr) return;
    for (const auto* exposures : {&general->exposures, &general->isolated}) {
        for (const Exposure& exposure : *exposures) {
            symbols.push_back(exposure.symbol.value);
            for (const RateId rate :
                 {exposure.pnl_rate, exposure.margin_rate, exposure.tier_rate}) {
                if (!rate.is_none()) rates.push_back(rate.value);
            }
        }
    }
}

}  // namespace margind
