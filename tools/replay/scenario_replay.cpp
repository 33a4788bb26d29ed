#include "replay/scenario_replay.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <string>

#include "adapters/file/byte_source.hpp"
#include "replay/engine_replay.hpp"
#include "replay/statistics.hpp"
#include "wire/scenario_runner.hpp"

namespace margind::replay {
namespace {

constexpr std::size_t scenario_bytes_max = 16 * 1024 * 1024;

std::expected<std::string, std::string> read_text(const std::string& path) {
    auto source = file::ByteSource::open(path);
    if (!source) return std::unexpected{std::move(source.error())};
    std::string text;
    std::string block(64 * 1024, '\0');
    for (std::size_t count = source->read(block); count > 0; count = source->read(block)) {
        text.append(block, 0, count);
        if (text.size() > scenario_bytes_max) return std::unexpected{path + ": too long"};
    }
    if (!source->damage().empty()) return std::unexpected{source->damage()};
    return text;
}

/// Sums over several scenarios.
struct Totals {
    std::uint64_t scenarios = 0;
    std::uint64_t checks = 0;
    std::uint64_t failures = 0;
};

int tell(const std::vector<wire::ScenarioProblem>& problems, const std::string& path) {
    for (const auto& problem : problems) fmt::print(stderr, "{}\n", problem.in_file(path));
    return problems.empty() ? 0 : 1;
}

void print(const Options& options, const Statistics& statistics) {
    const std::string text = options.as_json ? statistics.json() : statistics.text();
    std::fwrite(text.data(), 1, text.size(), stdout);
}

int replay_scenario(const Options& options, const std::string& path, Totals& totals) {
    constexpr int usage = 2;
    const auto text = read_text(path);
    if (!text) {
        fmt::print(stderr, "margind-replay: {}\n", text.error());
        return 1;
    }
    const auto scenario = wire::parse_scenario(*text);
    if (!scenario) {
        tell(scenario.error(), path);
        return usage;
    }
    wire::ScenarioRunner runner{*scenario};
    const auto failures = runner.run();
    ++totals.scenarios;
    totals.checks += runner.checks();
    totals.failures += failures.size();
    if (options.feeds.size() == 1) {
        Statistics statistics;
        statistics.add("ticks", runner.engine().stats().ticks);
        statistics.add_engine(runner.engine());
        statistics.add("checks", totals.checks);
        statistics.add("failures", totals.failures);
        print(options, statistics);
    }
    return tell(failures, path);
}

}  // namespace

int replay_scenarios(const Options& options) {
    Totals totals;
    int worst = 0;
    for (const std::string& path : options.feeds) {
        worst = std::max(worst, replay_scenario(options, path, totals));
    }
    if (options.feeds.size() > 1) {
        Statistics statistics;
        statistics.add("scenarios", totals.scenarios);
        statistics.add("checks", totals.checks);
        statistics.add("failures", totals.failures);
        print(options, statistics);
    }
    return worst;
}

}  // namespace margind::replay
