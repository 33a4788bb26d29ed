#include "app/commands.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "app/cli.hpp"
#include "http/get.hpp"
#include "wire/evaluate.hpp"

namespace margind::app {
namespace {

constexpr std::chrono::milliseconds answer_deadline{5'000};

int fail(const std::string& text) {
    fmt::print(stderr, "margind: {}\n", text);
    return exit_failure;
}

/// The first line of a file, without its end.
Result<std::string> read_secret(const std::string& path) {
    std::ifstream file{path};
    std::string line;
    if (!std::getline(file, line) || line.empty()) {
        return std::unexpected{Error{Fault::refused, "cannot read a token from " + path}};
    }
    if (line.back() == '\r') line.pop_back();
    return line;
}

/// Asks the service; prints why when there is no answer at all.
Result<http::GetResponse> ask(const Query& query, const std::string& target) {
    std::string token;
    if (!query.token_file.empty()) {
        auto secret = read_secret(query.token_file);
        if (!secret) return std::unexpected{secret.error()};
        token = std::move(*secret);
    }
    return http::get(query.url + target, answer_deadline, token);
}

using Json = simdjson::dom::element;

std::string text_of(const Json& json) { return simdjson::minify(json); }

/// Prints an object as lines of "name  value", nested objects indented.
void print_object(const Json& json, int depth) {
    for (const auto& [name, value] : simdjson::dom::object(json)) {
        const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
        if (value.is_object()) {
            fmt::print("{}{}\n", indent, name);
            print_object(value, depth + 1);
        } else if (value.is_array() && name == "explain") {
            fmt::print("{}{}\n", indent, name);
            for (const Json line : simdjson::dom::array(value)) {
                fmt::print("{}  {}\n", indent, std::string_view{line});
            }
        } else {
            const std::string text =
                value.is_string() ? std::string{std::string_view{value}} : text_of(value);
            fmt::print("{}{:<24} {}\n", indent, name, text);
        }
    }
}

/// Asks and prints: the body as it is, or as lines. 0 only for 200.
int show(const Query& query, const std::string& target) {
    const auto response = ask(query, target);
    if (!response) return fail(response.error().text);
    if (response->status != 200) {
        return fail(fmt::format("{} answered {}: {}", query.url, response->status, response->body));
    }
    if (query.as_json) {
        fmt::print("{}\n", response->body);
        return exit_ok;
    }
    simdjson::dom::parser parser;
    Json json;
    if (parser.parse(response->body).get(json) != simdjson::SUCCESS || !json.is_object()) {
        return fail("the answer is no JSON object");
    }
    print_object(json, 0);
    return exit_ok;
}

std::string read_all(std::istream& in) {
    return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

}  // namespace

int evaluate_file(const std::string& path) {
    std::string document;
    if (path == "-") {
        document = read_all(std::cin);
    } else {
        std::ifstream file{path, std::ios::binary};
        if (!file) return fail("cannot read " + path);
        document = read_all(file);
    }
    const Result<std::string> answer = wire::evaluate(document);
    if (!answer) {
        fmt::print(stderr, "{}: {}\n", path == "-" ? "standard input" : path, answer.error().text);
        return exit_usage;
    }
    fmt::print("{}\n", *answer);
    return exit_ok;
}

int ask_status(const Query& query) { return show(query, "/v1/status"); }

int ask_dirty(const Query& query, const std::string& type) {
    return show(query, "/v1/dirty/" + type);
}

int ask_account(const Query& query, const std::string& id) {
    return show(query, "/v1/accounts/" + id);
}

int ask_health(const Query& query, bool asks_readiness) {
    const auto response = ask(query, asks_readiness ? "/readyz" : "/livez");
    if (!response) return fail(response.error().text);
    fmt::print("{}\n", response->body);
    return response->status == 200 ? exit_ok : exit_failure;
}

}  // namespace margind::app
