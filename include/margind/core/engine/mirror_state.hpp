#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "margind/core/base/dirty_set.hpp"
#include "margind/core/base/ids.hpp"

namespace margind {

/// A group's specification of a symbol, by name.
struct InstrumentKey {
    std::string group;
    std::string symbol;
    friend auto operator<=>(const InstrumentKey&, const InstrumentKey&) = default;
};

/// What must be read from the store.
struct Need {
    std::vector<AccountId> accounts;  // most endangered first
    std::vector<InstrumentKey> instruments;
    std::vector<SymbolId> prices;

    [[nodiscard]] bool is_empty() const {
        return accounts.empty() && instruments.empty() && prices.empty();
    }
};

/// Which images are wanted, and which are being read. An invalidation while a read is under way
/// wants the image again, so no change is lost between the two.
class MirrorState {
public:
    void grow(std::uint32_t accounts, std::uint32_t symbols);

    void want(AccountId account, std::int64_t since_ms);
    void want_price(SymbolId symbol) { prices_.insert(symbol.value); }
    void want_instrument(InstrumentKey key) { instruments_.push_back(std::move(key)); }
    /// Received: no longer being read.
    void received(AccountId account);
    void price_received(SymbolId symbol) { prices_.erase(symbol.value); }

    [[nodiscard]] bool is_pending(AccountId account) const {
        return accounts_.contains(account.value) || reading_.contains(account.value);
    }
    /// For how long the account's image has been wanted by now; meaningful while pending.
    [[nodiscard]] std::int64_t pending_for_ms(AccountId account, std::int64_t now_ms) const {
        return static_cast<std::uint32_t>(now_ms) - since_ms_[account.value];
    }
    [[nodiscard]] bool wants_anything() const {
        return !accounts_.is_empty() || !prices_.is_empty() || !instruments_.empty();
    }
    [[nodiscard]] std::uint32_t wanted_accounts() const {
        return accounts_.count() + reading_.count();
    }

    /// The order in which wanted accounts are taken from now on, as far as it names them.
    void set_order(std::vector<AccountId> most_endangered_first);
    /// Takes up to `accounts_max` wanted accounts, in the order set, then in id order, and all
    /// wanted instruments and prices.
    Need take(std::uint32_t accounts_max);
    /// The account counts as being read.
    void take_one(AccountId account);
    void give_back(const Need& need);

private:
    BitSet accounts_;
    BitSet reading_;
    BitSet prices_;
    std::vector<InstrumentKey> instruments_;
    // The low bits of the steady clock: nobody waits for seven weeks.
    std::vector<std::uint32_t> since_ms_;
    std::vector<std::uint32_t> again_ms_;  // since when it has been wanted beside a reading
    std::vector<AccountId> order_;
    std::size_t order_next_ = 0;
};

}  // namespace margind
