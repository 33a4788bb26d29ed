#include "replay/options.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <filesystem>

#include "common/option_texts.hpp"
#include "margind/core/base/decimal.hpp"
#include "wire/feed_time.hpp"
#include "wire/redis_url.hpp"

namespace margind::replay {
namespace {

constexpr const char* about =
    "Replays recorded prices: in process over a book of accounts, or into a Redis for a live\n"
    "daemon. Feeds are CSV, or - for the standard input, and recordings (*.ticks), each plain,\n"
    "gzip or zstd; several are merged by time. A *.scenario file is run and its expectations are\n"
    "checked.";

constexpr const char* examples =
    "Examples:\n"
    "  margind-load book --accounts 2000 --out book.jsonl\n"
    "  margind-replay day.csv.gz --book book.jsonl            in process, as fast as it goes\n"
    "  margind-replay day.csv.gz --book book.jsonl --stats json --events events.jsonl\n"
    "  margind-replay eur.csv.zst gbp.csv --map time,symbol,bid,ask --from 2014-05-08T12:00\n"
    "  margind-replay day.csv.gz --redis redis://127.0.0.1:6379 --speed 10x\n"
    "  margind-replay day.csv.gz --record day.ticks           CSV into a recording, read faster\n"
    "  margind-replay day.ticks --book book.jsonl --symbols EURUSD,XAUUSD\n"
    "  margind-replay tests/golden/style_example.scenario\n"
    "In process there is a beat at every multiple of the interval; a tick stamped exactly on one\n"
    "belongs to the next. Exit codes: 0 ok; 1 failure, also where no tick was usable, a\n"
    "file was damaged or the replay was interrupted; 2 usage.";

constexpr const char* map_help =
    "columns of CSV in order: ts_ms|ts_us|ts_ns|ts_s|time (ISO 8601, UTC), symbol, bid, ask, "
    "arrival_ms, symbol=NAME for a file of one, - for a column to ignore; default: what the header "
    "says, else "
    "ts_ms,symbol,bid,ask";

/// The texts of the command line, before they are understood.
struct Texts {
    std::string redis;
    std::string password_file;
    std::string map;
    std::string rules = "standard";
    std::string speed;
    std::string from;
    std::string to;
    std::string symbols;
    std::string stats = "text";
    std::string payload = "bare";
    std::string types = "live,demo";
};

void add_options(CLI::App& app, Options& options, Texts& texts) {
    app.add_option("feed", options.feeds, "CSV files and recordings, or scenarios")->required();
    app.add_option("--book", options.book, "accounts, as margind-load writes them (JSON lines)");
    app.add_option("--redis", texts.redis, "redis://[user@]host[:port][/db] or unix:///path")
        ->excludes("--book");
    app.add_option("--password-file", texts.password_file, "file with the password of Redis");
    app.add_option("--map", texts.map, map_help);
    app.add_option("--rules", texts.rules, "rule set: standard or platform")->capture_default_str();
    app.add_option("--speed", texts.speed,
                   "1x, 10x, … or max; default max in process, 1x into Redis");
    app.add_option("--from", texts.from, "first moment (ISO 8601 UTC, or epoch ms)");
    app.add_option("--to", texts.to, "moment after the last (likewise)");
    app.add_option("--symbols", texts.symbols, "only these: A,B,…");
    app.add_option("--stats", texts.stats, "text or json")->capture_default_str();
    app.add_option(
        "--record", options.record,
        "append every price to this file: a recording if its name ends in .ticks, else CSV");
    app.add_option("--events", options.events, "write one JSON line for each event (in process)");
    app.add_flag("--keep-ts", options.keeps_ts, "into Redis: the recorded stamps, not now");
    app.add_option("--channel", options.channel, "into Redis: channel of the prices")
        ->capture_default_str();
    app.add_option("--payload", texts.payload, "into Redis: bare or json")->capture_default_str();
    app.add_option("--currency", options.currency, "currency of accounts that do not say")
        ->capture_default_str();
    app.add_option("--types", texts.types, "account types, in order of precedence")
        ->capture_default_str();
    app.add_option("--beat-ms", options.beat_ms, "interval of the beat, in process")
        ->capture_default_str();
    app.add_flag("--armed", options.is_armed, "stop-outs in earnest, not in dry run");
}

/// Understands the texts; every problem is one line.
class Reader {
public:
    Reader(Options& options, const Texts& texts) : options_{options}, texts_{texts} {}

    tools::OptionProblems read() {
        read_choices();
        read_times();
        read_speed();
        if (!texts_.map.empty()) {
            auto map = wire::ColumnMap::parse(texts_.map);
            if (map) {
                options_.map = std::move(*map);
            } else {
                problems_.add("--map", map.error());
            }
        }
        if (!texts_.redis.empty()) {
            options_.redis = tools::RedisLogin{texts_.redis, texts_.password_file};
            const auto url = wire::parse_redis_url(texts_.redis);
            if (!url) problems_.add("--redis", url.error());
            const auto password = tools::read_password(texts_.password_file);
            if (!password) problems_.add("--password-file", password.error());
        }
        if (!texts_.symbols.empty()) {
            options_.symbols = problems_.names("--symbols", texts_.symbols);
        }
        options_.types = problems_.names("--types", texts_.types);
        if (options_.beat_ms < 10 || options_.beat_ms > 60'000) {
            problems_.add("--beat-ms", "expected 10 to 60,000 milliseconds");
        }
        if (!options_.events.empty() && options_.redis) {
            problems_.add("--events",
                          "events are those of the engine in process, not of a live daemon");
        }
        read_feeds();
        return std::move(problems_);
    }

private:
    void read_choices() {
        const bool is_platform = problems_.choose("--rules", texts_.rules, "standard", "platform");
        options_.rules = is_platform ? RuleSetKind::platform : RuleSetKind::standard;
        options_.as_json = problems_.choose("--stats", texts_.stats, "text", "json");
        const bool is_json = problems_.choose("--payload", texts_.payload, "bare", "json");
        options_.payload = is_json ? Payload::json : Payload::bare;
    }

    std::optional<std::int64_t> read_time(std::string_view option, const std::string& text) {
        if (text.empty()) return std::nullopt;
        const auto ms = wire::parse_time(text);
        if (!ms) {
            problems_.add(
                option, fmt::format("expected 2014-05-08T12:30:00 or epoch ms, found '{}'", text));
        }
        return ms;
    }

    void read_times() {
        options_.from_ms = read_time("--from", texts_.from);
        options_.to_ms = read_time("--to", texts_.to);
        if (options_.from_ms && options_.to_ms && *options_.from_ms >= *options_.to_ms) {
            problems_.add("--to", "expected a moment after --from");
        }
    }

    void read_speed() {
        std::string_view text = texts_.speed;
        if (text.empty()) text = texts_.redis.empty() ? "max" : "1x";
        if (text == "max") return;
        const bool has_unit = text.ends_with('x');
        const auto speed = parse_real(text.substr(0, text.size() - (has_unit ? 1 : 0)));
        if (!has_unit || !speed || !(*speed > 0.0 && *speed <= 1e6)) {
            problems_.add(
                "--speed",
                fmt::format("expected max, or 1x, 10x, … up to 1000000x, found '{}'", text));
            return;
        }
        options_.speed = *speed;
    }

    void read_feeds() {
        std::size_t scenarios = 0;
        std::size_t inputs = 0;
        for (const std::string& feed : options_.feeds) {
            scenarios += feed.ends_with(".scenario") ? 1 : 0;
            inputs += feed == "-" ? 1 : 0;
            require_file(feed);
            require_other_file(feed);
        }
        if (inputs > 1) problems_.add("feed", "the standard input can be read once");
        if (!options_.book.empty()) require_file(options_.book);
        options_.has_scenarios = scenarios > 0;
        if (scenarios > 0 && scenarios < options_.feeds.size()) {
            problems_.add("feed", "scenarios and price files do not mix");
        }
        if (scenarios > 0 && (options_.redis || !options_.book.empty())) {
            problems_.add("feed", "a scenario brings its own accounts and runs in process");
        }
    }

    /// A replay that reads what it writes would never end.
    void require_other_file(const std::string& feed) {
        std::error_code error;
        if (!options_.record.empty() && std::filesystem::equivalent(feed, options_.record, error)) {
            problems_.add("--record", fmt::format("'{}' is one of the feeds", options_.record));
        }
    }

    void require_file(const std::string& path) {
        std::error_code error;
        if (path == "-" || std::filesystem::exists(path, error)) return;
        problems_.add(path, "no such file");
    }

    Options& options_;
    const Texts& texts_;
    tools::OptionProblems problems_;
};

}  // namespace

std::variant<Options, int> parse_options(int argc, const char* const* argv) {
    constexpr int usage = 2;
    Options options;
    Texts texts;
    CLI::App app{about, "margind-replay"};
    app.footer(examples);
    add_options(app, options, texts);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : usage;
    }
    if (!Reader{options, texts}.read().report("margind-replay")) return usage;
    return options;
}

}  // namespace margind::replay
