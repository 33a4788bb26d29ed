#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/session_settings.hpp"
#include "wire/redis_keys.hpp"

namespace margind::app {

using Strings = std::vector<std::string>;

/// Everything an operator can set, with its default. Units sit in the names. What each key means is
/// said once, in config_schema.cpp; config/margind.toml is held to it by a test.
struct Config {
    struct {
        std::string url = "redis://127.0.0.1:6379";
        bool cluster = false;
        std::string username;
        std::string password_file;
        std::int64_t timeout_ms = 1'000;
    } redis;
    struct {
        Strings types{"live", "demo"};
        std::string currency = "USD";
    } accounts;
    struct {
        std::string set = "standard";
        std::string margin_mode = "hedging";
        double margin_call_level = -1.0;  // below 0: the rule set's own
        double stop_out_level = -1.0;
        std::string level_compare = "le";
        bool credit_in_equity = true;
        bool fully_hedged_stop_out = false;
        double leave_gap = 0.0;
        std::int64_t dwell_ms = 0;
        std::int64_t cooldown_ms = 1'000;
        std::string hedged_margin_mode = "larger_leg";
        std::string valuation_price = "closing_side";
        std::string pnl_conversion = "worst_side";
        std::string margin_conversion = "order_side";
        std::string exposure_conversion;  // another name of it; empty: not said
        std::string pnl_rounding = "by_mode";
        std::string close_policy = "largest_loss";
        std::string level_unit = "percent";
        double two_stage_ratio = 0;
        bool orders_reserve_margin = true;
        bool negative_balance_protection = true;
        bool per_group = true;
        std::int64_t version = 1;
    } rules;
    struct {
        Strings pivots{"USD", "EUR"};
        Strings suffixes;
    } conversion;
    struct {
        std::int64_t max_age_ms = 60'000;
        std::int64_t future_ms_max = 5'000;
        Strings allow_negative;
        std::int64_t confirm_ticks = 3;
        std::int64_t confirm_ms = 800;
        std::int64_t freeze_after_ms = 0;
    } quotes;
    struct {
        std::string reset_time;  // empty: no daily reset
        std::string reset_time_zone = "UTC";
        double daily_loss = 0.0;
        std::string daily_loss_unit = "percent";
        std::string daily_loss_base = "balance";
        bool losses_only = false;
        double drawdown = 0.0;
        std::string drawdown_unit = "percent";
        std::string drawdown_mode = "static";
        std::string drawdown_base = "balance";
        std::string drawdown_update = "live";
        double drawdown_lock = 0.0;
        double peak_start = 0.0;
        double initial_balance = 0.0;
        std::string limit_compare = "le";
    } prop;
    struct {
        std::int64_t interval_ms = 200;
    } beat;
    struct {
        std::string mode = "write";
        std::int64_t per_write = 2'000;
    } snapshots;
    struct {
        std::string mode = "dry_run";
        std::string trigger = "beat";
        std::int64_t persist_ms = 1'000;
        bool watch = true;
        std::int64_t events_per_write = 200;
        std::int64_t ids_kept = 100'000;
        std::int64_t stream_length = 1'000'000;
    } stop_out;
    struct {
        std::string listen = "127.0.0.1:8600";
        std::string token_file;
        bool insecure_bind = false;
        Strings hosts;
        Strings origins;
    } http;
    struct {
        std::string level = "info";
        std::string format = "text";
        std::int64_t statistics_every_symbols = 10'000;
    } log;
    struct {
        std::int64_t index = 0;
        std::int64_t count = 1;
    } shard;
    struct {
        Strings symbols;
        std::int64_t page_accounts = 500;
        std::int64_t sweep_interval_ms = 30'000;
        std::int64_t sweep_parts = 20;
        std::int64_t image_overdue_ms = 1'000;
    } mirror;
    struct {
        std::string file;  // empty: none
        std::int64_t interval_s = 60;
    } warm_start;
    struct {
        std::int64_t accounts_max = 4'000'000;
        std::int64_t symbols_max = 100'000;
        std::int64_t events_pending_max = 100'000;
    } limits;
    struct {
        std::int64_t accounts = 10'000;
        std::int64_t ticks_per_s = 2'000;
        std::int64_t seed = 42;
        double shock_percent = 3.0;
        std::int64_t shock_at_s = 10;
    } demo;
    std::map<std::string, std::int64_t> currency_digits;
    wire::KeyNames keys;
    std::vector<SessionSettings> sessions;  // only from a file
};

/// Where a value came from, for `print-config`: "default", "margind.toml:12", "MARGIND_…", "--set".
using Sources = std::map<std::string, std::string>;

/// A configuration, and everything that is wrong with it. Usable only while `problems` is empty.
struct LoadedConfig {
    Config config;
    Sources sources;
    Strings problems;               // each "file:line:column: key: what was expected and found"
    std::set<std::string> refused;  // keys whose value was none; they have their defaults
    bool is_read = true;            // false: the file is no TOML
};

/// Defaults, then the file (when `path` is not empty), then MARGIND_SECTION_KEY from `environment`,
/// then `overrides` ("section.key=value"). Never throws for bad input.
[[nodiscard]] LoadedConfig load_config(const std::string& path,
                                       const std::map<std::string, std::string>& environment,
                                       const Strings& overrides);

/// The environment variables that begin with MARGIND_.
[[nodiscard]] std::map<std::string, std::string> margind_environment();

/// The configuration as TOML with the source of each value behind it, or as JSON.
[[nodiscard]] std::string print_config(const LoadedConfig& loaded, bool as_json);

}  // namespace margind::app
