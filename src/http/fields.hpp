#pragma once
#include <array>
#include <concepts>
#include <cstdint>
#include <string_view>

#include "http/server_stats.hpp"
#include "http/view.hpp"

namespace margind::http {

enum class FieldKind : std::uint8_t { counter, gauge };

/// One number of a block of counters: its key in /v1/status, and by the rule
/// `margind_<block>_<key>[_total]` its name in /metrics. Gauges in other units than those of
/// Prometheus (milliseconds, microseconds) say so in their key and are left out of /metrics.
template <class Block, class Number = std::uint64_t>
struct Field {
    std::string_view key;
    Number Block::* number;
    std::string_view help;
    FieldKind kind = FieldKind::counter;
};

/// Holds when the table names every number of the block but `others`, given in bytes.
template <class Block, std::size_t count>
constexpr bool covers(const std::array<Field<Block>, count>&, std::size_t others = 0) {
    return sizeof(Block) == count * sizeof(std::uint64_t) + others;
}

inline constexpr auto seed_fields = std::to_array<Field<SeedCounters>>({
    {"symbols_processed", &SeedCounters::symbols_processed, "Price messages taken in."},
    {"users_affected", &SeedCounters::users_affected_total, "Accounts touched by prices."},
    {"users_processed", &SeedCounters::users_processed, "Accounts written."},
    {"calculation_errors", &SeedCounters::calculation_errors, "Calculations that failed."},
    {"calc_fatal_errors", &SeedCounters::calc_fatal_errors, "Accounts in calc_status error."},
    {"calc_degraded", &SeedCounters::calc_degraded, "Accounts in calc_status degraded."},
    {"calc_orders_skipped", &SeedCounters::calc_orders_skipped, "Orders left out."},
    {"calc_users_processed", &SeedCounters::calc_users_processed, "Accounts calculated."},
});
static_assert(covers(seed_fields, sizeof(SeedCounters::last_update_ms)));

inline constexpr auto engine_fields = std::to_array<Field<EngineStats>>({
    {"beats", &EngineStats::beats, "Beats the engine computed."},
    {"recomputed", &EngineStats::recomputed, "Accounts recomputed."},
    {"degraded", &EngineStats::degraded, "Accounts computed with something left out."},
    {"errors", &EngineStats::errors, "Accounts that could not be computed."},
    {"orders_skipped", &EngineStats::orders_skipped, "Orders left out of a computation."},
    {"images", &EngineStats::images, "Account images applied."},
    {"images_refused", &EngineStats::images_refused, "Account images refused."},
    {"accounts_refused", &EngineStats::accounts_refused,
     "Times an account beyond limits.accounts_max was refused."},
    {"margin_calls", &EngineStats::margin_calls, "Margin calls."},
    {"stop_outs", &EngineStats::stop_outs, "Stop-outs, those of dry run among them."},
    {"recoveries", &EngineStats::recoveries, "Recoveries."},
    {"unknown_in_breach", &EngineStats::unknown_in_breach, "Accounts in breach gone UNKNOWN."},
    {"deficits", &EngineStats::deficits, "Accounts that owe after their last close."},
    {"daily_losses", &EngineStats::daily_losses, "Daily loss limits reached (prop-firm rules)."},
    {"drawdowns", &EngineStats::drawdowns, "Drawdown limits reached (prop-firm rules)."},
    {"looks", &EngineStats::looks, "Accounts looked at because of a price."},
    {"touches", &EngineStats::touches, "Accounts that a price brought to a level."},
    {"gaps", &EngineStats::gaps, "Gaps in what was received."},
});
static_assert(covers(engine_fields, sizeof(EngineStats::ticks) + sizeof(EngineStats::tick_fates)),
              "a counter of EngineStats is missing above");

using service::BeatLoopStats;
using service::IngestStats;
using service::MirrorStats;

inline constexpr auto ingest_fields = std::to_array<Field<IngestStats>>({
    {"messages", &IngestStats::messages, "Messages received."},
    {"bytes", &IngestStats::bytes, "Bytes of their payloads."},
    {"losses", &IngestStats::losses, "Losses of the subscription."},
    {"bare_symbols", &IngestStats::bare_symbols, "Price notices that carry a symbol only."},
    {"price_payloads", &IngestStats::price_payloads, "Price notices that carry the price."},
    {"joined", &IngestStats::joined, "Notices joined before their price was read."},
    {"ignored", &IngestStats::ignored, "Prices of symbols nobody needs."},
    {"seq_gaps", &IngestStats::seq_gaps, "Gaps told by sequence numbers."},
    {"price_reads", &IngestStats::price_reads, "Batches of prices read from the store."},
    {"price_failures", &IngestStats::price_failures,
     "Batches of prices that could not be read and were asked for again."},
    {"prices_read", &IngestStats::prices_read, "Prices read from the store."},
    {"prices_missing", &IngestStats::prices_missing, "Prices announced, but not in the store."},
    {"prices_malformed", &IngestStats::prices_malformed, "Prices of which a side is no number."},
    {"force_requests", &IngestStats::force_requests, "Requests to recalculate accounts."},
    {"force_recalc", &IngestStats::force_recalc, "Accounts named in them."},
    {"force_junk", &IngestStats::force_junk, "Such requests that could not be used."},
});

inline constexpr auto mirror_fields = std::to_array<Field<MirrorStats>>({
    {"resyncs", &MirrorStats::resyncs, "Times everything was read."},
    {"sweeps", &MirrorStats::sweeps, "Background sweeps."},
    {"losses", &MirrorStats::losses, "Losses of the connection to the store."},
    {"holder_pages", &MirrorStats::holder_pages, "Pages of holder sets read."},
    {"holders_read", &MirrorStats::holders_read, "Members of holder sets read."},
    {"image_pages", &MirrorStats::image_pages, "Pages of account images read."},
    {"images_read", &MirrorStats::images_read, "Account images read."},
    {"images_missing", &MirrorStats::images_missing, "Account images that were not there."},
    {"instruments_read", &MirrorStats::instruments_read, "Instrument specifications read."},
    {"read_failures", &MirrorStats::read_failures, "Reads that failed and are retried."},
    {"junk_members", &MirrorStats::junk_members, "Members of holder sets that name no account."},
    {"changes", &MirrorStats::changes, "Keys the store said had changed."},
    {"adopted", &MirrorStats::adopted, "Accounts that became known after the start."},
    {"warm_accounts", &MirrorStats::warm_accounts, "Accounts known from the local image."},
    {"warm_images", &MirrorStats::warm_images, "Local images written for the next start."},
    {"warm_failures", &MirrorStats::warm_failures, "Local images that could not be written."},
});

inline constexpr auto beat_fields = std::to_array<Field<BeatLoopStats>>({
    {"beats", &BeatLoopStats::beats, "Beats."},
    {"late", &BeatLoopStats::late, "Beats that began late."},
    {"missed", &BeatLoopStats::missed, "Beats that were skipped."},
    {"snapshot_batches", &BeatLoopStats::snapshot_batches, "Batches of snapshots written."},
    {"snapshots_written", &BeatLoopStats::snapshots_written, "Snapshots written."},
    {"snapshots_refused", &BeatLoopStats::snapshots_refused,
     "Snapshots whose key holds something else."},
    {"write_failures", &BeatLoopStats::write_failures, "Batches of snapshots not written."},
    {"events_appended", &BeatLoopStats::events_appended, "Events appended to the stream."},
    {"events_known", &BeatLoopStats::events_known, "Events that were in the stream already."},
    {"event_failures", &BeatLoopStats::event_failures, "Appends that failed and are retried."},
    {"control_failures", &BeatLoopStats::control_failures,
     "Reads of the control hash that failed."},
});

/// Times, for /v1/status alone; /metrics gives them in seconds.
inline constexpr auto beat_times = std::to_array<Field<BeatLoopStats, std::int64_t>>({
    {"recompute_us_last", &BeatLoopStats::recompute_us_last, "The last computation.",
     FieldKind::gauge},
    {"recompute_us_max", &BeatLoopStats::recompute_us_max, "The longest computation.",
     FieldKind::gauge},
    {"beat_us_last", &BeatLoopStats::beat_us_last, "The last beat, from due to written.",
     FieldKind::gauge},
    {"beat_us_max", &BeatLoopStats::beat_us_max, "The longest beat.", FieldKind::gauge},
});

inline constexpr auto server_fields = std::to_array<Field<ServerStats>>({
    {"connections", &ServerStats::connections, "Connections accepted."},
    {"connections_refused", &ServerStats::connections_refused, "Refused: too many in all."},
    {"connections_refused_address", &ServerStats::connections_refused_address,
     "Refused: too many from one address."},
    {"accept_failures", &ServerStats::accept_failures, "Pauses in accepting."},
    {"requests", &ServerStats::requests, "Requests answered."},
    {"requests_refused", &ServerStats::requests_refused, "Refused before any route saw them."},
    {"unauthorized", &ServerStats::unauthorized, "Requests without a valid token."},
    {"responses_2xx", &ServerStats::responses_2xx, "Answers of success."},
    {"responses_4xx", &ServerStats::responses_4xx, "Answers that blame the client."},
    {"responses_5xx", &ServerStats::responses_5xx, "Answers that blame the server."},
    {"bytes_sent", &ServerStats::bytes_sent, "Bytes sent."},
    {"idle_timeouts", &ServerStats::idle_timeouts, "Idle connections closed."},
    {"request_timeouts", &ServerStats::request_timeouts, "Requests that took too long to arrive."},
    {"write_timeouts", &ServerStats::write_timeouts, "Answers that took too long to be taken."},
    {"pipelines_cut", &ServerStats::pipelines_cut, "Pipelines that were too long."},
    {"handler_failures", &ServerStats::handler_failures, "Answers that failed."},
    {"connections_open", &ServerStats::connections_open, "Connections open.", FieldKind::gauge},
});
static_assert(covers(server_fields));

/// Names of AccountState, in its order.
inline constexpr std::array<std::string_view, 4> state_names{"ok", "margin_call", "stop_out",
                                                             "recovering"};

}  // namespace margind::http
