#include "app/rule_lint.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "support/temp_folder.hpp"

namespace margind::app {
namespace {

/// What is found in a configuration and the entries of a book: `key|field=value,field=value`.
class Lint {
public:
    Lint(const std::string& config, const std::vector<std::string>& entries,
         const std::string& pack = "none") {
        std::string book;
        for (const std::string& entry : entries) book += line_of(entry);
        loaded_ = load_config(folder_.write("margind.toml", config), {}, {});
        LintOptions options{.pack = pack};
        if (!entries.empty()) options.book = folder_.write("book.jsonl", book);
        report_ = lint(loaded_, options).value();
    }

    [[nodiscard]] Strings lines() const { return report_.lines(); }
    [[nodiscard]] const Strings& problems() const { return loaded_.problems; }
    [[nodiscard]] std::size_t count() const { return report_.count(); }
    [[nodiscard]] bool has(std::string_view start) const {
        return std::ranges::any_of(
            report_.lines(), [&](const std::string& line) { return line.starts_with(start); });
    }

private:
    static std::string line_of(const std::string& entry) {
        std::string line = R"({"key":")";
        for (const char c : entry) {
            if (c == '|') {
                line += R"(","type":"hash","value":{")";
            } else if (c == ';') {
                line += R"(",")";
            } else if (c == '=') {
                line += R"(":")";
            } else {
                line += c;
            }
        }
        return line + "\"}}\n";
    }

    test::TempFolder folder_;
    LoadedConfig loaded_;
    LintReport report_;
};

const std::string forex = "type=1;contract_size=100000;profit=USD";

TEST_CASE("a field that nothing reads is named with the one that was meant", "[rule_lint]") {
    const Lint lint{"",
                    {"groups:{Pro}:EURUSD|margin_rat_long=2;stop_out_level=20;" + forex,
                     "groups:{Pro}:*|stopout_level=20;auto_liquidation_level=5;leverage=30"}};
    CHECK(
        lint.lines() ==
        Strings{"groups:{Pro}:*: stopout_level: unknown field; did you mean stop_out_level?",
                "groups:{Pro}:*: auto_liquidation_level: is of an account: that of a group is "
                "stop_out_level",
                "groups:{Pro}:*: leverage: is of a symbol: it counts in groups:{NAME}:SYMBOL only",
                "groups:{Pro}:EURUSD: margin_rat_long: unknown field; did you mean "
                "margin_rate_long?",
                "groups:{Pro}:EURUSD: stop_out_level: is of a whole group: it counts in "
                "groups:{NAME}:* only"});
}

TEST_CASE("every option that the readers know is known to the lint", "[rule_lint]") {
    const Lint lint{"",
                    {"groups:{Pro}:*|margin_mode=netting;hedged_margin_mode=larger_leg;"
                     "valuation_price=mid;pnl_conversion=mid;margin_conversion=order_side;"
                     "exposure_conversion=order_side;pnl_rounding=total;close_policy=fifo;"
                     "level_unit=percent;level_compare=lt;margin_call_level=90;stop_out_level=50;"
                     "leave_gap=1;dwell_ms=5;cooldown_ms=5;two_stage_ratio=0.5;"
                     "credit_in_equity=false;fully_hedged_stop_out=false;"
                     "orders_reserve_margin=true;negative_balance_protection=true;daily_loss=5;"
                     "daily_loss_unit=percent;daily_loss_base=equity;losses_only=false;drawdown=10;"
                     "drawdown_unit=percent;drawdown_mode=trailing;drawdown_base=equity;"
                     "drawdown_update=live;drawdown_lock=90000;peak_start=90000;"
                     "initial_balance=100000;limit_compare=lt",
                     "groups:{Pro}:EURUSD|crypto_margin_factor=;margin=0;digits=5;session=open;"
                     "max_age_ms=5000;allow_negative=false;tiers=0:1,10:2;" +
                         forex}};
    CHECK(lint.lines().empty());
}

TEST_CASE("options whose value means nothing are named", "[rule_lint]") {
    const Lint lint{"",
                    {"groups:{Pro}:*|close_policy=nonsense",
                     "user:{live:1}:config|group=Pro;credit_in_equity=perhaps",
                     "user:{live:2}:config|auto_liquidation_level=-3;stopout_level=1;name=Jo",
                     "user:live:3:config|dwell_ms=1.5", "user:live:2:config|dwell_ms=1.5"}};
    CHECK(lint.lines() ==
          Strings{R"(groups:{Pro}:*: close_policy: "nonsense" means nothing)",
                  R"(live:1: credit_in_equity: "perhaps" means nothing)",
                  "live:2: stopout_level: unknown field; did you mean stop_out_level?",
                  R"(live:2: auto_liquidation_level: "-3" means nothing)",
                  R"(live:3: dwell_ms: "1.5" means nothing)"});
}

TEST_CASE("every account's rules are held against the pack, by group and by its own",
          "[rule_lint]") {
    const Lint lint{"[rules]\ncredit_in_equity = false\n",
                    {"groups:{Standard}:*|stop_out_level=60", "groups:{Pro}:*|stop_out_level=40",
                     "user:{live:1}:config|auto_liquidation_level=5;credit_in_equity=true",
                     "user:{live:2}:config|group=Pro;credit_in_equity=false",
                     "user:{live:3}:config|group=Pro;stop_out_level=55",
                     "user:{live:4}:config|group=Pro;stop_out_level=120"},
                    "esma"};
    CHECK(lint.lines() ==
          Strings{"groups:{Pro}:*: stop_out_level: 40, esma closes out at 50 or above",
                  "live:1: stop_out_level: 5, esma closes out at 50 or above",
                  "live:1: credit_in_equity: true, esma allows no bonus in the margin",
                  "live:4: stop_out_level: 120 is above margin_call_level 100"});
}

TEST_CASE("of many accounts some are named, and how many more there are", "[rule_lint]") {
    Strings entries;
    for (int i = 1'001; i <= 1'100; ++i) {
        entries.push_back("user:{live:" + std::to_string(i) +
                          "}:config|auto_liquidation_level=" + std::to_string(i % 40));
    }
    const Lint lint{"[rules]\ncredit_in_equity = false\n", entries, "esma"};
    CHECK(lint.count() == 100);
    CHECK(lint.lines().size() == LintReport::named_max + 1);
    CHECK(lint.lines().back() ==
          "accounts: 80 more like live:1001: stop_out_level: 1, esma closes "
          "out at 50 or above");
}

TEST_CASE("a configuration's problem hides no contradiction, and none is told twice",
          "[rule_lint]") {
    const Lint lint{
        "[rules]\nstop_out_level = 150.0\nmargin_mode = \"netting\"\n"
        "hedged_margin_mode = \"basic\"\nclose_policy = \"nonsense\"\n",
        {},
        "nfa"};
    CHECK(lint.problems().size() == 2);
    CHECK(lint.lines() ==
          Strings{"rules: hedged_margin_mode: basic changes nothing where margin_mode is netting"});
}

TEST_CASE("tiers that one side alone shares are named, by the group that has them", "[rule_lint]") {
    const std::string tiers = "tiers=0:1,3:2;" + forex;
    const Lint lint{"",
                    {"groups:{Standard}:EURUSD|tier_scope=EURUSD,GBPUSD;" + tiers,
                     "groups:{Standard}:GBPUSD|tier_scope=GBPUSD,EURUSD;" + tiers,
                     "groups:{Pro}:GBPUSD|" + tiers,
                     "groups:{Pro}:USDJPYm|tier_scope=USDJPYm,GBPUSD;" + tiers}};
    CHECK(lint.lines() ==
          Strings{"groups:{Pro}:USDJPYM: tier_scope: GBPUSD does not name USDJPYm"});
}

TEST_CASE("guards that make no sense are told of the group whose guards count", "[rule_lint]") {
    const Lint lint{"",
                    {"groups:{Standard}:EURUSD|soft_points=100;" + forex,
                     "groups:{Pro}:EURUSD|soft_points=100;" + forex}};
    CHECK(lint.count() == 1);
    CHECK(lint.has("groups:{Standard}:EURUSD: digits: "));
}

const std::string session = R"([[sessions]]
name = "one"
time_zone = "UTC"
open = ["always"]
asset_classes = )";

TEST_CASE("a class that nothing else knows is told, a broker's own is not", "[rule_lint]") {
    CHECK(Lint{session + R"(["forx", "our_shares", "index"])", {}}.lines() ==
          Strings{R"(sessions[one].asset_classes: "forx": unknown class; did you mean forex?)"});
    const Lint lint{session + R"(["our_shares", "our_bonds", "gold"])",
                    {"groups:{Standard}:EURUSD|asset_class=our_shares;" + forex,
                     "groups:{Standard}:GBPUSD|asset_class=forex_mayor;" + forex}};
    CHECK(lint.lines().size() == 2);
    CHECK(
        lint.has(R"(sessions[one].asset_classes: "our_bonds": no specification of Standard has)"));
    CHECK(lint.has(R"(groups:{Standard}:GBPUSD: asset_class: "forex_mayor" is no listed class and )"
                   "has no session; did you mean forex_major?"));
}

TEST_CASE("a group's options that are not read are told", "[rule_lint]") {
    const Lint lint{"[rules]\nper_group = false\n", {"groups:{Pro}:*|stop_out_level=20"}, "esma"};
    CHECK(lint.has("groups:{Pro}:*: not read"));
    CHECK_FALSE(lint.has("groups:{Pro}:*: stop_out_level"));
}

}  // namespace
}  // namespace margind::app
