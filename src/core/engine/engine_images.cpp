// How accounts and group specifications enter the engine's columns.
#include <algorithm>
#include <cmath>

#include "core/engine/watcher.hpp"
#include "margind/core/base/decimal.hpp"
#include "margind/core/book/position_rows.hpp"
#include "margind/core/engine/engine.hpp"

namespace margind {
namespace {

/// Of the smallest amount that does not fit.
constexpr Money too_large_for_money = Money::from_minor(static_cast<std::int64_t>(minor_limit));

/// Money from a decimal number of the account's currency; a cause where it is missing or does not
/// fit.
Money money_of(double value, Digits digits, Causes& causes) {
    if (std::isnan(value)) {
        causes |= Cause::no_balance;
        return {};
    }
    const auto money = money_from_real(value, digits);
    if (!money) causes |= Cause::overflow;
    return money.value_or(Money{});
}

/// Keys of specifications spell symbols in capitals: "EURUSDM" may be that of "EURUSDm".
bool is_key_of(std::string_view key, std::string_view symbol) {
    const auto capital = [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    };
    return std::ranges::equal(key, symbol, {}, capital, capital);
}

void sort_unique(std::vector<std::uint32_t>& ids) {
    std::ranges::sort(ids);
    const auto repeats = std::ranges::unique(ids);
    ids.erase(repeats.begin(), repeats.end());
}

}  // namespace

bool Engine::accepts(const AccountImage& image) {
    const AccountId known = find_account(image.key);
    if (known.is_none() || image.version == 0) return true;
    return image.version >= book_.version(known);
}

bool Engine::apply(const AccountImage& image, Moment now) {
    const AccountId known = find_account(image.key);
    const AccountId account = accepts(image) ? adopt(image.key, now) : AccountId{};
    if (account.is_none()) {
        ++stats_.images_refused;
        // What was asked for has not come: it is asked for again.
        if (!known.is_none()) mirror_.give_back({.accounts = {known}});
        return false;
    }
    ++stats_.images;
    // The first image of an account is the one that its adoption asked for.
    if (known.is_none()) mirror_.take_one(account);
    mirror_.received(account);
    mark(account);
    dirty_.calm.erase(account.value);
    confirmed_.insert(account.value);
    const Holdings before = holdings(account);
    watch_.remove(account, before);
    if (!image.exists) {
        // Gone from the store is not flat: what was known stays known, and is not valued.
        general_.forget(account);
        book_.set_causes(account, Cause::image_missing);
        book_.set_setting_causes(account, Cause::image_missing);
    } else {
        hold_valuation(account);
        read_settings(account, image);
        install(account, read_positions(account, image));
    }
    holders_.change(account, before, holdings(account));
    resolve_rates();
    Watcher{*this}.watch(account, Watcher::OnLevel::look_at_next_price);
    return true;
}

void Engine::read_settings(AccountId account, const AccountImage& image) {
    Causes causes;
    if (image.has_bad_setting) causes |= Cause::bad_setting;
    AccountRecord record;
    record.currency =
        currencies_.intern(image.currency.empty() ? options_.currency : image.currency);
    record.group = instruments_.intern_group(image.group.empty() ? fallback_group : image.group);
    const Digits digits = currencies_.digits(record.currency);
    record.balance_real = image.balance.value_or(not_a_price);
    record.credit = money_of(image.credit.value_or(0.0), digits, causes);
    const double leverage = image.leverage.value_or(0.0);
    record.leverage = std::isnan(leverage) ? 0.0 : leverage;
    record.stored = image.stored;
    record.version = image.version;
    record.has_image = true;
    book_.set_digits(account, digits);
    book_.set_balance(account, money_of(record.balance_real, digits, causes));
    book_.set_record(account, record);
    causes |= rules_.keep(account, image);
    prop_.restore(account, image.prop, image.has_bad_prop_memory);
    if (options_.has_group_rules) ask_for_group(record.group);
    book_.set_setting_causes(account, causes);
}

std::vector<PositionRecord> Engine::read_positions(AccountId account, const AccountImage& image) {
    const std::uint32_t known = symbols_.size();
    const Digits digits = book_.line(account).digits;
    std::vector<PositionRecord> positions;
    positions.reserve(image.orders.size());
    std::vector<OrderImage> pending;
    for (const OrderImage& order : image.orders) {
        if (order.kind != OrderKind::position) {
            if (!is_platform()) pending.push_back(order);
            continue;
        }
        PositionRecord& position = positions.emplace_back();
        position.id = order.id;
        if (!order.symbol.empty() && !order.is_dangling) {
            position.symbol = intern_symbol(order.symbol);
        }
        position.side = order.side;
        position.is_dangling = order.is_dangling;
        position.open_price = order.open_price.value_or(not_a_price);
        position.quantity = order.quantity.value_or(not_a_price);
        position.swap = order.swap.value_or(0.0);
        position.commission = order.commission.value_or(0.0);
        if (is_platform()) position.margin = order.margin.value_or(not_a_price);
        position.opened_ms = order.opened_ms;
        // The platform's calculation has no such positions.
        position.is_isolated = order.margin_mode != PositionMargin::cross && !is_platform();
        if (order.margin_mode == PositionMargin::isolated &&
            order.isolated_margin.value_or(-1.0) >= 0.0) {
            position.isolated_margin = money_from_real(*order.isolated_margin, digits);
        }
        if (order.given_pnl) {
            // One that does not fit stays such an amount, which makes the account UNKNOWN.
            position.given_pnl =
                money_from_real(*order.given_pnl, digits).value_or(too_large_for_money);
        }
        position.volume = order.volume.value_or(Volume::from_raw(-1));
    }
    // The order of a set in the store is arbitrary: it must not reach a result.
    std::ranges::sort(positions, [&](const PositionRecord& a, const PositionRecord& b) {
        if (a.symbol != b.symbol) {
            if (a.symbol.is_none() || b.symbol.is_none()) return b.symbol.is_none();
            return symbols_.name(a.symbol) < symbols_.name(b.symbol);
        }
        return a.id < b.id;
    });
    std::ranges::sort(pending, {}, [](const OrderImage& order) {
        return std::pair{std::string_view{order.symbol}, std::string_view{order.id}};
    });
    for (const OrderImage& order : pending) intern_symbol(order.symbol);
    general_.set_pending(account, std::move(pending));
    want_new_symbols(known);
    return positions;
}

void Engine::want_new_symbols(std::uint32_t known) {
    if (symbols_.size() == known) return;
    grow();
    for (std::uint32_t id = known; id < symbols_.size(); ++id) mirror_.want_price(SymbolId{id});
}

void Engine::install(AccountId account, std::vector<PositionRecord> positions) {
    const std::uint32_t known_symbols = symbols_.size();
    const std::uint32_t known_rates = rates_.size();
    hold_valuation(account);
    general_.forget(account);  // it points at rules that it may leave now
    const Causes rule_causes = settle_rules(account);
    ask_for_instruments(account, positions);
    const AccountRecord record = book_.record(account);
    PositionRows built =
        build_rows(record, positions, instruments_, order_prices_, currencies_, rates_);
    want_new_symbols(known_symbols);
    if (rates_.size() != known_rates) rates_need_resolving_ = true;
    book_.set_causes(account, book_.setting_causes(account) | rule_causes | built.causes);
    Money cash = book_.balance(account) + built.carry - built.isolated;
    if (rules_of(account).credit_in_equity) cash = cash + record.credit;
    book_.set_cash(account, cash, built.carry);
    book_.replace(account, built.rows, positions);
    if (is_platform()) install_platform(account);
    general_.install(account, rules_of(account));
    want_new_symbols(known_symbols);   // what only its orders and tiers convert through
    dirty_.calm.erase(account.value);  // it is looked at closely first
    if (rates_.size() != known_rates) rates_need_resolving_ = true;
    for (const PositionRow& row : built.rows) {
        // Asked for in vain before anybody held it, perhaps: the price may be there by now.
        if (!row.symbol.is_none() && !quotes_.is_quoted(row.symbol)) {
            mirror_.want_price(row.symbol);
        }
    }
}

/// The account is what it was; its rules or a specification are not.
void Engine::install_again(AccountId account) {
    const Holdings before = holdings(account);
    watch_.remove(account, before);
    install(account, book_.position_records(account));
    holders_.change(account, before, holdings(account));
    mark(account);
    resolve_rates();
    Watcher{*this}.watch(account, Watcher::OnLevel::look_at_next_price);
}

/// Valid until the next call.
const Holdings& Engine::holdings(AccountId account) {
    Holdings& out = room_.holdings;
    out.symbols.clear();
    out.rates.clear();
    const PositionSlice positions = book_.positions(account);
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const PositionKind& kind = positions.kind(i);
        if (!kind.symbol.is_none()) out.symbols.push_back(kind.symbol.value);
        if (!kind.pnl_rate.is_none()) out.rates.push_back(kind.pnl_rate.value);
        if (!kind.margin_rate.is_none()) out.rates.push_back(kind.margin_rate.value);
    }
    if (is_platform()) {
        // Its figures convert by pairs of their own, also where `standard` cannot value the
        // position.
        for (const PlatformInstrument& instrument : platform_instruments_[account.value]) {
            for (const SymbolId pair : {instrument.direct, instrument.inverse}) {
                if (!pair.is_none()) out.symbols.push_back(pair.value);
            }
        }
    }
    general_.add_holdings(account, out.symbols, out.rates);
    sort_unique(out.symbols);
    sort_unique(out.rates);
    return out;
}

void Engine::install_platform(AccountId account) {
    const std::uint32_t known = symbols_.size();
    const GroupId group = book_.profile(account).group;
    auto& out = platform_instruments_[account.value];
    out.clear();
    for (const PositionRecord& position : book_.position_records(account)) {
        PlatformInstrument& instrument = out.emplace_back();
        if (position.symbol.is_none()) continue;
        const auto* own = instruments_.find(group, position.symbol);
        if (own != nullptr && own->spec.exists) instrument.own = &own->spec;
        const auto* any = instruments_.effective(group, position.symbol);
        if (any == nullptr) continue;
        instrument.fallback = &any->spec;
        const std::string& profit =
            any->spec.profit.empty() ? any->spec.profit_currency : any->spec.profit;
        instrument.is_usd = profit == "USD" || profit == "USDT";
        if (instrument.is_usd || profit.empty()) continue;
        instrument.direct = symbols_.intern(profit + "USD");
        instrument.inverse = symbols_.intern("USD" + profit);
    }
    want_new_symbols(known);
}

void Engine::ask_for_instruments(AccountId account, std::span<const PositionRecord> positions) {
    for (const PositionRecord& position : positions) {
        ask_for_instrument(account, position.symbol);
    }
    for (const OrderImage& order : general_.pending(account)) {
        ask_for_instrument(account, symbols_.find(order.symbol));
    }
}

void Engine::ask_for_instrument(AccountId account, SymbolId symbol) {
    if (symbol.is_none()) return;
    const GroupId standard = instruments_.intern_group(fallback_group);
    for (const GroupId asked : {book_.profile(account).group, standard}) {
        if (instruments_.ask(asked, symbol)) want_instrument({asked, symbol});
    }
}

void Engine::apply(const InstrumentSpec& spec) {
    if (spec.symbol == whole_group) return apply_group_rules(spec);
    const SymbolId symbol = intern_symbol(spec.symbol);
    if (symbol.is_none()) return;
    instruments_.apply(spec, symbol);
    apply_guard(spec, symbol);
    const GroupId group = instruments_.intern_group(spec.group);
    const bool is_fallback = spec.group == fallback_group;
    std::vector<AccountId> holders;  // what they depend on changes meanwhile
    holders_.of_symbol(symbol).for_each([&](std::uint32_t id) { holders.emplace_back(id); });
    for (const AccountId account : holders) {
        if (!is_fallback && book_.profile(account).group != group) continue;
        if (is_gone(account)) {
            mark(account);
        } else {
            install_again(account);
        }
    }
}

void Engine::want_instrument(const Instruments::Asked& asked) {
    mirror_.want_instrument({instruments_.group_name(asked.group), symbols_.name(asked.symbol)});
}

void Engine::invalidate_instrument(std::string_view group, std::string_view symbol) {
    if (symbol == whole_group) {
        const GroupId known = instruments_.find_group(group);
        if (!known.is_none() && rules_.book().is_asked(known)) want_group(known);
        return;
    }
    for (const Instruments::Asked& asked : instruments_.asked()) {
        if (instruments_.group_name(asked.group) != group) continue;
        if (is_key_of(symbol, symbols_.name(asked.symbol))) want_instrument(asked);
    }
}

}  // namespace margind
