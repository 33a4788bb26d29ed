#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/base/money.hpp"
#include "margind/core/base/verdict.hpp"
#include "margind/core/book/account_line.hpp"
#include "margind/core/book/position_columns.hpp"
#include "margind/core/book/position_details.hpp"
#include "margind/core/book/position_record.hpp"
#include "margind/core/book/slot_blocks.hpp"

namespace margind {

/// What valuation reads of one account.
struct AccountRow {
    Money cash;   // balance + credit (where it counts) + carry − Σ isolated margins
    Money carry;  // Σ swap − Σ commission, without isolated positions
    Money balance;
    std::uint32_t count = 0;  // of its positions
    Level margin_call;
    Level stop_out;
    Causes causes;  // what is known to be wrong whatever the prices: never valued
    Digits digits;
    TypeIndex type = 0;
};

/// What an account is, by its image and its rules.
struct AccountRecord {
    CurrencyId currency;
    GroupId group;
    Money credit;
    double balance_real = not_a_price;  // as in the store
    double leverage = 0.0;
    MarginMode margin_mode = MarginMode::hedging;
    bool has_image = false;
    StoredMargin stored;
    std::uint64_t version = 0;
};

/// Accounts and their positions, as columns. Single writer; spans and slices are valid until the
/// next `replace`.
class Book {
public:
    /// Room for so many accounts and positions at once: nothing is moved until there are more.
    void reserve(std::uint32_t accounts, std::size_t positions);
    AccountId add(TypeIndex type, CurrencyId currency, GroupId group);

    // ---- what an account is -------------------------------------------------------------------
    void set_digits(AccountId account, Digits digits) { lines_[account.value].digits = digits; }
    void set_record(AccountId account, const AccountRecord& record);
    /// The balance as money, which `balance_real` has been rounded to.
    void set_balance(AccountId account, Money balance) { more_[account.value].balance = balance; }
    void set_cash(AccountId account, Money cash, Money carry);
    void set_terms(AccountId account, Level margin_call, Level stop_out, MarginMode mode);
    void set_causes(AccountId account, Causes causes) {
        more_[account.value].causes = static_cast<std::uint16_t>(causes.bits());
    }
    void add_causes(AccountId account, Causes causes) {
        set_causes(account, this->causes(account) | causes);
    }
    void set_setting_causes(AccountId account, Causes causes) {
        more_[account.value].setting_causes = static_cast<std::uint16_t>(causes.bits());
    }
    /// What the platform's rules have written last.
    void set_stored(AccountId account, const StoredMargin& stored);

    // ---- its positions ------------------------------------------------------------------------
    /// Replaces all positions of an account, whose digits are set. Rows and records run in
    /// parallel.
    void replace(AccountId account, std::span<const PositionRow> rows,
                 std::span<PositionRecord> records);

    // ---- its last valuation -------------------------------------------------------------------
    /// The engine's own: figures, and what has been written of them.
    [[nodiscard]] AccountLine& line(AccountId account) { return lines_[account.value]; }
    [[nodiscard]] const AccountLine& line(AccountId account) const { return lines_[account.value]; }
    void set_verdict(AccountId account, Verdict verdict) { more_[account.value].verdict = verdict; }
    [[nodiscard]] Verdict verdict(AccountId account) const { return more_[account.value].verdict; }
    void set_valued_causes(AccountId account, Causes causes) {
        more_[account.value].valued_causes = static_cast<std::uint16_t>(causes.bits());
    }
    [[nodiscard]] Causes valued_causes(AccountId account) const {
        return Causes::from_bits(more_[account.value].valued_causes);
    }

    // ---- questions ----------------------------------------------------------------------------
    [[nodiscard]] std::uint32_t account_count() const {
        return static_cast<std::uint32_t>(lines_.size());
    }
    [[nodiscard]] std::uint64_t position_count() const { return position_count_; }
    [[nodiscard]] TypeIndex type(AccountId account) const { return lines_[account.value].type; }
    [[nodiscard]] Money balance(AccountId account) const { return more_[account.value].balance; }
    [[nodiscard]] Money credit(AccountId account) const { return more_[account.value].credit; }
    [[nodiscard]] Causes causes(AccountId account) const {
        return Causes::from_bits(more_[account.value].causes);
    }
    [[nodiscard]] Causes setting_causes(AccountId account) const {
        return Causes::from_bits(more_[account.value].setting_causes);
    }
    [[nodiscard]] bool has_image(AccountId account) const { return more_[account.value].has_image; }
    [[nodiscard]] std::uint64_t version(AccountId account) const {
        return more_[account.value].version;
    }
    [[nodiscard]] const AccountProfile& profile(AccountId account) const {
        return profiles_[lines_[account.value].profile];
    }
    [[nodiscard]] AccountRow row(AccountId account) const;
    [[nodiscard]] AccountRecord record(AccountId account) const;

    /// Every account's positions from AccountLine::first on, with holes in between.
    [[nodiscard]] const PositionColumns& positions() const { return positions_; }
    [[nodiscard]] const PositionKinds& kinds() const { return kinds_; }
    [[nodiscard]] PositionSlice positions(AccountId account) const {
        const AccountLine& line = lines_[account.value];
        return {positions_, kinds_, line.first, line.count};
    }
    [[nodiscard]] std::vector<PositionRecord> position_records(AccountId account) const;
    /// The same into room that is kept: valid until the next call with it.
    std::span<const PositionRecord> position_records(AccountId account,
                                                     std::vector<PositionRecord>& room) const;

private:
    void set_profile(AccountId account, const AccountProfile& profile);
    void make_room(AccountLine& line, std::uint32_t count);

    std::vector<AccountLine> lines_;
    std::vector<AccountMore> more_;
    SharedValues<AccountProfile> profiles_;
    boost::unordered_flat_map<std::uint32_t, double> odd_balances_;  // that are not `balance`
    boost::unordered_flat_map<std::uint32_t, StoredMargin> stored_;  // of those that have any
    PositionColumns positions_;
    PositionDetails details_;
    PositionKinds kinds_;
    SlotBlocks blocks_;
    std::uint64_t position_count_ = 0;
};

}  // namespace margind
