#pragma once
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "margind/core/ids.hpp"
#include "margind/core/moment.hpp"
#include "margind/core/units.hpp"
#include "margind/core/verdict.hpp"

namespace margind {

/// Prices beside bid and ask, where a feed has them; NaN where not.
struct Marks {
    double mid = not_a_price;
    double mark = not_a_price;
    double last = not_a_price;
};

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

/// Both sides of a symbol. NaN where a side may not be used.
struct Quote {
    double bid = not_a_price;
    double ask = not_a_price;

    /// The side that closes a position, and the one that opens it.
    [[nodiscard]] double closing(bool is_short) const { return is_short ? ask : bid; }
    [[nodiscard]] double opening(bool is_short) const { return is_short ? bid : ask; }
};

/// What became of a tick.
enum class TickFate : std::uint8_t {
    accepted,
    not_finite,    // NaN, infinite, or neither side given
    not_positive,  // zero or below, and the symbol does not allow it
    late,          // stamped before the newest tick of its symbol
    crossed,       // bid > ask: the old quote stands, its holders are UNKNOWN until a good one
};

/// Whether a symbol trades now. While it does not, its last good quote stands and does not age, and
/// nothing can be closed.
enum class Session : std::uint8_t { open, closed, halted };

inline constexpr std::pair<std::string_view, Session> session_names[] = {
    {"open", Session::open},
    {"closed", Session::closed},
    {"halted", Session::halted},
};

/// Limits for quotes.
struct QuoteLimits {
    std::int64_t max_age_ms = 0;         // 0 = quotes do not age
    std::int64_t future_ms_max = 5'000;  // a stamp further ahead of the wall clock is ignored
};

/// The newest quotes of all symbols, as columns. `usable` is what valuation reads: NaN where in
/// doubt.
class QuoteBoard {
public:
    explicit QuoteBoard(QuoteLimits limits) : limits_{limits}, can_age_{limits.max_age_ms > 0} {}

    /// Makes room for symbols up to `count`.
    void grow(std::uint32_t count);
    void allow_negative(SymbolId symbol);
    /// An age limit of the symbol's own, in place of the common one; 0 = its quotes do not age.
    void set_max_age(SymbolId symbol, std::int64_t max_age_ms);
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
    /// Ages quotes; calls `changed(symbol)` for each that went stale since the last call.
    template <class Changed>
    void age(Moment now, Changed changed);

    [[nodiscard]] std::span<const Quote> usable() const { return usable_; }
    /// The last received sides, good or not, NaN where the last message had none (rule set
    /// `platform`).
    [[nodiscard]] const Quote& raw(SymbolId symbol) const { return raw_[symbol.value]; }
    /// The last good sides, even where they are in doubt now.
    [[nodiscard]] const Quote& last_good(SymbolId symbol) const { return good_[symbol.value]; }
    [[nodiscard]] Causes causes(SymbolId symbol) const { return causes_[symbol.value]; }
    /// The feed's own stamp of the last good sides; 0 = they came without one.
    [[nodiscard]] std::int64_t ts_ms(SymbolId symbol) const {
        return stamps_[symbol.value].good_ts_ms;
    }
    /// Milliseconds since the older side of the quote arrived.
    [[nodiscard]] std::int64_t age_ms(SymbolId symbol, Moment now) const;
    /// As they came last. Only worth something while the quote itself is usable.
    [[nodiscard]] const Marks& marks(SymbolId symbol) const { return marks_[symbol.value]; }
    /// True from the first moment both sides are known.
    [[nodiscard]] bool is_quoted(SymbolId symbol) const { return quoted_[symbol.value] != 0; }
    [[nodiscard]] std::uint64_t implausible_stamps() const { return implausible_stamps_; }

private:
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();
    struct Stamps {
        std::int64_t ts_ms = 0;  // the newest
        std::int64_t good_ts_ms = 0;
        std::int64_t bid_arrived_ms = never;  // steady clock
        std::int64_t ask_arrived_ms = never;
    };
    void settle(std::size_t symbol);
    [[nodiscard]] bool has_aged(std::size_t symbol, Moment now) const;
    void set_stale(std::size_t symbol);

    QuoteLimits limits_;
    std::vector<Quote> usable_;
    std::vector<Marks> marks_;
    std::vector<Quote> good_;
    std::vector<Quote> newest_;  // each side as it came last, crossed or not
    std::vector<Quote> raw_;
    std::vector<Stamps> stamps_;
    std::vector<Causes> causes_;
    std::vector<std::uint8_t> quoted_;
    std::vector<std::uint8_t> negative_allowed_;
    std::vector<std::uint8_t> frozen_;
    std::vector<Session> sessions_;
    std::vector<std::int64_t> max_age_ms_;
    bool can_age_ = false;  // some symbol has an age limit
    std::uint64_t implausible_stamps_ = 0;
};

template <class Changed>
void QuoteBoard::age(Moment now, Changed changed) {
    if (!can_age_) return;
    for (std::size_t symbol = 0; symbol < usable_.size(); ++symbol) {
        if (!has_aged(symbol, now)) continue;
        set_stale(symbol);
        changed(SymbolId{static_cast<std::uint32_t>(symbol)});
    }
}

}  // namespace margind
