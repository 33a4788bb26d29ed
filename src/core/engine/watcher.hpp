#pragma once
#include "margind/core/engine/engine.hpp"

namespace margind {

/// What an engine does between its beats: whoever a price may have brought to a level is looked at
/// when it comes.
class Watcher {
public:
    /// What becomes of an account that is at its level when it is to be watched.
    enum class OnLevel : std::uint8_t { leave, look_at_next_price };

    explicit Watcher(Engine& engine) : engine_{engine} {}

    /// The symbol has another quote. One that may not be used brings nobody anywhere.
    void look_at_price(SymbolId symbol, Moment now);
    /// Watches an account that is not watched, or watched for another level than its state asks
    /// for.
    void watch(AccountId account, OnLevel on_level);
    /// The account has been valued: what was seen of it meanwhile is told, if it has not been.
    void tell_touch(AccountId account, Moment now);
    /// What was seen of the account, if an event of this kind says as much: it is told then.
    [[nodiscard]] std::optional<Touch> take_touch(AccountId account, EventKind kind);

private:
    void look_at(AccountId account, SymbolId symbol, Moment now);
    void touch(AccountId account, SymbolId symbol, const Valuation& valuation, bool is_stop_out,
               Moment now);
    void place(AccountId account, const Holdings& holdings, NextLevel next);
    void wait_for_price(AccountId account, const Holdings& holdings, NextLevel next);
    [[nodiscard]] bool lacks_a_price(AccountId account, const Holdings& holdings) const;
    void refresh_pairs();
    [[nodiscard]] bool has_no_price(SymbolId symbol) const;
    [[nodiscard]] bool has_old_price(const Holdings& holdings, Moment now) const;

    Engine& engine_;
};

}  // namespace margind
