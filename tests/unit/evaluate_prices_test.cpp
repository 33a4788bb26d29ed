// What `evaluate` says of prices, margins and deals that cannot be.
#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/evaluated.hpp"
#include "wire/evaluate_document.hpp"

using namespace margind;
using namespace margind::test;

namespace {

using Texts = std::vector<std::string>;

/// An instrument X quoted at 10, and whatever else the document has.
std::string document(std::string_view instrument, std::string_view more,
                     std::string_view marks = "") {
    return fmt::format(
        R"({{"instruments": [{{"symbol": "X", "contract_size": 1, "profit_currency": "USD", {}}}],
             "quotes": {{"X": {{"bid": 10, "ask": 10{}}}}},
             "account": {{"balance": 1000, "leverage": 10}}{}}})",
        instrument, marks, more);
}

Texts problems_of(std::string_view text) {
    wire::Problems problems;
    (void)wire::read_document(text, problems);
    return problems;
}

constexpr std::string_view cfd = R"("calc_mode": "cfd")";
constexpr std::string_view negative = R"("calc_mode": "cfd", "allow_negative": true)";
constexpr std::string_view inverse =
    R"("calc_mode": "perpetual_inverse", "maintenance_margin": 0.01, "allow_negative": true)";

constexpr std::string_view position =
    R"(, "positions": [{"symbol": "X", "side": "buy", "lots": 1, "open_price": -2}])";
constexpr std::string_view pending =
    R"(, "orders": [{"symbol": "X", "type": "buy_limit", "lots": 1, "price": 0}])";
constexpr std::string_view deal =
    R"(, "pretrade": {"symbol": "X", "side": "buy", "lots": 1, "price": -2})";
constexpr std::string_view marks = R"(, "mid": 0, "mark": -1, "last": -2)";

std::string not_allowed(std::string_view place, std::string_view found) {
    return fmt::format(
        "{}: expected a number above 0 (or allow_negative on the instrument), found "
        "{}",
        place, found);
}

}  // namespace

TEST_CASE("a price at or below zero is named with its place", "[evaluate]") {
    CHECK(problems_of(document(cfd, position)) ==
          Texts{not_allowed("positions[0].open_price", "-2")});
    CHECK(problems_of(document(cfd, pending)) == Texts{not_allowed("orders[0].price", "0")});
    CHECK(problems_of(document(cfd, deal)) == Texts{not_allowed("pretrade.price", "-2")});
    CHECK(problems_of(document(cfd, "", marks)) == Texts{not_allowed("quotes.X.mid", "0"),
                                                         not_allowed("quotes.X.mark", "-1"),
                                                         not_allowed("quotes.X.last", "-2")});
}

TEST_CASE("where the instrument allows it, it is a price", "[evaluate]") {
    for (const std::string_view more : {position, pending, deal}) {
        CHECK(problems_of(document(negative, more, R"(, "mark": -1, "last": -2)")).empty());
    }
    CHECK(Answer{document(negative, position)}.number("/pnl") == 12.0);
}

TEST_CASE("an inverse contract divides by its prices", "[evaluate]") {
    CHECK(problems_of(document(inverse, position)) ==
          Texts{"positions[0].open_price: expected a number above 0, by which calc_mode "
                "perpetual_inverse divides, found -2"});
}

TEST_CASE("only perpetuals have isolated margins", "[evaluate]") {
    constexpr std::string_view isolated =
        R"(, "positions": [{"symbol": "X", "side": "buy", "lots": 1, "open_price": 10,
                            "margin_mode": "isolated", "isolated_margin": 5}])";
    CHECK(problems_of(document(cfd, isolated)) ==
          Texts{"positions[0].margin_mode: expected a perpetual: calc_mode cfd has no margin of a "
                "position's own"});
    constexpr std::string_view linear =
        R"("calc_mode": "perpetual_linear", "maintenance_margin": 0.01)";
    CHECK(problems_of(document(linear, isolated)).empty());
    constexpr std::string_view without =
        R"(, "positions": [{"symbol": "X", "side": "buy", "lots": 1, "open_price": 10,
                            "margin_mode": "isolated"}])";
    CHECK(problems_of(document(linear, without)) ==
          Texts{"positions[0].isolated_margin: expected what has been put in for the position"});
}

TEST_CASE("the two names of a margin's conversion have to agree", "[evaluate]") {
    const auto problems = [](std::string_view margin, std::string_view exposure) {
        return problems_of(fmt::format(
            R"({{"account": {{"margin_conversion": "{}", "exposure_conversion": "{}"}}}})", margin,
            exposure));
    };
    const Texts differs{
        "account.exposure_conversion: expected what margin_conversion says, of "
        "which it is another name"};
    CHECK(problems("mid", "by_composition") == differs);
    CHECK(problems("order_side", "by_composition") == differs);
    CHECK(problems("by_composition", "order_side") == differs);
    CHECK(problems("by_composition", "by_composition").empty());
    CHECK(problems("order_side", "order_side").empty());
}

TEST_CASE("a deal that cannot be valued says why", "[evaluate]") {
    const auto causes_of = [](std::string_view symbol) {
        const Answer answer{document(
            cfd,
            fmt::format(R"(, "pretrade": {{"symbol": "{}", "side": "buy", "lots": 1}})", symbol))};
        CHECK(answer.has("\"allowed\":false") == !answer.texts("/pretrade/causes").empty());
        CHECK(answer.is_null("/pretrade/margin_after") ==
              !answer.texts("/pretrade/causes").empty());
        return answer.texts("/pretrade/causes");
    };
    CHECK(causes_of("X").empty());
    CHECK(causes_of("Y") == Texts{"no_instrument"});
    const Answer unquoted{
        R"({"instruments": [{"symbol": "X", "calc_mode": "cfd", "contract_size": 1,
                             "profit_currency": "USD"}],
            "account": {"balance": 1000},
            "pretrade": {"symbol": "X", "side": "buy", "lots": 1}})"};
    CHECK(unquoted.texts("/pretrade/causes") == Texts{"no_price"});
    const Answer crossed{
        R"({"instruments": [{"symbol": "X", "calc_mode": "cfd", "contract_size": 1,
                             "profit_currency": "USD"}],
            "quotes": {"X": {"bid": 11, "ask": 10}}, "account": {"balance": 1000},
            "pretrade": {"symbol": "X", "side": "buy", "lots": 1}})"};
    CHECK(crossed.texts("/pretrade/causes") == Texts{"no_price", "crossed_price"});
    const Answer broke{
        R"({"instruments": [{"symbol": "X", "calc_mode": "cfd", "contract_size": 1,
                             "profit_currency": "USD"}],
            "quotes": {"X": {"bid": 10, "ask": 10}}, "account": {},
            "pretrade": {"symbol": "X", "side": "buy", "lots": 1}})"};
    CHECK(broke.texts("/pretrade/causes") == Texts{"no_balance"});
}

TEST_CASE("a deal is allowed in steps of its instrument and up to its largest", "[evaluate]") {
    const auto is_allowed = [](std::string_view limits, std::string_view lots) {
        const Answer answer{document(
            fmt::format("{}{}", cfd, limits),
            fmt::format(R"(, "pretrade": {{"symbol": "X", "side": "buy", "lots": {}}})", lots))};
        CHECK(answer.texts("/pretrade/causes").empty());
        return answer.has("\"allowed\":true");
    };
    CHECK(is_allowed("", "0.001"));
    CHECK(is_allowed(R"(, "volume_step": 0.1)", "0.3"));
    CHECK_FALSE(is_allowed(R"(, "volume_step": 0.1)", "0.25"));
    CHECK(is_allowed(R"(, "volume_max": 2)", "2"));
    CHECK_FALSE(is_allowed(R"(, "volume_max": 2)", "2.00000001"));
}
