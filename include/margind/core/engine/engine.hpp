#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "margind/core/book/account_names.hpp"
#include "margind/core/book/account_rules.hpp"
#include "margind/core/book/book.hpp"
#include "margind/core/engine/beat_room.hpp"
#include "margind/core/engine/dirtiness.hpp"
#include "margind/core/engine/engine_types.hpp"
#include "margind/core/engine/mirror_state.hpp"
#include "margind/core/engine/prop_desk.hpp"
#include "margind/core/engine/snapshot.hpp"
#include "margind/core/explain/explanation.hpp"
#include "margind/core/market/conversion.hpp"
#include "margind/core/market/quotes.hpp"
#include "margind/core/rules/instruments.hpp"
#include "margind/core/stop_out/breach_ledger.hpp"
#include "margind/core/stop_out/liquidation.hpp"
#include "margind/core/stop_out/parts_told.hpp"
#include "margind/core/stop_out/persistence.hpp"
#include "margind/core/valuation/bulk_valuation.hpp"
#include "margind/core/valuation/general_book.hpp"
#include "margind/core/valuation/valuation.hpp"
#include "margind/core/watch/account_watch.hpp"

namespace margind {

/// The margin engine: events in, batches out. No I/O, no clock, no thread, no log: time and data
/// come in as arguments, in one order, and the same order gives the same bytes out.
class Engine {
public:
    explicit Engine(EngineOptions options);
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // ---- prices -------------------------------------------------------------------------------
    /// The id of a symbol that somebody holds or converts through; none for any other.
    [[nodiscard]] SymbolId find_symbol(std::string_view name) const { return symbols_.find(name); }
    /// Makes a symbol known before anybody holds it (none beyond symbols_max).
    SymbolId intern_symbol(std::string_view name);
    TickFate apply(const PriceTick& tick, Moment now);
    /// The store has no price of this symbol.
    void forget_price(SymbolId symbol);

    // ---- accounts -----------------------------------------------------------------------------
    /// Room for so many accounts and positions at once.
    void reserve(std::uint32_t accounts, std::size_t positions);
    /// Makes an account known; its image is then wanted, and it is UNKNOWN because of `why` until
    /// that has come. None for a type that is not configured, for another shard's account, or
    /// beyond accounts_max. Known accounts stay as they are.
    AccountId adopt(const AccountKey& key, Moment now, Cause why = Cause::image_missing);
    [[nodiscard]] AccountId find_account(const AccountKey& key) const;
    /// "live:1001"; stays where it is as long as the engine does.
    [[nodiscard]] std::string_view account_name(AccountId account) const {
        return account_names_.name(account);
    }
    [[nodiscard]] AccountKey account_key(AccountId account) const;
    /// The account's image in the store has changed: it is re-read before its next evaluation.
    void invalidate(AccountId account, Moment now);
    /// The image was asked for by an operator or the platform: read again, recalculated, written.
    void force(AccountId account, Moment now);
    /// Replaces the account, adopts a new one. False when refused (type, limits, old version).
    bool apply(const AccountImage& image, Moment now);
    /// Replaces a group's specification of a symbol, or (`whole_group`) its options.
    void apply(const InstrumentSpec& spec);
    /// A group's specification has changed in the store: it is wanted again, if anybody asked for
    /// it. `symbol` as in the key: capitals stand for small letters too.
    void invalidate_instrument(std::string_view group, std::string_view symbol);

    // ---- what must be read --------------------------------------------------------------------
    /// The next images to read, most endangered accounts first, and every instrument and price that
    /// is missing. What it returns counts as being read until applied or given back by `refetch`.
    Need plan(std::uint32_t accounts_max);
    /// Wants the price of every symbol that has none yet: the store may have it by now.
    void want_missing_prices();
    [[nodiscard]] bool needs_anything() const { return mirror_.wants_anything(); }
    void refetch(const Need& need);

    /// A symbol starts or ends trading.
    void set_session(SymbolId symbol, Session session);
    /// The prop-firm day of all accounts has begun at `reset_ms`; told at every beat, acts once.
    void start_prop_day(std::int64_t reset_ms, Moment now);

    // ---- gaps and control ---------------------------------------------------------------------
    /// Something may have been missed: a new data epoch. No price and no image counts until it has
    /// been received again; every account is dirty.
    void open_epoch(Moment now);
    [[nodiscard]] std::uint64_t data_epoch() const { return data_epoch_; }
    void apply(const Control& control);
    /// Sets an account's breach memory, read from the store before the first verdict.
    void restore(const AccountKey& key, BreachMemory memory, Moment now);

    // ---- the beat -----------------------------------------------------------------------------
    /// Revalues each dirty account once, advances its state, queues events and snapshots.
    BeatStats recompute(Moment now);
    /// True where a beat would have work to do now; quotes that only grow old are not seen here.
    [[nodiscard]] bool wants_beat() const;
    /// Up to `max` snapshots that differ from what is written: by type, the endangered first.
    SnapshotBatch next_snapshots(std::uint32_t max, Moment now);
    /// Written::no leaves the batch's accounts dirty.
    void confirm(const SnapshotBatch& batch, Written written);
    [[nodiscard]] const std::deque<Event>& events() const { return events_; }
    /// Forgets the first `count` events: they are in the stream.
    void confirm_events(std::size_t count);

    // ---- questions ----------------------------------------------------------------------------
    /// Accounts of a type that are not yet recalculated or not yet written, exact at this moment.
    [[nodiscard]] std::uint32_t dirty_count(TypeIndex type);
    /// Their ids from `from` on, at most `max`, in id order.
    [[nodiscard]] std::vector<AccountId> dirty_accounts(TypeIndex type, AccountId from,
                                                        std::uint32_t max);
    [[nodiscard]] Explanation explain(AccountId account, Moment now) const;
    /// Liquidation prices by symbol; none for an account that cannot be valued. Takes milliseconds.
    [[nodiscard]] std::vector<SymbolRisk> risk(AccountId account) const;
    [[nodiscard]] Snapshot snapshot(AccountId account, Moment now) const;
    [[nodiscard]] float danger(AccountId account) const;  // its level when it was last known, in %
    [[nodiscard]] BreachMemory memory(AccountId account) const { return memories_.of(account); }
    [[nodiscard]] const Book& book() const { return book_; }
    [[nodiscard]] const Symbols& symbols() const { return symbols_; }
    [[nodiscard]] const Instruments& instruments() const { return instruments_; }
    [[nodiscard]] const QuoteBoard& quotes() const { return quotes_; }
    [[nodiscard]] const EngineOptions& options() const { return options_; }
    [[nodiscard]] const EngineStats& stats() const { return stats_; }
    [[nodiscard]] const StateCounts& state_counts() const { return counts_; }
    /// Of the configured rule set; groups and accounts may have others.
    [[nodiscard]] const std::string& rules_hash() const { return rules_.book().entry(0).hash; }
    [[nodiscard]] const RuleSet& rules_of(AccountId account) const {
        return rules_.of(account).rules;
    }
    [[nodiscard]] std::uint32_t images_wanted() const { return mirror_.wanted_accounts(); }
    [[nodiscard]] bool is_armed() const { return is_armed_; }
    [[nodiscard]] bool is_killed() const { return is_killed_; }
    [[nodiscard]] std::optional<TypeIndex> type_index(std::string_view type) const;
    /// The wall clock since when an account has been UNKNOWN; 0 when it is not.
    [[nodiscard]] std::int64_t unknown_since_ms(AccountId account) const;
    /// Over every account's figures, verdict and breach memory, in whatever order they came.
    [[nodiscard]] std::uint64_t state_hash() const;

private:
    friend class Explainer;
    friend class Watcher;
    void grow();
    void freeze(const std::vector<std::string>& frozen);
    void disarm_events();
    void requote(SymbolId symbol);
    // Images into rows (engine_images.cpp).
    bool accepts(const AccountImage& image);
    void read_settings(AccountId account, const AccountImage& image);
    std::vector<PositionRecord> read_positions(AccountId account, const AccountImage& image);
    [[nodiscard]] Causes settle_rules(AccountId account);
    void apply_group_rules(const InstrumentSpec& spec);
    void ask_for_group(GroupId group);
    void install(AccountId account, std::vector<PositionRecord> positions);
    void install_again(AccountId account);
    const Holdings& holdings(AccountId account);
    void install_platform(AccountId account);
    void want_instrument(const Instruments::Asked& asked);
    void want_group(GroupId group);
    void apply_guard(const InstrumentSpec& spec, SymbolId symbol);
    void ask_for_guard(SymbolId symbol);
    void ask_for_instruments(AccountId account, std::span<const PositionRecord> positions);
    void ask_for_instrument(AccountId account, SymbolId symbol);
    void want_new_symbols(std::uint32_t known);
    // The beat (engine_beat.cpp).
    void expand_dirty_symbols();
    BitSet dirty_of(TypeIndex type);
    void refresh_market(Moment now);
    void resolve_rates();
    void mark(AccountId account) { dirty_.accounts.insert(account.value); }
    void revalue(AccountId account, Moment now, BeatStats& beat);
    // Accounts whose state stays (engine_calm.cpp).
    void revalue_calm(Moment now, BeatStats& beat);
    bool settle(AccountId account, const AccountSums& sums, Moment now);
    Causes value_platform(AccountId account, Moment now);
    void advance_state(AccountId account, Moment now, BeatStats& beat);
    void advance_prop(AccountId account, Moment now, BeatStats& beat);
    void count_in(AccountId account);
    void count_out(AccountId account);
    [[nodiscard]] bool has_room_for(EventKind kind) const;
    void announce(AccountId account, EventKind kind, Moment now, std::optional<Touch> touch = {});
    [[nodiscard]] std::optional<Money> deficit(AccountId account) const;
    void look_for_deficit(AccountId account, BreachMemory& memory, Transition& transition) const;
    void set_calm(AccountId account);
    [[nodiscard]] Causes image_causes(AccountId account, Moment now) const;
    [[nodiscard]] Causes market_causes(AccountId account) const;
    Valuation value(AccountId account);
    LevelReading read_levels(AccountId account, const Valuation& valuation,
                             std::span<const Valuation> isolated,
                             std::vector<StopOutPart>* parts) const;
    [[nodiscard]] Valuation stopped_out(AccountId account) const;
    [[nodiscard]] bool is_gone(AccountId account) const;
    // Figures (engine_figures.cpp).
    [[nodiscard]] std::uint64_t fingerprint(AccountId account) const;
    [[nodiscard]] Valuation valuation(AccountId account) const;
    void keep_valuation(AccountId account, const Valuation& valuation);
    void hold_valuation(AccountId account);
    void note_snapshot(AccountId account);
    bool is_written(AccountId account);
    [[nodiscard]] MarketView market() const { return {quotes_.usable(), rates_.rates()}; }
    [[nodiscard]] bool is_platform() const { return options_.rules.kind == RuleSetKind::platform; }

    EngineOptions options_;
    Symbols symbols_;
    Currencies currencies_;
    QuoteBoard quotes_;
    OrderPrices order_prices_;
    RateTable rates_;
    Instruments instruments_;
    Book book_;
    HoldersIndex holders_;
    MirrorState mirror_;
    AccountNames account_names_;  // "live:1001"; ids as in the book

    // By account, beside what the book keeps.
    GeneralBook general_;  // those that the kernel cannot compute
    AccountRules rules_;
    PropDesk prop_;  // those with prop-firm rules
    PartsTold parts_told_;
    Persistence persistence_;
    BreachLedger memories_;
    AccountWatch watch_;
    boost::unordered_flat_map<std::uint32_t, Touch> touches_;  // that are still to be told
    BitSet confirmed_;  // whose image has come since the last gap
    boost::unordered_flat_map<std::uint32_t, Money> closing_fees_;         // that are not 0
    boost::unordered_flat_map<std::uint32_t, Valuation> held_valuations_;  // said before a change
    boost::unordered_flat_map<std::uint32_t, std::int64_t> unknown_since_ms_;  // of the UNKNOWN
    std::vector<PlatformFigures> platform_figures_;  // empty in `standard`, as the next one
    std::vector<std::vector<PlatformInstrument>> platform_instruments_;
    Dirtiness dirty_;
    std::vector<BitSet> of_type_;  // the accounts of each type
    BeatRoom room_;
    BulkValuation bulk_{book_};
    std::deque<Event> events_;
    EngineStats stats_;
    StateCounts counts_;
    std::uint64_t data_epoch_ = 1;
    bool is_armed_ = false;
    bool is_killed_ = false;
    std::vector<std::string> frozen_;
    bool rates_need_resolving_ = false;
};

}  // namespace margind
