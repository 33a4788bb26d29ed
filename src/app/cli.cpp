#include "app/cli.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>

#include "app/commands.hpp"
#include "app/demo.hpp"
#include "app/rule_lint.hpp"
#include "app/serve.hpp"
#include "app/version.hpp"

namespace margind::app {
namespace {

constexpr const char* about =
    "Keeps equity, margin and P/L of every trading account true while prices move, and says at "
    "once\n"
    "which accounts are in margin call or must be stopped out.";

constexpr const char* examples =
    "Examples:\n"
    "  margind demo --seconds 20                  a seeded market in memory, nothing else needed\n"
    "  margind validate margind.toml              every problem of a configuration at once\n"
    "  margind serve --config margind.toml        beside the Redis of a trading platform\n"
    "  margind account live:1001                  one account of a running service\n"
    "  margind evaluate case.json                 one account worked out on paper\n"
    "Exit codes: 0 ok, 1 failure, 2 usage or configuration.";

/// What several commands take.
struct Common {
    std::string config;
    Strings overrides;
    bool as_json = false;
    Query query;
};

void add_config(CLI::App& command, Common& common) {
    command.add_option("-c,--config", common.config, "TOML file; without it the defaults hold")
        ->check(CLI::ExistingFile);
    command.add_option("--set", common.overrides, "section.key=value, above file and environment")
        ->allow_extra_args(false);
}

void add_query(CLI::App& command, Common& common) {
    command.add_option("--url", common.query.url, "where the service's HTTP listens")
        ->capture_default_str();
    command.add_option("--token-file", common.query.token_file, "file with the bearer token");
    command.add_flag("--json", common.query.as_json, "the service's answer as it is");
}

class Cli {
public:
    Cli() : app_{about, "margind"} {
        app_.require_subcommand(1);
        app_.footer(examples);
        app_.set_version_flag("--version", std::string{version_text});
        add_running();
        add_paper();
        add_asking();
    }

    int run(int argc, char** argv) {
        try {
            app_.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            return app_.exit(error) == 0 ? exit_ok : exit_usage;
        }
        return action_();
    }

private:
    CLI::App& add(const char* name, const char* description, std::function<int()> action) {
        CLI::App* command = app_.add_subcommand(name, description);
        command->callback([this, action = std::move(action)] { action_ = action; });
        return *command;
    }

    void add_running() {
        CLI::App& serve = add("serve", "Run beside a trading platform's Redis", [this] {
            return with_config([this](const LoadedConfig& loaded) {
                return margind::app::serve(loaded.config, serve_);
            });
        });
        add_config(serve, common_);
        serve.add_option(
            "--record", serve_.record,
            "file that gets every price of a symbol somebody holds: a recording if its "
            "name ends in .ticks, else CSV");
        serve.add_flag("--fail-fast", serve_.fails_fast,
                       "end when Redis is not there at the start");

        CLI::App& demo = add("demo", "Run on a store and a market in memory", [this] {
            return with_config([this](const LoadedConfig& loaded) {
                return margind::app::demo(loaded.config, demo_);
            });
        });
        add_config(demo, common_);
        demo.add_option("--seconds", demo_.seconds,
                        "end by itself after so many seconds; 0 = never")
            ->check(CLI::Range(0, 86'400));
        demo.add_option("--accounts", demo_.accounts, "accounts; 0 = as configured (10,000)")
            ->check(CLI::Range(0, 10'000'000));
    }

    void add_paper() {
        CLI::App& evaluate = add("evaluate", "Work one account out on paper", [this] {
            return has_lines_ ? evaluate_lines(path_) : evaluate_file(path_);
        });
        evaluate.add_option("file", path_, "JSON document, - for standard input")->required();
        evaluate.add_flag("--lines", has_lines_, "a document on each line, and an answer likewise");
        CLI::App& validate = add("validate", "Check a configuration, all problems at once", [this] {
            const int code =
                lint_rules(load_config(path_, margind_environment(), common_.overrides), lint_);
            if (code == exit_ok) fmt::print("configuration is valid\n");
            return code;
        });
        validate.add_option("config", path_, "TOML file")->required()->check(CLI::ExistingFile);
        validate
            .add_option("--pack", lint_.pack,
                        "hold the rules against a regulator's: esma, fca (retail CFDs), nfa")
            ->check(CLI::IsMember({"none", "esma", "fca", "nfa"}));
        validate
            .add_option("--book", lint_.book,
                        "book file: check its groups, specifications and accounts as well")
            ->check(CLI::ExistingFile);
        CLI::App& print = add("print-config", "Show every value and where it came from", [this] {
            return with_config([this](const LoadedConfig& loaded) {
                fmt::print("{}", print_config(loaded, common_.as_json));
                return exit_ok;
            });
        });
        add_config(print, common_);
        print.add_flag("--json", common_.as_json, "as JSON");
        add("version", "Show the version", [] {
            fmt::print("margind {}\n", version_text);
            return exit_ok;
        });
    }

    void add_asking() {
        Common& common = common_;
        add_query(add("status", "Ask a running service how it is",
                      [&common] { return ask_status(common.query); }),
                  common);
        CLI::App& dirty = add("dirty", "List accounts not yet recalculated or written",
                              [this] { return ask_dirty(common_.query, what_); });
        dirty.add_option("type", what_, "account type, such as live")->required();
        dirty.add_option("--limit", common.query.limit, "accounts of a page, 1 to 1,000")
            ->check(CLI::Range(1, 1'000));
        dirty.add_option("--cursor", common.query.cursor, "next_cursor of the page before");
        add_query(dirty, common);
        CLI::App& account = add("account", "Show one account, and why it stands where it does",
                                [this] { return ask_account(common_.query, what_); });
        account.add_option("id", what_, "type:id, such as live:1001")->required();
        add_query(account, common);
        CLI::App& health = add("healthcheck", "Exit 0 when the service is alive (or --ready)",
                               [this] { return ask_health(common_.query, is_ready_asked_); });
        add_query(health, common);
        add_config(health, common);
        health.add_flag("--ready", is_ready_asked_, "ask for readiness instead of liveness");
    }

    int with_config(const std::function<int(const LoadedConfig&)>& action) {
        const LoadedConfig loaded =
            load_config(common_.config, margind_environment(), common_.overrides);
        if (loaded.problems.empty()) return action(loaded);
        for (const std::string& problem : loaded.problems) fmt::print(stderr, "{}\n", problem);
        fmt::print(stderr, "margind: {} problem{} in the configuration\n", loaded.problems.size(),
                   loaded.problems.size() == 1 ? "" : "s");
        return exit_usage;
    }

    CLI::App app_;
    Common common_;
    ServeOptions serve_;
    LintOptions lint_;
    DemoOptions demo_;
    std::string path_;
    std::string what_;
    bool is_ready_asked_ = false;
    bool has_lines_ = false;
    std::function<int()> action_;
};

}  // namespace

int run(int argc, char** argv) {
    try {
        return Cli{}.run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "margind: {}\n", error.what());
        return exit_failure;
    }
}

}  // namespace margind::app
