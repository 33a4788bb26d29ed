#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "app/config.hpp"
#include "app/config_schema.hpp"
#include "app/engine_options.hpp"
#include "support/paths.hpp"

namespace margind::app {
namespace {

/// A configuration file that lives as long as the test.
class ConfigFile {
public:
    explicit ConfigFile(const std::string& text) {
        static int number = 0;
        path_ = std::filesystem::temp_directory_path() /
                ("margind-config-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
        std::ofstream{path_} << text;
    }
    ~ConfigFile() { std::filesystem::remove(path_); }
    ConfigFile(const ConfigFile&) = delete;
    ConfigFile& operator=(const ConfigFile&) = delete;
    [[nodiscard]] std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

LoadedConfig load(const std::string& text) { return load_config(ConfigFile{text}.path(), {}, {}); }

bool mentions(const LoadedConfig& loaded, const std::string& text) {
    for (const std::string& problem : loaded.problems) {
        if (problem.find(text) != std::string::npos) return true;
    }
    return false;
}

TEST_CASE("without a file the defaults hold and are valid") {
    const LoadedConfig loaded = load_config("", {}, {});
    CHECK(loaded.problems.empty());
    CHECK(loaded.config.beat.interval_ms == 200);
    CHECK(loaded.sources.at("beat.interval_ms") == "default");
}

TEST_CASE("a local image is off until it has a file, which is no folder") {
    CHECK(Config{}.warm_start.file.empty());
    const LoadedConfig loaded = load("[warm_start]\nfile = \"/var/lib/warm/\"\ninterval_s = -1\n");
    CHECK(mentions(loaded, "warm_start.file: expected a file, found a folder"));
    CHECK(mentions(loaded, "warm_start.interval_s: -1 is below 0"));
}

TEST_CASE("config/margind.toml says every key and its default") {
    const std::string path = test::source_dir() + "/config/margind.toml";
    LoadedConfig loaded = load_config(path, {}, {});
    CHECK(loaded.problems.empty());
    LoadedConfig defaults = load_config("", {}, {});
    for (const Field& field : schema(loaded.config)) {
        INFO(field.name);
        CHECK(loaded.sources.at(field.name) != "default");
    }
    loaded.sources = defaults.sources;
    CHECK(print_config(loaded, false) == print_config(defaults, false));
}

TEST_CASE("config/demo.toml is valid") {
    const std::string path = test::source_dir() + "/config/demo.toml";
    CHECK(load_config(path, {}, {}).problems.empty());
}

TEST_CASE("every problem is told at once, with line, column and the nearest key") {
    const LoadedConfig loaded = load("[beat]\ninterval_m = 100\n[http]\nlisten = 7\n");
    CHECK(loaded.problems.size() == 2);
    CHECK(mentions(loaded, ":2:1: beat.interval_m: unknown key; did you mean beat.interval_ms?"));
    CHECK(mentions(loaded, ":4:1: http.listen: expected a text in quotes"));
}

TEST_CASE("a number outside its limits is refused with both") {
    CHECK(mentions(load("[beat]\ninterval_ms = 5\n"), "beat.interval_ms: 5 is below 10"));
}

TEST_CASE("a level with more than two decimals is refused, not rounded") {
    for (const std::string key : {"margin_call_level", "stop_out_level", "leave_gap"}) {
        CAPTURE(key);
        CHECK(mentions(load("[rules]\n" + key + " = 60.005\n"),
                       "rules." + key + ": expected at most two decimals, found 60.005"));
        CHECK(load("[rules]\n" + key + " = 60.05\n").problems.empty());
    }
}

TEST_CASE("a text that is no choice is refused with the choices") {
    CHECK(mentions(load("[snapshots]\nmode = \"loud\"\n"),
                   "snapshots.mode: expected one of write, shadow, off, found \"loud\""));
}

TEST_CASE("text that is no TOML is told with its place") {
    CHECK(mentions(load("[beat\n"), ":1:"));
}

TEST_CASE("a password in the URL is refused") {
    CHECK(mentions(load("[redis]\nurl = \"redis://me:secret@host:1\"\n"), "redis.url: a password"));
}

TEST_CASE("the environment stands above the file, an override above both") {
    const ConfigFile file{"[beat]\ninterval_ms = 100\n[log]\nlevel = \"warn\"\n"};
    const LoadedConfig loaded = load_config(
        file.path(), {{"MARGIND_BEAT_INTERVAL_MS", "300"}, {"MARGIND_LOG_LEVEL", "info"}},
        {"log.level=debug"});
    CHECK(loaded.problems.empty());
    CHECK(loaded.config.beat.interval_ms == 300);
    CHECK(loaded.sources.at("beat.interval_ms") == "MARGIND_BEAT_INTERVAL_MS");
    CHECK(loaded.config.log.level == "debug");
    CHECK(loaded.sources.at("log.level") == "--set");
}

TEST_CASE("an override that names no key, or says nothing, is refused") {
    const LoadedConfig loaded = load_config("", {}, {"beat.interval=1", "log.level"});
    CHECK(mentions(loaded, "--set beat.interval: beat.interval: unknown key"));
    CHECK(mentions(loaded, "expected section.key=value"));
}

TEST_CASE("digits of a currency can be set, within reason") {
    CHECK(load("[currencies]\nXYZ = 4\n").config.currency_digits.at("XYZ") == 4);
    CHECK(mentions(load("[currencies]\nXYZ = 12\n"), "currencies.XYZ: expected 0 to 8 digits"));
}

TEST_CASE("problems between keys are told beside those of single keys") {
    const LoadedConfig loaded = load(
        "[redis]\nurl = \"http://x\"\ncluster = true\n[beat]\ninterval_ms = 5\n"
        "[shard]\nindex = 3\n[keys]\nmarket = \"market\"\n");
    CHECK(mentions(loaded, "beat.interval_ms: 5 is below 10"));
    CHECK(mentions(loaded, ":2:1: redis.url: "));
    CHECK(mentions(loaded, ":3:1: redis.cluster: "));
    CHECK(mentions(loaded, ":7:1: shard.index: 3 is not below shard.count 1"));
    CHECK(mentions(loaded, "keys.market"));
    CHECK(loaded.problems.size() == 5);
}

TEST_CASE("what would only follow from a refused key is not told") {
    CHECK(load("[shard]\nindex = 3\ncount = 0\n").problems.size() == 1);
    CHECK(load("[rules]\nset = \"mine\"\nstop_out_level = 60.0\n").problems.size() == 1);
    CHECK(load("[accounts]\ntypes = \"live\"\n").problems.size() == 1);
    CHECK(load("[http]\nlisten = \"0.0.0.0:1\"\ntoken_file = 1\n").problems.size() == 1);
}

TEST_CASE("account types are names that differ") {
    CHECK(mentions(load("[accounts]\ntypes = [\"live\", \"live\"]\n"), "\"live\" is named twice"));
    CHECK(mentions(load("[accounts]\ntypes = [\"live\", \"\"]\n"), "a name is empty"));
    CHECK(mentions(load("[accounts]\ntypes = [\"a:b\"]\n"), "\"a:b\" holds a ':'"));
    const LoadedConfig none = load("[accounts]\ntypes = []\n");
    CHECK(none.problems.size() == 1);
    CHECK(mentions(none, "accounts.types: expected 1 to 32 names, found 0"));
}

TEST_CASE("a stop-out above the margin call in force is refused, set or not") {
    CHECK(mentions(load("[rules]\nstop_out_level = 101.0\n"), "101 is above the 100 of"));
    CHECK(mentions(load("[rules]\nmargin_call_level = 40.0\n"), "50 is above the 40 of"));
    CHECK(mentions(load("[rules]\nset = \"platform\"\nstop_out_level = 60.0\n"), "above the 50"));
    CHECK(load("[rules]\nstop_out_level = 100.0\n").problems.empty());
}

TEST_CASE("margin_conversion and exposure_conversion are one choice under two names") {
    const LoadedConfig second = load("[rules]\nexposure_conversion = \"by_composition\"\n");
    CHECK(second.problems.empty());
    CHECK(engine_options(second.config).rules.margin_conversion ==
          MarginConversion::by_composition);
    CHECK(second.sources.at("rules.margin_conversion") ==
          second.sources.at("rules.exposure_conversion"));
    CHECK(load("[rules]\nmargin_conversion = \"mid\"\n").problems.empty());
    CHECK(load("[rules]\nmargin_conversion = \"by_composition\"\n"
               "exposure_conversion = \"by_composition\"\n")
              .problems.empty());

    const LoadedConfig both =
        load("[rules]\nmargin_conversion = \"mid\"\nexposure_conversion = \"order_side\"\n");
    CHECK(both.problems.size() == 1);
    CHECK(mentions(both,
                   ":3:1: rules.exposure_conversion: order_side, but "
                   "rules.margin_conversion is mid ("));
    const LoadedConfig wrong = load("[rules]\nexposure_conversion = \"mid\"\n");
    CHECK(wrong.problems.size() == 1);
    CHECK(mentions(wrong, "expected one of order_side, by_composition, found \"mid\""));
}

TEST_CASE("lists and currencies can be set on the command line") {
    const LoadedConfig loaded = load_config(
        "", {}, {"currencies.XYZ=4", "conversion.pivots=[\"EUR\", \"USD\"]", "http.hosts=[]"});
    CHECK(loaded.problems.empty());
    CHECK(loaded.config.currency_digits.at("XYZ") == 4);
    CHECK(loaded.config.conversion.pivots == Strings{"EUR", "USD"});
    CHECK(loaded.config.http.hosts.empty());
    CHECK(load_config("", {}, {"accounts.types=a,b"}).config.accounts.types == Strings{"a", "b"});
    CHECK(mentions(load_config("", {}, {"accounts.types=[]"}), "1 to 32 names, found 0"));
    CHECK(mentions(load_config("", {}, {"accounts.types=[a]"}), "expected A,B or [\"A\", \"B\"]"));
    CHECK(mentions(load_config("", {}, {"currencies.XYZ=x"}), "a whole number of digits"));
}

TEST_CASE("a template without its placeholder is refused") {
    CHECK(mentions(load("[keys]\nmarket = \"market\"\n"), "keys.market"));
}

TEST_CASE("what is printed can be read again") {
    const ConfigFile file{print_config(load("[beat]\ninterval_ms = 123\n"), false)};
    const LoadedConfig again = load_config(file.path(), {}, {});
    CHECK(again.problems.empty());
    CHECK(again.config.beat.interval_ms == 123);
}

}  // namespace
}  // namespace margind::app
