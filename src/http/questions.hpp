#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/book/account.hpp"
#include "margind/core/explain/explanation.hpp"
#include "margind/core/market/quotes.hpp"
#include "margind/core/valuation/platform_valuation.hpp"
#include "margind/ports/result.hpp"

namespace margind::http {

/// Dirty accounts of one type, in the engine's order.
struct DirtyPage {
    std::uint64_t total = 0;            // of the type, not of the page
    std::vector<std::string> accounts;  // "live:1001"
    AccountId next;                     // where the next page begins; none after the last
};

/// Everything about one account, owned: it crosses from the engine's thread to the reader's.
struct AccountAnswer {
    Explanation explanation;  // verdict, figures of `standard`, prices, positions, plan …
    std::optional<PlatformFigures> platform;  // takes their place once `platform` has calculated
    std::int64_t ts_ms = 0;                   // wall clock of the calculation; 0 = never calculated
    std::int64_t price_age_ms = -1;           // -1 = it rests on no price
    std::uint64_t data_epoch = 0;
    std::int64_t unknown_since_ms = 0;  // wall clock; 0 = it is not UNKNOWN
    std::uint32_t breach = 0;           // departures from `ok` so far
    std::int64_t last_stop_out_ms = 0;  // wall clock; 0 = never
};

/// Everything about one symbol's prices, owned like an account's answer.
struct SymbolAnswer {
    std::string symbol;
    Quote usable;                  // NaN in both where in doubt
    Quote last_good;               // even where they are in doubt now
    Causes causes;                 // of that doubt
    std::int64_t ts_ms = 0;        // the feed's stamp of the last good sides; 0 = none
    std::int64_t bid_age_ms = -1;  // -1 = it has not come since the last gap
    std::int64_t ask_age_ms = -1;
    GuardSettings settings;
    std::optional<QuoteGuard>
        guard;  // as it stands; nothing where no limit but age and sign is set
    std::uint64_t ticks = 0;
    Refusals refusals;
    std::int64_t now_ms = 0;  // steady clock
};

/// What a route may ask the engine's thread. Answers are exact at the moment they are given. Every
/// question has a deadline (Fault::timed_out) and a limit on how many wait at once
/// (Fault::refused): the engine is never held up. Called on the HTTP thread and resumed there.
class Questions {
public:
    virtual ~Questions() = default;

    /// The number of dirty accounts of each type, in the configured order.
    virtual boost::asio::awaitable<Result<std::vector<std::uint64_t>>> dirty_counts() = 0;
    /// At most `max` dirty accounts of a type, from `from` on.
    virtual boost::asio::awaitable<Result<DirtyPage>> dirty(TypeIndex type, AccountId from,
                                                            std::uint32_t max) = 0;
    /// One account; nothing when it is not known.
    virtual boost::asio::awaitable<Result<std::optional<AccountAnswer>>> account(
        AccountKey key) = 0;
    /// One symbol; nothing when nobody has needed its price.
    virtual boost::asio::awaitable<Result<std::optional<SymbolAnswer>>> symbol(
        std::string name) = 0;
};

}  // namespace margind::http
