#include "load/options.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <string>
#include <utility>

#include "common/option_texts.hpp"
#include "margind/core/base/decimal.hpp"
#include "wire/redis_keys.hpp"
#include "wire/redis_url.hpp"

namespace margind::load {
namespace {

constexpr double seconds_max = 365.0 * 24 * 3'600;
constexpr double price_max = 1e9;

constexpr const char* about =
    "Makes accounts, orders, specifications and prices in the keys of the contract, the same ones\n"
    "for the same seed: as a book file for margind-replay, or into a Redis; and a market that "
    "moves.";

constexpr const char* examples =
    "Examples:\n"
    "  margind-load book --accounts 2000 --seed 7 --out book.jsonl\n"
    "  margind-load redis --accounts 20000 --positions 3 --symbols EURUSD,USDJPY,XAUUSD\n"
    "  margind-load redis --accounts 1000 --currencies USD,JPY --danger 0.5 --prices "
    "EURUSD=1.3925\n"
    "  margind-load market --rate 5000 --seed 7 --seconds 60\n"
    "  margind-load market --rate 200 --payload json --shock=-3%@10s --shock XAUUSD:5%@20s\n"
    "Exit codes: 0 ok, 1 failure, 2 usage.";

/// The texts of the command line, before they are understood.
struct Texts {
    std::string symbols = "EURUSD,NZDUSD,XAUUSD";
    std::string types = "live,demo";
    std::string currencies = "USD,EUR,GBP,JPY";
    std::string groups = "Standard,VIP";
    std::string prices;
    std::vector<std::string> shocks;
    std::string payload = "bare";
    std::string stats = "text";
};

class Commands {
public:
    Commands(Options& options, Texts& texts) : options_{options}, texts_{texts} {
        app_.require_subcommand(1);
        app_.footer(examples);
        add_book();
        add_redis();
        add_market();
    }

    CLI::App& app() { return app_; }
    [[nodiscard]] Command chosen() const {
        if (market_->parsed()) return Command::market;
        return redis_->parsed() ? Command::redis : Command::book;
    }

private:
    void add_common(CLI::App& command) {
        command.add_option("--seed", options_.book.seed, "the same seed makes the same data")
            ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1'000'000'000'000'000'000}))
            ->capture_default_str();
        command.add_option("--symbols", texts_.symbols, "A,B,…")->capture_default_str();
        command.add_option("--prices", texts_.prices, "start prices: EURUSD=1.3925,…");
        command.add_option("--stats", texts_.stats, "text or json")->capture_default_str();
    }

    void add_accounts(CLI::App& command) {
        memory::BookOptions& book = options_.book;
        command.add_option("--accounts", book.accounts, "how many")->capture_default_str();
        command.add_option("--positions", book.positions, "of each account")->capture_default_str();
        command.add_option("--types", texts_.types, "account types")->capture_default_str();
        command.add_option("--currencies", texts_.currencies, "account currencies")
            ->capture_default_str();
        command.add_option("--groups", texts_.groups, "groups")->capture_default_str();
        command
            .add_option("--danger", book.danger,
                        "share of the accounts whose margin level starts between 55 and 140 %")
            ->capture_default_str();
        command.add_option("--first-id", book.first_id, "id of the first account")
            ->capture_default_str();
    }

    void add_server(CLI::App& command) {
        command.add_option("--redis", options_.redis.url, "redis://[user@]host[:port][/db]")
            ->capture_default_str();
        command.add_option("--password-file", options_.redis.password_file,
                           "file with the password of Redis");
    }

    void add_book() {
        CLI::App* command = app_.add_subcommand("book", "accounts into a book file (JSON lines)");
        add_common(*command);
        add_accounts(*command);
        command->add_option("--out", options_.out, "the file, or - for the standard output")
            ->required();
    }

    void add_redis() {
        redis_ = app_.add_subcommand("redis", "accounts into a Redis");
        add_common(*redis_);
        add_accounts(*redis_);
        add_server(*redis_);
    }

    void add_market() {
        market_ = app_.add_subcommand("market", "a market at random, into a Redis");
        add_common(*market_);
        add_server(*market_);
        market_->add_option("--rate", options_.ticks_per_second, "ticks a second")
            ->capture_default_str();
        market_->add_option("--seconds", options_.seconds, "how long; 0 = until stopped")
            ->capture_default_str();
        market_->add_option("--volatility", options_.volatility, "times the usual")
            ->capture_default_str();
        market_
            ->add_option(
                "--shock", texts_.shocks,
                "[SYMBOL:]PERCENT%@TIME, as in --shock=-3%@10s; more than one may be given")
            ->allow_extra_args(false);
        market_->add_option("--payload", texts_.payload, "bare or json")->capture_default_str();
        market_->add_option("--channel", options_.channel, "channel of the prices")
            ->capture_default_str();
    }

    Options& options_;
    Texts& texts_;
    CLI::App app_{about, "margind-load"};
    CLI::App* redis_ = nullptr;
    CLI::App* market_ = nullptr;
};

/// Understands the texts; every problem is one line.
class Reader {
public:
    Reader(Options& options, const Texts& texts) : options_{options}, texts_{texts} {}

    tools::OptionProblems read() {
        memory::BookOptions& book = options_.book;
        book.symbols = problems_.names("--symbols", texts_.symbols);
        book.types = problems_.names("--types", texts_.types);
        book.currencies = problems_.names("--currencies", texts_.currencies);
        book.groups = problems_.names("--groups", texts_.groups);
        read_prices();
        options_.as_json = problems_.choose("--stats", texts_.stats, "text", "json");
        options_.is_json_payload = problems_.choose("--payload", texts_.payload, "bare", "json");
        for (const std::string& text : texts_.shocks) {
            auto shock = memory::parse_shock(text);
            if (!shock) {
                problems_.add("--shock", shock.error());
            } else if (is_traded(shock->symbol)) {
                options_.shocks.push_back(std::move(*shock));
            } else {
                problems_.add("--shock", fmt::format("'{}' is none of the symbols", shock->symbol));
            }
        }
        if (!(options_.ticks_per_second > 0.0 && options_.ticks_per_second <= 10'000'000.0)) {
            problems_.add("--rate", "expected a number above 0, up to 10,000,000");
        }
        if (!(options_.seconds >= 0.0 && options_.seconds <= seconds_max)) {
            problems_.add("--seconds", "expected 0 to 31,536,000, a year");
        }
        if (!(options_.volatility >= 0.0 && options_.volatility <= 1'000.0)) {
            problems_.add("--volatility", "expected a factor from 0 to 1,000");
        }
        if (options_.command != Command::book) {
            const auto url = wire::parse_redis_url(options_.redis.url);
            if (!url) problems_.add("--redis", url.error());
            const auto password = tools::read_password(options_.redis.password_file);
            if (!password) problems_.add("--password-file", password.error());
        }
        return std::move(problems_);
    }

private:
    [[nodiscard]] bool is_traded(const std::string& symbol) const {
        const auto& symbols = options_.book.symbols;
        return symbol.empty() || std::ranges::find(symbols, symbol) != symbols.end();
    }

    void read_prices() {
        for (const std::string& part : tools::split(texts_.prices)) {
            const std::size_t equals = part.find('=');
            const auto price = equals == std::string::npos
                                   ? std::nullopt
                                   : parse_real(std::string_view{part}.substr(equals + 1));
            if (!price || !(*price > 0.0 && *price <= price_max)) {
                problems_.add("--prices", fmt::format("expected EURUSD=1.3925, found '{}'", part));
                continue;
            }
            std::string symbol = part.substr(0, equals);
            auto& prices = options_.book.prices;
            if (std::ranges::find(prices, symbol, &std::pair<std::string, double>::first) !=
                prices.end()) {
                problems_.add("--prices", fmt::format("'{}' is there twice", symbol));
            }
            prices.emplace_back(std::move(symbol), *price);
        }
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
    Commands commands{options, texts};
    try {
        commands.app().parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return commands.app().exit(error) == 0 ? 0 : usage;
    }
    options.command = commands.chosen();
    tools::OptionProblems problems = Reader{options, texts}.read();
    if (problems.is_empty()) {
        const auto generator = memory::BookGenerator::make(options.book);
        if (!generator) problems.add(generator.error());
    }
    if (!problems.report("margind-load")) return usage;
    return options;
}

}  // namespace margind::load
