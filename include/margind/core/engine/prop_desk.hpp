#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/base/verdict.hpp"
#include "margind/core/explain/explanation.hpp"
#include "margind/core/prop/prop_memory.hpp"
#include "margind/core/stop_out/stop_out.hpp"

namespace margind {

/// A limit of the prop-firm rules, and the event that tells of its breach.
enum class PropLimit : std::uint8_t { daily_loss, drawdown };
inline constexpr std::pair<PropLimit, EventKind> prop_events[] = {
    {PropLimit::daily_loss, EventKind::daily_loss},
    {PropLimit::drawdown, EventKind::drawdown},
};
/// Nothing for any other event.
[[nodiscard]] std::optional<PropLimit> prop_limit_of(EventKind kind);

/// The accounts that have prop-firm rules: what these are, what is remembered of the account, and
/// how it stood when it was last valued. An account's memory stays when its rules are taken away.
/// Single writer. Rules: docs/prop-firm.md.
class PropDesk {
public:
    /// The rules of an account from now on; `settings` that are off take it off the desk. A cause
    /// where they contradict themselves, or where its memory cannot be read or is in another
    /// currency: then it is not watched, and its memory stays as it is.
    Causes settle(AccountId account, const PropSettings& settings, std::string_view currency,
                  Digits digits);
    /// An account's memory as the store has it (null: none), `is_bad` where that is no memory.
    /// Taken only while nothing is known here: later the store has it from here.
    void restore(AccountId account, const SharedPropMemory& stored, bool is_bad);

    /// A day begins, for every account with its next figures. False where it has begun already.
    bool start_day(std::int64_t reset_ms);
    /// The store may have lost what it was told: breaches that still hold are told again.
    void distrust_store();
    /// Takes in what an account on the desk is worth now, nothing while it is UNKNOWN. Figures of
    /// the first second of a day count as those of its reset.
    void advance(AccountId account, const std::optional<PropFigures>& figures, std::int64_t now_ms);

    [[nodiscard]] bool has(AccountId account) const { return watched(account) != nullptr; }
    /// Everybody on the desk, in id order.
    [[nodiscard]] std::vector<AccountId> accounts() const;

    /// A breach that nobody has been told of yet. The day lasts until it has been.
    [[nodiscard]] bool has_to_tell(AccountId account, PropLimit limit) const;
    /// It is on its way.
    void tell(AccountId account, PropLimit limit);
    /// It is in the stream.
    void told(AccountId account, PropLimit limit);
    /// What tells breaches of one limit apart, now and after a restart: the day of the daily loss;
    /// the day and the amount that the drawdown began from.
    [[nodiscard]] std::uint64_t occasion(AccountId account, PropLimit limit) const;
    /// The equity that an account on the desk must hold; nothing where that is unknown.
    [[nodiscard]] std::optional<Money> floor(AccountId account, PropLimit limit) const;

    /// What the store should remember of an account on the desk, null for any other. A breach is
    /// not among it before it is in the stream: a crash in between finds it again.
    [[nodiscard]] SharedPropMemory memory(AccountId account) const;
    /// Of that memory; 0 where there is none.
    [[nodiscard]] std::uint64_t fingerprint(AccountId account) const;
    /// How it stands, or why that cannot be said; nothing without prop-firm rules.
    [[nodiscard]] std::optional<PropExplained> explain(AccountId account) const;

private:
    enum class Telling : std::uint8_t {
        told,       // or there is nothing to tell
        again,      // once more, if it still holds
        due,        // as soon as there is room
        under_way,  // not confirmed to be in the stream
    };
    struct Account {
        std::optional<PropRules> rules;     // none: off the desk
        std::vector<std::string> problems;  // … why, where there should be some
        std::optional<PropMemory> memory;
        bool has_bad_memory = false;  // what the store has cannot be read
        PropReading reading;
        Telling telling[2] = {};  // by PropLimit
    };

    [[nodiscard]] const Account* watched(AccountId account) const;
    [[nodiscard]] static PropState told_state(const Account& account);

    boost::unordered_flat_map<std::uint32_t, Account> accounts_;
    std::optional<std::int64_t> reset_ms_;  // of the current day
};

}  // namespace margind
