#include "app/config_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "app/config_prop.hpp"
#include "app/http_thread.hpp"
#include "app/session_text.hpp"
#include "app/time_zone.hpp"
#include "margind/core/base/exact_scaling.hpp"
#include "margind/core/rules/rules.hpp"
#include "wire/nearest_name.hpp"
#include "wire/redis_url.hpp"

namespace margind::app {
namespace {

Field number(std::string name, std::int64_t& target, double least, double most, std::string why) {
    return {std::move(name), &target, std::move(why), least, most, {}};
}
Field real(std::string name, double& target, double least, double most, std::string why) {
    return {std::move(name), &target, std::move(why), least, most, {}};
}
Field flag(std::string name, bool& target, std::string why) {
    return {std::move(name), &target, std::move(why), 0, 0, {}};
}
Field text(std::string name, std::string& target, std::string why) {
    return {std::move(name), &target, std::move(why), 0, 0, {}};
}
Field choice(std::string name, std::string& target, Strings choices, std::string why) {
    return {std::move(name), &target, std::move(why), 0, 0, std::move(choices)};
}
Field list(std::string name, Strings& target, std::string why) {
    return {std::move(name), &target, std::move(why), 0, 0, {}};
}

constexpr double day_ms = 86'400'000;

template <class Option, std::size_t count>
Strings names_of(const std::pair<std::string_view, Option> (&options)[count]) {
    Strings names;
    for (const auto& [name, option] : options) names.emplace_back(name);
    return names;
}

void add(std::vector<Field>& to, std::vector<Field> fields) {
    to.insert(to.end(), std::make_move_iterator(fields.begin()),
              std::make_move_iterator(fields.end()));
}

std::vector<Field> store_fields(Config& c) {
    return {
        text("redis.url", c.redis.url,
             "redis://host:port/db or unix:///path; never with a password"),
        flag("redis.cluster", c.redis.cluster, "Redis Cluster; not available in this version"),
        text("redis.username", c.redis.username, "ACL user; empty = default"),
        text("redis.password_file", c.redis.password_file,
             "file with the password on its first line"),
        number("redis.timeout_ms", c.redis.timeout_ms, 50, 60'000, "longest wait for one answer"),
        list("accounts.types", c.accounts.types, "account types, the most urgent first"),
        text("accounts.currency", c.accounts.currency, "currency of accounts that do not say"),
    };
}

std::vector<Field> rule_fields(Config& c) {
    return {
        choice("rules.set", c.rules.set, {"standard", "platform"},
               "standard = retail FX/CFD rules; platform = the platform's own figures"),
        choice("rules.margin_mode", c.rules.margin_mode, {"hedging", "netting"},
               "of accounts that do not say"),
        real("rules.margin_call_level", c.rules.margin_call_level, -1, 100'000,
             "level of the margin call; -1 = the rule set's (100, platform 50)"),
        real("rules.stop_out_level", c.rules.stop_out_level, -1, 100'000,
             "level of the stop-out; -1 = the rule set's (50, platform 10)"),
        choice("rules.level_compare", c.rules.level_compare, {"le", "lt"},
               "a level counts as reached at it (le) or below it (lt)"),
        flag("rules.credit_in_equity", c.rules.credit_in_equity, "credit counts as equity"),
        flag("rules.fully_hedged_stop_out", c.rules.fully_hedged_stop_out,
             "negative equity without margin is a stop-out"),
        real("rules.leave_gap", c.rules.leave_gap, 0, 1'000,
             "how far above a level before it is left"),
        number("rules.dwell_ms", c.rules.dwell_ms, 0, day_ms, "and for how long"),
        number("rules.cooldown_ms", c.rules.cooldown_ms, 0, day_ms,
               "least time between two stop-outs of one account"),
        choice("rules.hedged_margin_mode", c.rules.hedged_margin_mode,
               names_of(hedged_margin_names), "margin of a symbol held both ways"),
        choice("rules.valuation_price", c.rules.valuation_price, names_of(valuation_price_names),
               "the price that positions are valued at"),
        choice("rules.pnl_conversion", c.rules.pnl_conversion, names_of(pnl_conversion_names),
               "how a P/L becomes account currency"),
        choice("rules.margin_conversion", c.rules.margin_conversion,
               names_of(margin_conversion_names), "how a margin becomes account currency"),
        choice("rules.exposure_conversion", c.rules.exposure_conversion,
               {"", "order_side", "by_composition"},
               "another name of margin_conversion; empty = not said"),
        choice("rules.pnl_rounding", c.rules.pnl_rounding, names_of(pnl_rounding_names),
               "where a P/L is rounded; by_mode = forex per leg, else per position"),
        choice("rules.close_policy", c.rules.close_policy, names_of(close_policy_names),
               "what a stop-out's plan closes first"),
        choice("rules.level_unit", c.rules.level_unit, names_of(level_unit_names),
               "of margin-call and stop-out levels; money = equity in account currency"),
        real("rules.two_stage_ratio", c.rules.two_stage_ratio, 0, 1,
             "below this share of the stop-out level everything is closed; 0 = never"),
        flag("rules.orders_reserve_margin", c.rules.orders_reserve_margin,
             "pending limit and stop orders hold margin"),
        flag("rules.negative_balance_protection", c.rules.negative_balance_protection,
             "what a client owes after the last close is announced as a deficit"),
        flag("rules.per_group", c.rules.per_group,
             "groups may change these: hash groups:{NAME}:* (rule set standard)"),
        number("rules.version", c.rules.version, 1, 4'000'000'000,
               "of these rules; in the hash that every event names"),
        list("conversion.pivots", c.conversion.pivots, "currencies to convert through, in order"),
        list("conversion.suffixes", c.conversion.suffixes,
             "of pairs to convert by where the bare name has no price, such as .m"),
        number("quotes.max_age_ms", c.quotes.max_age_ms, 0, 7 * day_ms,
               "an older quote values nobody; 0 = quotes do not age"),
        number("quotes.future_ms_max", c.quotes.future_ms_max, 0, day_ms,
               "a stamp further ahead of the clock is ignored"),
        list("quotes.allow_negative", c.quotes.allow_negative,
             "symbols that may trade at or below zero"),
        number("quotes.confirm_ticks", c.quotes.confirm_ticks, 1, 1'000,
               "outliers beyond a symbol's soft_points that are held before the next one counts"),
        number(
            "quotes.confirm_ms", c.quotes.confirm_ms, 1, 60'000,
            "or for how long; with the beat's interval at most a second: a gap is a gap by then"),
        number("quotes.freeze_after_ms", c.quotes.freeze_after_ms, 0, 7 * day_ms,
               "a quote that comes without changing for so long is stale; 0 = never"),
    };
}

std::vector<Field> beat_fields(Config& c) {
    return {
        number("beat.interval_ms", c.beat.interval_ms, 10, 10'000,
               "how often dirty accounts are recomputed and written"),
        choice("snapshots.mode", c.snapshots.mode, {"write", "shadow", "off"},
               "shadow writes to margind:shadow:* and announces nothing"),
        number("snapshots.per_write", c.snapshots.per_write, 1, 100'000,
               "snapshots in one pipelined write"),
        choice("stop_out.mode", c.stop_out.mode, {"dry_run", "armed"},
               "dry_run only says would_stop_out"),
        choice("stop_out.trigger", c.stop_out.trigger, {"beat", "touch", "persist_ms"},
               "when a breach counts: as it is at the beat, at the price that brings it, or when a "
               "stop-out has lasted for persist_ms"),
        number(
            "stop_out.persist_ms", c.stop_out.persist_ms, 1, 600'000,
            "with that trigger: how long beats find an account at its stop-out before it counts"),
        flag("stop_out.watch", c.stop_out.watch,
             "sees what comes to a level between two beats and leaves it again"),
        number("stop_out.events_per_write", c.stop_out.events_per_write, 1, 10'000,
               "events in one call of the script"),
        number("stop_out.ids_kept", c.stop_out.ids_kept, 1'000, 10'000'000,
               "event ids remembered, so that a repeat is dropped"),
        number("stop_out.stream_length", c.stop_out.stream_length, 1'000, 100'000'000,
               "entries kept in an event stream, about"),
    };
}

std::vector<Field> process_fields(Config& c) {
    return {
        text("http.listen", c.http.listen, "address:port; port 0 = any free one; empty = no HTTP"),
        text("http.token_file", c.http.token_file, "file with the bearer token; empty = none"),
        flag("http.insecure_bind", c.http.insecure_bind,
             "allow other addresses than loopback without TLS and token"),
        list("http.hosts", c.http.hosts, "further names accepted in the Host header"),
        list("http.origins", c.http.origins, "accepted Origin headers of browsers"),
        choice("log.level", c.log.level, {"trace", "debug", "info", "warn", "error", "off"},
               "least urgent lines shown"),
        choice("log.format", c.log.format, {"text", "json"}, "one line per happening either way"),
        number("log.statistics_every_symbols", c.log.statistics_every_symbols, 0, 1e12,
               "a statistics line every so many price messages; 0 = never"),
        number("shard.index", c.shard.index, 0, 1'023, "which share of the accounts is ours"),
        number("shard.count", c.shard.count, 1, 1'024, "how many shares there are"),
        list("mirror.symbols", c.mirror.symbols,
             "symbols whose holder sets are read; empty = found by SCAN"),
        number("mirror.page_accounts", c.mirror.page_accounts, 1, 10'000,
               "accounts in one pipelined read"),
        number("mirror.sweep_interval_ms", c.mirror.sweep_interval_ms, 1'000, day_ms,
               "how often holder sets are compared with the book"),
        number("mirror.sweep_parts", c.mirror.sweep_parts, 1, 10'000,
               "each sweep re-reads one of so many parts of all accounts"),
        number("mirror.image_overdue_ms", c.mirror.image_overdue_ms, 100, 60'000,
               "an account whose re-read takes longer is UNKNOWN"),
        text("warm_start.file", c.warm_start.file, "local image for the next start; empty = none"),
        number("warm_start.interval_s", c.warm_start.interval_s, 0, 86'400,
               "how often it is written; 0 = at the end alone"),
        number("limits.accounts_max", c.limits.accounts_max, 1, 100'000'000,
               "accounts known at most"),
        number("limits.symbols_max", c.limits.symbols_max, 16, 10'000'000, "symbols known at most"),
        number("limits.events_pending_max", c.limits.events_pending_max, 100, 10'000'000,
               "events waiting to be written; beyond it states wait, nothing is dropped"),
        number("demo.accounts", c.demo.accounts, 1, 10'000'000, "accounts of margind demo"),
        number("demo.ticks_per_s", c.demo.ticks_per_s, 1, 10'000'000,
               "ticks a second of its market"),
        number("demo.seed", c.demo.seed, 0, 9e15, "the same seed gives the same market"),
        real("demo.shock_percent", c.demo.shock_percent, 0, 50, "how far the shock moves prices"),
        number("demo.shock_at_s", c.demo.shock_at_s, 0, 86'400, "when; 0 = never"),
    };
}

std::vector<Field> key_fields(Config& c) {
    wire::KeyNames& k = c.keys;
    return {
        text("keys.holders", k.holders, "set of the accounts that hold a symbol"),
        text("keys.market", k.market, "hash of a symbol's price"),
        text("keys.account", k.account, "hash of an account's settings"),
        text("keys.account_fallback", k.account_fallback, "where that is empty; empty = nowhere"),
        text("keys.orders_index", k.orders_index, "set of an account's order ids"),
        text("keys.order", k.order, "hash of an order"),
        text("keys.group", k.group, "hash of a group's specification of a symbol"),
        text("keys.portfolio", k.portfolio, "hash of an account's snapshot"),
        text("keys.shadow", k.shadow, "the same in shadow mode"),
        text("keys.events", k.events, "stream of events"),
        text("keys.lease", k.lease, "who is active"),
        text("keys.term", k.term, "fencing token"),
        text("keys.event_ids", k.event_ids, "the last event ids"),
        text("keys.breaches", k.breaches, "breach memory of each account"),
        text("keys.control", k.control, "what the operator decided"),
        text("keys.price_channel", k.price_channel, "announces prices"),
        text("keys.recalc_channel", k.recalc_channel, "asks for recalculation"),
        text("keys.update_channel", k.update_channel, "announces snapshots"),
        text("keys.canary_channel", k.canary_channel,
             "our own heartbeat; not used in this version"),
    };
}

/// The checks that look at more than the text of one key.
class Together {
public:
    Together(const Config& config, const std::set<std::string>& failed)
        : config_{config}, failed_{failed} {}

    Strings check() {
        check_store();
        check_types();
        check_level_decimals();
        check_levels();
        check_trigger();
        check_numbers();
        check_reset();
        check_prop();
        check_http();
        const auto shard = static_cast<unsigned>(config_.shard.index);
        if (const auto keys = wire::compile_keys(config_.keys, shard); !keys) {
            for (const std::string& text : keys.error()) problem("keys." + text);
        }
        return std::move(problems_);
    }

private:
    void problem(std::string text) { problems_.push_back(std::move(text)); }

    [[nodiscard]] bool are_good(std::initializer_list<const char*> keys) const {
        return std::ranges::none_of(keys, [&](const char* key) { return failed_.contains(key); });
    }

    void check_store() {
        if (const auto url = wire::parse_redis_url(config_.redis.url); !url) {
            problem("redis.url: " + url.error());
        }
        if (config_.redis.cluster) {
            problem("redis.cluster: Redis Cluster is not available in this version");
        }
        if (config_.warm_start.file.ends_with('/')) {
            problem("warm_start.file: expected a file, found a folder");
        }
        if (config_.accounts.currency.empty()) {
            problem("accounts.currency: expected a currency code, found nothing");
        }
    }

    void check_types() {
        if (!are_good({"accounts.types"})) return;
        const Strings& types = config_.accounts.types;
        if (types.empty() || types.size() > 32) {
            problem(fmt::format("accounts.types: expected 1 to 32 names, found {}", types.size()));
        }
        std::set<std::string_view> seen;
        for (const std::string& type : types) {
            if (type.empty()) {
                problem("accounts.types: a name is empty");
            } else if (type.find_first_of(":{}") != std::string::npos) {
                problem(fmt::format("accounts.types: \"{}\" holds a ':' or a brace", type));
            } else if (!seen.insert(type).second) {
                problem(fmt::format("accounts.types: \"{}\" is named twice", type));
            }
        }
    }

    void check_level_decimals() {
        const auto& rules = config_.rules;
        for (const auto& [key, level] : {std::pair{"margin_call_level", rules.margin_call_level},
                                         std::pair{"stop_out_level", rules.stop_out_level},
                                         std::pair{"leave_gap", rules.leave_gap}}) {
            const std::string name = fmt::format("rules.{}", key);
            if (failed_.contains(name) || level < 0.0 || level_from_real(level)) continue;
            problem(fmt::format("{}: expected at most two decimals, found {}", name, level));
        }
    }

    /// Of the levels in force: a key below 0 stands for the rule set's own.
    void check_levels() {
        if (!are_good({"rules.set", "rules.margin_call_level", "rules.stop_out_level"})) return;
        const RuleSet own = config_.rules.set == "platform" ? platform_rules() : standard_rules();
        const auto in_force = [](double percent, Level otherwise) {
            return percent < 0.0 ? static_cast<double>(otherwise.value) / 100.0 : percent;
        };
        const double margin_call = in_force(config_.rules.margin_call_level, own.margin_call);
        const double stop_out = in_force(config_.rules.stop_out_level, own.stop_out);
        if (stop_out <= margin_call) return;
        problem(fmt::format(
            "rules.stop_out_level: {} is above the {} of "
            "rules.margin_call_level (-1 = the rule set's own: {} and {})",
            stop_out, margin_call, in_force(-1, own.stop_out), in_force(-1, own.margin_call)));
    }

    /// Figures of the platform's rules are made at the beats.
    void check_trigger() {
        if (!are_good({"rules.set", "stop_out.trigger"})) return;
        if (config_.stop_out.trigger != "touch") return;
        if (config_.rules.set == "platform") {
            problem("stop_out.trigger: rules.set = \"platform\" judges at the beat alone");
        }
        if (!config_.stop_out.watch) {
            problem("stop_out.trigger: \"touch\" needs stop_out.watch = true");
        }
    }

    void check_numbers() {
        const auto& shard = config_.shard;
        if (are_good({"shard.index", "shard.count"}) && shard.index >= shard.count) {
            problem(fmt::format("shard.index: {} is not below shard.count {}", shard.index,
                                shard.count));
        }
        for (const auto& [code, digits] : config_.currency_digits) {
            if (digits >= 0 && digits <= 8) continue;
            problem(fmt::format("currencies.{}: expected 0 to 8 digits, found {}", code, digits));
        }
    }

    /// The time zone database is needed by those only who have a reset.
    void check_reset() {
        const auto& prop = config_.prop;
        const bool has_reset = !prop.reset_time.empty();
        if (!has_reset && prop.reset_time_zone == "UTC") return;
        if (const auto time = parse_time_of_day(prop.reset_time); has_reset && !time) {
            problem("prop.reset_time: " + time.error());
        }
        if (const auto zone = TimeZone::find(prop.reset_time_zone); !zone) {
            problem("prop.reset_time_zone: " + zone.error());
        }
    }

    void check_prop() {
        // A value that was refused is not there: what is missing would only follow from that.
        const auto is_of_prop = [](const std::string& key) { return key.starts_with("prop."); };
        if (std::ranges::any_of(failed_, is_of_prop)) return;
        for (std::string& text : prop_problems(config_)) problem(std::move(text));
    }

    void check_http() {
        if (config_.http.listen.empty()) return;
        http::ServerOptions options = server_options(config_);
        // Whether an open address is guarded cannot be said while what guards it is in doubt.
        if (!are_good({"http.token_file", "http.insecure_bind"})) options.insecure_bind = true;
        if (options.types.empty()) options.types = {"any"};  // told by check_types
        for (const std::string& text : http::problems_of(options)) problem("http: " + text);
    }

    const Config& config_;
    const std::set<std::string>& failed_;
    Strings problems_;
};

}  // namespace

std::vector<Field> schema(Config& config) {
    std::vector<Field> fields;
    add(fields, store_fields(config));
    add(fields, rule_fields(config));
    add(fields, prop_fields(config));
    add(fields, beat_fields(config));
    add(fields, process_fields(config));
    add(fields, key_fields(config));
    return fields;
}

Strings check_together(const Config& config, const std::set<std::string>& failed) {
    return Together{config, failed}.check();
}

std::string nearest(std::string_view name, const std::vector<Field>& fields) {
    std::vector<std::string_view> names;
    for (const Field& field : fields) names.emplace_back(field.name);
    return std::string{wire::nearest_name(name, names)};
}

}  // namespace margind::app
