#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "support/paths.hpp"
#include "wire/scenario_runner.hpp"

using namespace margind;

namespace {

std::vector<std::filesystem::path> scenario_files() {
    std::vector<std::filesystem::path> files;
    const std::filesystem::path folder = test::source_dir() + "/tests/golden";
    for (const auto& entry : std::filesystem::directory_iterator{folder}) {
        if (entry.path().extension() == ".scenario") files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

std::string text_of(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    REQUIRE(in);
    return text.str();
}

}  // namespace

TEST_CASE("every golden case gives the textbook's numbers, and the same ones twice", "[golden]") {
    const auto files = scenario_files();
    REQUIRE(files.size() >= 15);
    for (const auto& path : files) {
        const std::string name = path.filename().string();
        DYNAMIC_SECTION(name) {
            const auto scenario = wire::parse_scenario(text_of(path));
            if (!scenario) {
                for (const auto& problem : scenario.error()) UNSCOPED_INFO(problem.in_file(name));
                FAIL("the scenario cannot be read");
            }
            wire::ScenarioRunner runner{*scenario};
            const auto failures = runner.run();
            for (const auto& failure : failures) UNSCOPED_INFO(failure.in_file(name));
            CHECK(failures.empty());
            CHECK(runner.checks() > 0);

            wire::ScenarioRunner again{*scenario};
            CHECK(again.run().size() == failures.size());
            CHECK(again.engine().state_hash() == runner.engine().state_hash());
        }
    }
}
