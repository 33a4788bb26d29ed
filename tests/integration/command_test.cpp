// Commands that need no service: what they print, and how they end.
#include <catch2/catch_test_macros.hpp>

#include "support/temp_folder.hpp"
#include "support/tool_run.hpp"

namespace margind::test {
namespace {

TEST_CASE("validate holds a configuration and a book against a regulator's rules",
          "[integration]") {
    const TempFolder folder;
    const std::string config = folder.write("margind.toml", "[rules]\nstop_out_level = 30\n");
    const std::string book =
        folder.write("book.jsonl",
                     R"({"key":"groups:{Pro}:EURUSD","type":"hash","value":{"type":"1",)"
                     R"("contract_size":"100000","profit":"USD","leverage":"500"}})"
                     "\n"
                     R"({"key":"groups:{Pro}:*","type":"hash","value":{"credit_in_equity":"false",)"
                     R"("stop_out_level":"50"}})"
                     "\n");
    CHECK(run("margind", {"validate", config}).code == 0);
    const ToolRun held = run("margind", {"validate", config, "--pack", "esma", "--book", book});
    INFO(held.output << held.errors);
    CHECK(held.code == 2);
    CHECK(held.output.contains("rules: stop_out_level: 30, esma closes out at 50 or above\n"));
    CHECK(held.output.contains("rules: credit_in_equity: true, esma allows no bonus"));
    CHECK(held.output.contains(
        "groups:{Pro}:EURUSD: leverage: 500 long, esma allows 30 for forex_major\n"));
    CHECK_FALSE(held.output.contains("groups:{Pro}:*:"));
    CHECK(held.errors.contains("4 findings"));
}

TEST_CASE("validate tells problems and contradictions at once", "[integration]") {
    const TempFolder folder;
    const std::string config = folder.write("margind.toml",
                                            "[rules]\nstop_out_level = 150.0\n"
                                            "margin_mode = \"netting\"\n"
                                            "hedged_margin_mode = \"basic\"\n");
    const ToolRun told = run("margind", {"validate", config});
    INFO(told.output << told.errors);
    CHECK(told.code == 2);
    CHECK(told.output ==
          "rules: hedged_margin_mode: basic changes nothing where margin_mode is netting\n");
    CHECK(told.errors.contains("margind.toml:2:1: rules.stop_out_level: 150 is above the 100"));
    CHECK(told.errors.contains("margind: 1 problem in the configuration\nmargind: 1 finding\n"));
}

TEST_CASE("validate refuses a book that it cannot read to its end", "[integration]") {
    const TempFolder folder;
    const std::string config = folder.write("margind.toml", "");
    const std::string book = folder.write("book.jsonl", "{\"key\":\n");
    const ToolRun refused = run("margind", {"validate", config, "--book", book});
    CHECK(refused.code == 2);
    CHECK(refused.errors.contains("book.jsonl:1: refused"));
    CHECK(run("margind", {"validate", config, "--pack", "sec"}).code == 2);
}

}  // namespace
}  // namespace margind::test
