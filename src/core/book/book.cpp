#include "margind/core/book/book.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <utility>

#include "core/base/hash.hpp"
#include "margind/core/base/assert.hpp"

namespace margind {
namespace {

static_assert(std::size(cause_names) <= 16, "causes are kept in sixteen bits");

bool is_one_sided(std::span<const PositionRow> rows) {
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const bool is_same_symbol = rows[i].symbol == rows[i - 1].symbol;
        if (is_same_symbol && rows[i].is_short != rows[i - 1].is_short) return false;
    }
    return true;
}

bool is_same_bits(double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

/// What is not known to be a contract's size counts lots.
double units_or_lots(const PositionRow& row, const PositionRecord& record) {
    if (row.contract_size > 0.0) return row.units;
    return row.is_short ? -record.volume.lots() : record.volume.lots();
}

}  // namespace

std::size_t hash_value(const AccountProfile& profile) {
    Hasher hash;
    hash.add((std::uint64_t{profile.currency.value} << 32) | profile.group.value);
    hash.add(profile.leverage);
    hash.add(static_cast<std::uint64_t>(profile.margin_call.value));
    hash.add(static_cast<std::uint64_t>(profile.stop_out.value));
    hash.add(std::uint64_t{std::to_underlying(profile.margin_mode)});
    return static_cast<std::size_t>(hash.value());
}

void Book::reserve(std::uint32_t accounts, std::size_t positions) {
    lines_.reserve(accounts);
    more_.reserve(accounts);
    positions_.reserve(positions);
    details_.reserve(positions);
}

AccountId Book::add(TypeIndex type, CurrencyId currency, GroupId group) {
    const AccountId id{account_count()};
    AccountLine& line = lines_.emplace_back();
    line.type = type;
    line.profile = profiles_.take({.currency = currency, .group = group});
    more_.emplace_back();
    return id;
}

void Book::set_profile(AccountId account, const AccountProfile& profile) {
    std::uint32_t& id = lines_[account.value].profile;
    const std::uint32_t next = profiles_.take(profile);
    profiles_.drop(std::exchange(id, next));
}

void Book::set_record(AccountId account, const AccountRecord& record) {
    AccountProfile changed = profile(account);
    changed.currency = record.currency;
    changed.group = record.group;
    changed.leverage = record.leverage;
    changed.margin_mode = record.margin_mode;
    set_profile(account, changed);
    AccountMore& more = more_[account.value];
    more.credit = record.credit;
    more.version = record.version;
    more.has_image = record.has_image;
    set_stored(account, record.stored);
    if (is_same_bits(record.balance_real, more.balance.to_double(lines_[account.value].digits))) {
        odd_balances_.erase(account.value);
    } else {
        odd_balances_.insert_or_assign(account.value, record.balance_real);
    }
}

void Book::set_cash(AccountId account, Money cash, Money carry) {
    lines_[account.value].cash = cash;
    lines_[account.value].carry = carry;
}

void Book::set_terms(AccountId account, Level margin_call, Level stop_out, MarginMode mode) {
    AccountProfile changed = profile(account);
    changed.margin_call = margin_call;
    changed.stop_out = stop_out;
    changed.margin_mode = mode;
    set_profile(account, changed);
}

void Book::set_stored(AccountId account, const StoredMargin& stored) {
    if (stored.executed || stored.all || stored.ts_ms) {
        stored_.insert_or_assign(account.value, stored);
    } else {
        stored_.erase(account.value);
    }
}

AccountRow Book::row(AccountId account) const {
    const AccountLine& line = lines_[account.value];
    const AccountProfile& shared = profile(account);
    return {.cash = line.cash,
            .carry = line.carry,
            .balance = balance(account),
            .count = line.count,
            .margin_call = shared.margin_call,
            .stop_out = shared.stop_out,
            .causes = causes(account),
            .digits = line.digits,
            .type = line.type};
}

AccountRecord Book::record(AccountId account) const {
    const AccountProfile& shared = profile(account);
    const AccountMore& more = more_[account.value];
    AccountRecord record{.currency = shared.currency,
                         .group = shared.group,
                         .credit = more.credit,
                         .leverage = shared.leverage,
                         .margin_mode = shared.margin_mode,
                         .has_image = more.has_image,
                         .version = more.version};
    if (more.has_image) {
        const auto odd = odd_balances_.find(account.value);
        record.balance_real = odd != odd_balances_.end()
                                  ? odd->second
                                  : more.balance.to_double(lines_[account.value].digits);
    }
    const auto stored = stored_.find(account.value);
    if (stored != stored_.end()) record.stored = stored->second;
    return record;
}

/// A block with as many slots, and not many more. One that has grown before is given some to spare.
void Book::make_room(AccountLine& line, std::uint32_t count) {
    const std::uint32_t has = SlotBlocks::slots(line.size);
    constexpr std::uint32_t spare_max = 16;
    if (count <= has && has <= 4 * count + spare_max) return;
    const bool grows = has > 0 && count > has;
    blocks_.give_back(line.first, line.size);
    line.size = SlotBlocks::size_for(grows ? count + count / 4 + 1 : count);
    line.first = blocks_.take(line.size);
    if (blocks_.end() <= positions_.size()) return;
    positions_.resize(blocks_.end());
    details_.resize(blocks_.end());
}

void Book::replace(AccountId account, std::span<const PositionRow> rows,
                   std::span<PositionRecord> records) {
    MARGIND_ASSERT(rows.size() == records.size());
    AccountLine& line = lines_[account.value];
    const std::uint32_t old_first = line.first;
    const std::uint32_t old_count = line.count;
    std::vector<std::uint32_t> old_kinds;
    for (std::uint32_t slot = old_first; slot < old_first + old_count; ++slot) {
        details_.clear(slot);
        old_kinds.push_back(positions_.kind[slot]);
    }
    const auto count = static_cast<std::uint32_t>(rows.size());
    make_room(line, count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t slot = line.first + i;
        const std::uint32_t kind = kinds_.take(kind_of(rows[i], line.digits));
        PositionRow row = rows[i];
        row.units = units_or_lots(row, records[i]);
        positions_.set(slot, row, records[i].open_price, kind);
        details_.set(slot, std::move(records[i]), positions_, kinds_[kind]);
    }
    for (const std::uint32_t kind : old_kinds) kinds_.drop(kind);
    line.count = count;
    line.is_one_sided = is_one_sided(rows);
    position_count_ += count;
    position_count_ -= old_count;
}

std::vector<PositionRecord> Book::position_records(AccountId account) const {
    std::vector<PositionRecord> records;
    (void)position_records(account, records);
    records.resize(lines_[account.value].count);
    return records;
}

std::span<const PositionRecord> Book::position_records(AccountId account,
                                                       std::vector<PositionRecord>& room) const {
    const AccountLine& line = lines_[account.value];
    if (room.size() < line.count) room.resize(line.count);
    for (std::uint32_t i = 0; i < line.count; ++i) {
        const std::uint32_t slot = line.first + i;
        details_.read(slot, positions_, kinds_[positions_.kind[slot]], room[i]);
    }
    return std::span{room}.first(line.count);
}

}  // namespace margind
