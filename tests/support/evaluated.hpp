#pragma once
#include <fmt/format.h>
#include <simdjson.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/evaluate.hpp"

namespace margind::test {
/// An answer as its bytes and as a tree.
class Answer {
public:
    explicit Answer(std::string_view document) {
        CAPTURE(document);
        auto answer = wire::evaluate(document);
        if (!answer) FAIL(answer.error().text);
        text_ = std::move(*answer);
        value_ = parser_.parse(text_).value();
    }
    [[nodiscard]] const std::string& json() const { return text_; }
    [[nodiscard]] bool has(std::string_view piece) const {
        return text_.find(piece) != std::string::npos;
    }
    [[nodiscard]] std::string text(std::string_view pointer) const {
        return std::string{value_.at_pointer(pointer).get_string().value()};
    }
    [[nodiscard]] double number(std::string_view pointer) const {
        return value_.at_pointer(pointer).get_double();
    }
    [[nodiscard]] bool truth(std::string_view pointer) const {
        return value_.at_pointer(pointer).get_bool();
    }
    [[nodiscard]] bool is_null(std::string_view pointer) const {
        return value_.at_pointer(pointer).is_null();
    }
    [[nodiscard]] std::vector<std::string> texts(std::string_view pointer) const {
        std::vector<std::string> out;
        for (const simdjson::dom::element each : value_.at_pointer(pointer).get_array()) {
            out.emplace_back(each.get_string().value());
        }
        return out;
    }
    [[nodiscard]] std::size_t size(std::string_view pointer) const {
        return value_.at_pointer(pointer).get_array().size();
    }

private:
    std::string text_;
    simdjson::dom::parser parser_;
    simdjson::dom::element value_;
};

/// One lot of EURUSD from 1.10000 in a USD account, as in the scenario of the textbook.
inline std::string textbook(double bid, std::string_view account = "", std::string_view more = "") {
    return fmt::format(
        R"({{"instruments": [{{"symbol": "EURUSD", "calc_mode": "forex", "contract_size": 100000,
              "base_currency": "EUR", "profit_currency": "USD"}}],
             "quotes": {{"EURUSD": {{"bid": {}, "ask": {}}}}},
             "account": {{"id": "live:1001", "currency": "USD", "balance": 1200,
                          "leverage": 100{}}},
             "positions": [{{"id": "7", "symbol": "EURUSD", "side": "buy", "lots": 1.0,
                             "open_price": 1.10000}}]{}}})",
        bid, bid, account, more);
}

}  // namespace margind::test
