#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <deque>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "margind/core/base/dirty_set.hpp"
#include "margind/core/base/ids.hpp"
#include "margind/core/base/moment.hpp"
#include "margind/core/base/session.hpp"
#include "margind/core/base/verdict.hpp"
#include "margind/core/market/quote.hpp"
#include "margind/core/market/quote_guard.hpp"
#include "margind/core/market/tick_fate.hpp"

namespace margind {

/// One price message. A side that was not in it is NaN.
struct PriceTick {
    SymbolId symbol;
    double bid = not_a_price;
    double ask = not_a_price;
    std::int64_t ts_ms = 0;  // the feed's own stamp, UTC epoch; 0 = none
    bool is_stored =
        false;  // read from the store at a start or after a gap: as old as its stamp says
    Marks marks = {};
};

/// Limits for the quotes of all symbols; those that are also in GuardSettings are its defaults.
struct QuoteLimits {
    std::int64_t max_age_ms = 0;         // 0 = quotes do not age
    std::int64_t future_ms_max = 5'000;  // a stamp further ahead of the wall clock is ignored
    std::int64_t confirm_ticks = GuardSettings{}.confirm_ticks;
    std::int64_t confirm_ms = GuardSettings{}.confirm_ms;
    std::int64_t freeze_after_ms = 0;  // 0 = a quote may stay unchanged for ever

    [[nodiscard]] GuardSettings guard() const {
        GuardSettings settings;
        settings.confirm_ticks = confirm_ticks;
        settings.confirm_ms = confirm_ms;
        settings.freeze_after_ms = freeze_after_ms;
        settings.max_age_ms = max_age_ms;
        return settings;
    }
};

/// What became of a symbol's ticks that were not simply accepted.
struct Refusals {
    std::array<std::uint64_t, tick_fate_count> by_fate{};  // by TickFate
    Quote last;                                            // as it came
    std::int64_t last_ts_ms = 0;
    std::int64_t last_wall_ms = 0;
    TickFate last_fate = TickFate::accepted;  // accepted = there was none
};

/// The newest quotes of all symbols, as columns. `usable` is what valuation reads: NaN where in
/// doubt. Guards decide what may enter; a symbol without any pays one branch for them.
class QuoteBoard {
public:
    explicit QuoteBoard(QuoteLimits limits) : limits_{limits}, can_age_{limits.max_age_ms > 0} {}

    /// Makes room for symbols up to `count`.
    void grow(std::uint32_t count);
    /// Replaces a symbol's settings. `reference`: the id of its ref_symbol, none where unknown.
    void set_guard(SymbolId symbol, const GuardSettings& settings, SymbolId reference = {});
    /// Its settings cannot be understood: in doubt (`bad_setting`) until they are replaced.
    void set_guard_problem(SymbolId symbol, std::string problem);
    /// The symbol's next quote is the first after a break, such as the opening of a session.
    void start_afresh(SymbolId symbol);
    /// True where prices at or below zero are prices.
    [[nodiscard]] bool allows_negative(SymbolId symbol) const {
        return negative_allowed_[symbol.value] != 0;
    }
    /// True when that changed anything.
    bool set_session(SymbolId symbol, Session session);
    [[nodiscard]] Session session(SymbolId symbol) const { return sessions_[symbol.value]; }
    /// Takes a symbol out of use, or back into it. True when that changed anything.
    bool freeze(SymbolId symbol, bool is_frozen);

    TickFate apply(const PriceTick& tick, Moment now);
    /// Nothing received so far may be used until it is received again.
    void distrust_all();
    /// The store has no price of this symbol (any more).
    void forget(SymbolId symbol);
    /// What time does: takes in what its guards held long enough, and ages quotes. Calls
    /// `changed(symbol)` for each that changed by it since the last call.
    template <class Changed>
    void age(Moment now, Changed changed);
    /// True where a quote that is still used is too old by now: the next `age` puts it in doubt.
    [[nodiscard]] bool has_aged(SymbolId symbol, Moment now) const;
    /// True while `age` may take a held quote in.
    [[nodiscard]] bool is_waiting() const { return !waiting_.is_empty(); }

    [[nodiscard]] std::span<const Quote> usable() const { return usable_; }
    /// The last received sides that a guard let in, good or not, NaN where the last message had
    /// none (rule set `platform`).
    [[nodiscard]] const Quote& raw(SymbolId symbol) const { return raw_[symbol.value]; }
    /// The last good sides, even where they are in doubt now.
    [[nodiscard]] const Quote& last_good(SymbolId symbol) const { return good_[symbol.value]; }
    [[nodiscard]] Causes causes(SymbolId symbol) const { return causes_[symbol.value]; }
    /// The feed's own stamp of the last good sides; 0 = they came without one.
    [[nodiscard]] std::int64_t ts_ms(SymbolId symbol) const {
        return stamps_[symbol.value].good_ts_ms;
    }
    /// Milliseconds since the older side of the quote arrived; -1 = not since the last break.
    [[nodiscard]] std::int64_t age_ms(SymbolId symbol, Moment now) const;
    /// The same of each side.
    [[nodiscard]] std::int64_t bid_age_ms(SymbolId symbol, Moment now) const {
        return age_of(stamps_[symbol.value].bid_arrived_ms, now);
    }
    [[nodiscard]] std::int64_t ask_age_ms(SymbolId symbol, Moment now) const {
        return age_of(stamps_[symbol.value].ask_arrived_ms, now);
    }
    /// As they came last, NaN where one was no price of the symbol. Only worth something while the
    /// quote itself is usable.
    [[nodiscard]] const Marks& marks(SymbolId symbol) const { return marks_[symbol.value]; }
    /// From the lowest to the highest of the usable sides and their mark; NaN where in doubt.
    [[nodiscard]] Quote extent(SymbolId symbol) const {
        const Quote& quote = usable_[symbol.value];
        const double mark = marks_[symbol.value].mark;
        if (std::isnan(mark) || std::isnan(quote.bid)) return quote;
        return {std::min(quote.bid, mark), std::max(quote.ask, mark)};
    }
    /// True from the first moment both sides are known.
    [[nodiscard]] bool is_quoted(SymbolId symbol) const { return quoted_[symbol.value] != 0; }
    /// True from the first side that has entered, good or not.
    [[nodiscard]] bool has_come(SymbolId symbol) const {
        const Quote& newest = newest_[symbol.value];
        return !std::isnan(newest.bid) || !std::isnan(newest.ask);
    }
    /// How many symbols have.
    [[nodiscard]] std::uint32_t come_count() const { return come_count_; }
    [[nodiscard]] std::uint64_t implausible_stamps() const { return implausible_stamps_; }
    /// Null where the symbol has no guard but its age limit and its sign.
    [[nodiscard]] const QuoteGuard* guard(SymbolId symbol) const;
    /// Ticks received, and those of them that were not simply accepted.
    [[nodiscard]] std::uint64_t ticks(SymbolId symbol) const { return stamps_[symbol.value].ticks; }
    [[nodiscard]] const Refusals& refusals(SymbolId symbol) const {
        return refusals_[symbol.value];
    }
    /// The settings in force.
    [[nodiscard]] GuardSettings settings(SymbolId symbol) const;

private:
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();
    static constexpr std::uint32_t no_guard = 0xffffffff;
    struct Stamps {
        std::int64_t ts_ms = 0;  // the newest
        std::int64_t good_ts_ms = 0;
        std::int64_t bid_arrived_ms = never;  // steady clock
        std::int64_t ask_arrived_ms = never;
        std::uint64_t ticks = 0;
    };
    struct Guarded {
        QuoteGuard guard;
        SymbolId reference;
    };
    TickFate enter(std::size_t symbol, Quote sides, std::int64_t ts_ms, std::int64_t arrived_ms,
                   Moment now);
    TickFate note(const PriceTick& tick, TickFate fate, Moment now);
    [[nodiscard]] Marks usable_marks(const PriceTick& tick) const;
    // Symbols with guards (quotes_guarded.cpp).
    TickFate take_guarded(std::size_t symbol, const Arrival& arrival, Moment now);
    bool admit_held(SymbolId id, Moment now);
    Guarded& make_guard(std::size_t symbol);
    [[nodiscard]] Guarded* find_guard(std::size_t symbol) {
        const std::uint32_t at = guard_of_[symbol];
        return at == no_guard ? nullptr : &guards_[at];
    }
    void note_waiting(std::size_t symbol);
    [[nodiscard]] Causes guard_causes(std::size_t symbol) const;
    [[nodiscard]] double reference_mid(const Guarded& guarded) const;
    static std::int64_t age_of(std::int64_t arrived_ms, Moment now) {
        return arrived_ms == never ? -1 : now.steady_ms - arrived_ms;
    }
    void settle(std::size_t symbol);
    void set_stale(std::size_t symbol);

    QuoteLimits limits_;
    std::vector<Quote> usable_;
    std::vector<Marks> marks_;
    std::vector<Quote> good_;
    std::vector<Quote> newest_;  // each side as it entered last, crossed or not
    std::vector<Quote> raw_;
    std::vector<Stamps> stamps_;
    std::vector<Causes> causes_;
    std::vector<std::uint8_t> quoted_;
    std::vector<std::uint8_t> negative_allowed_;
    std::vector<std::uint8_t> frozen_;
    std::vector<Session> sessions_;
    std::vector<std::int64_t> max_age_ms_;
    std::vector<Refusals> refusals_;
    std::vector<std::uint32_t> guard_of_;  // by symbol: its place in guards_
    std::deque<Guarded> guards_;
    BitSet waiting_;  // symbols whose guard holds something
    std::uint32_t come_count_ = 0;
    bool can_age_ = false;  // some symbol has an age limit
    std::uint64_t implausible_stamps_ = 0;
};

template <class Changed>
void QuoteBoard::age(Moment now, Changed changed) {
    waiting_.for_each([&](std::uint32_t id) {
        if (admit_held(SymbolId{id}, now)) changed(SymbolId{id});
    });
    if (!can_age_) return;
    for (std::size_t symbol = 0; symbol < usable_.size(); ++symbol) {
        const SymbolId id{static_cast<std::uint32_t>(symbol)};
        if (!has_aged(id, now)) continue;
        set_stale(symbol);
        changed(id);
    }
}

}  // namespace margind
