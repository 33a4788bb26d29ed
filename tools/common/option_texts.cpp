#include "common/option_texts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "wire/feed_name.hpp"

namespace margind::tools {

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> parts;
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        if (comma != 0) parts.emplace_back(list.substr(0, comma));
        list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    }
    return parts;
}

void OptionProblems::add(std::string line) { lines_.push_back(std::move(line)); }

void OptionProblems::add(std::string_view option, std::string_view text) {
    lines_.push_back(fmt::format("{}: {}", option, text));
}

bool OptionProblems::choose(std::string_view option, std::string_view text, std::string_view first,
                            std::string_view second) {
    if (text != first && text != second) {
        add(option, fmt::format("expected {} or {}, found '{}'", first, second, text));
    }
    return text == second;
}

std::vector<std::string> OptionProblems::names(std::string_view option, std::string_view list) {
    std::vector<std::string> parts = split(list);
    if (parts.empty()) add(option, "expected a list such as A,B");
    for (auto part = parts.begin(); part != parts.end(); ++part) {
        if (wire::check_feed_name(*part) != wire::NameFault::none) {
            add(option, fmt::format("'{}' is no name", *part));
        }
        if (std::find(parts.begin(), part, *part) != part) {
            add(option, fmt::format("'{}' is there twice", *part));
        }
    }
    return parts;
}

bool OptionProblems::report(std::string_view program) const {
    for (const std::string& line : lines_) fmt::print(stderr, "{}: {}\n", program, line);
    if (!lines_.empty()) fmt::print(stderr, "Run with --help for more information.\n");
    return lines_.empty();
}

}  // namespace margind::tools
