#include "app/commands.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <expected>
#include <fstream>
#include <iostream>
#include <optional>
#include <string_view>
#include <utility>

#include "app/cli.hpp"
#include "http/access.hpp"
#include "http/get.hpp"
#include "http/target.hpp"
#include "wire/evaluate.hpp"

namespace margind::app {
namespace {

constexpr std::chrono::milliseconds answer_deadline{5'000};

/// Why a command ends without its answer.
struct Failure {
    std::string text;
    int code = exit_failure;
};

int fail(const Failure& failure) {
    fmt::print(stderr, "margind: {}\n", failure.text);
    return failure.code;
}

std::unexpected<Failure> misused(std::string text) {
    return std::unexpected{Failure{std::move(text), exit_usage}};
}

/// Asks the service. A failure to understand the options is one of usage.
std::expected<http::GetResponse, Failure> ask(const Query& query, const std::string& target) {
    std::string_view base = query.url;
    while (base.ends_with('/')) base.remove_suffix(1);
    if (const auto url = http::parse_http_url(base); !url) {
        return misused("--url: " + url.error().text);
    }
    if (base.contains('?')) {
        return misused(fmt::format("--url: '{}': expected http://HOST:PORT, found a query", base));
    }
    std::string token;
    if (!query.token_file.empty()) {
        auto read = http::read_token_file(query.token_file);
        if (!read) return misused("--token-file: " + read.error().text);
        token = std::move(*read);
    }
    auto response = http::get(std::string{base} + target, answer_deadline, token);
    if (!response) return std::unexpected{Failure{response.error().text}};
    return std::move(*response);
}

using Value = simdjson::ondemand::value;

/// A text without its quotes; a number exactly as it was written, with all its decimals.
std::string text_of(Value value) {
    if (value.type() == simdjson::ondemand::json_type::string) {
        return std::string{std::string_view{value.get_string()}};
    }
    std::string_view raw = value.raw_json_token();
    while (raw.ends_with(' ') || raw.ends_with('\n')) raw.remove_suffix(1);
    return std::string{raw};
}

/// An element of a list: a text as it is, an object as "name=value name=value".
std::string line_of(Value value);

std::string list_of(simdjson::ondemand::array list) {
    std::string text;
    for (Value element : list) text += (text.empty() ? "" : ",") + line_of(element);
    return text.empty() ? "none" : text;
}

std::string line_of(Value value) {
    if (value.type() == simdjson::ondemand::json_type::array) return list_of(value.get_array());
    if (value.type() != simdjson::ondemand::json_type::object) return text_of(value);
    std::string line;
    for (auto field : value.get_object()) {
        const std::string name{std::string_view{field.unescaped_key()}};
        line += fmt::format("{}{}={}", line.empty() ? "" : " ", name, line_of(field.value()));
    }
    return line;
}

/// Prints an object as lines of "name  value", nested objects and lists indented.
void print_object(simdjson::ondemand::object object, int depth) {
    const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
    for (auto field : object) {
        const std::string name{std::string_view{field.unescaped_key()}};
        Value value = field.value();
        const simdjson::ondemand::json_type type = value.type();
        if (type == simdjson::ondemand::json_type::object) {
            fmt::print("{}{}\n", indent, name);
            print_object(value.get_object(), depth + 1);
        } else if (type == simdjson::ondemand::json_type::array) {
            fmt::print("{}{}\n", indent, name);
            for (Value element : value.get_array()) {
                fmt::print("{}  {}\n", indent, line_of(element));
            }
        } else {
            fmt::print("{}{:<24} {}\n", indent, name, text_of(value));
        }
    }
}

/// Asks and prints: the body as it is, or as lines. 0 only for 200.
int show(const Query& query, const std::string& target) {
    const auto response = ask(query, target);
    if (!response) return fail(response.error());
    if (response->status != 200) {
        return fail(
            {fmt::format("{} answered {}: {}", query.url, response->status, response->body)});
    }
    if (query.as_json) {
        fmt::print("{}\n", response->body);
        return exit_ok;
    }
    simdjson::ondemand::parser parser;
    const simdjson::padded_string body{response->body};
    simdjson::ondemand::document document = parser.iterate(body);
    print_object(document.get_object(), 0);
    return exit_ok;
}

/// Everything up to the end; nothing where it cannot be read, a folder for one.
std::optional<std::string> read_all(std::istream& in) {
    std::string text;
    std::array<char, 65'536> chunk;
    while (in) {
        in.read(chunk.data(), chunk.size());
        text.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
    }
    if (!in.eof()) return std::nullopt;
    return text;
}

std::optional<std::string> read_document(const std::string& path) {
    if (path == "-") return read_all(std::cin);
    std::ifstream file{path, std::ios::binary};
    return read_all(file);
}

/// The problems of the document on a line, each with where that is.
void tell_problems(const std::string& name, std::size_t line, std::string_view problems) {
    while (!problems.empty()) {
        const std::string_view problem = problems.substr(0, problems.find('\n'));
        problems.remove_prefix(std::min(problems.size(), problem.size() + 1));
        fmt::print(stderr, "{}:{}: {}\n", name, line, problem);
    }
}

}  // namespace

int evaluate_file(const std::string& path) {
    const std::string name = path == "-" ? "standard input" : path;
    const auto document = read_document(path);
    if (!document) return fail({"cannot read " + name, exit_usage});
    const Result<std::string> answer = wire::evaluate(*document);
    if (!answer) {
        fmt::print(stderr, "{}: {}\n", name, answer.error().text);
        return exit_usage;
    }
    fmt::print("{}\n", *answer);
    return exit_ok;
}

int evaluate_lines(const std::string& path) {
    const std::string name = path == "-" ? "standard input" : path;
    const auto documents = read_document(path);
    if (!documents) return fail({"cannot read " + name, exit_usage});
    std::string_view rest = *documents;
    std::size_t number = 0;
    std::size_t refused = 0;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        ++number;
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        const Result<std::string> answer = wire::evaluate(line);
        if (answer) {
            fmt::print("{}\n", *answer);
            continue;
        }
        ++refused;
        fmt::print("null\n");  // answers stay beside their documents
        tell_problems(name, number, answer.error().text);
    }
    return refused == 0 ? exit_ok : exit_usage;
}

int ask_status(const Query& query) { return show(query, "/v1/status"); }

int ask_dirty(const Query& query, const std::string& type) {
    std::string target = "/v1/dirty/" + http::percent_encode(type);
    target += fmt::format("?limit={}", query.limit);
    if (!query.cursor.empty()) target += "&cursor=" + http::percent_encode(query.cursor);
    return show(query, target);
}

int ask_account(const Query& query, const std::string& id) {
    return show(query, "/v1/accounts/" + http::percent_encode(id));
}

int ask_health(const Query& query, bool asks_readiness) {
    const auto response = ask(query, asks_readiness ? "/readyz" : "/livez");
    if (!response) return fail(response.error());
    fmt::print("{}\n", response->body);
    return response->status == 200 ? exit_ok : exit_failure;
}

}  // namespace margind::app
