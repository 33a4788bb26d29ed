#include "wire/redis_state.hpp"

#include <simdjson.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "wire/redis_keys.hpp"

namespace margind::wire {
namespace {

std::string_view trim(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<bool> parse_flag(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, bool>, 8> words{{{"1", true},
                                                                      {"0", false},
                                                                      {"true", true},
                                                                      {"false", false},
                                                                      {"yes", true},
                                                                      {"no", false},
                                                                      {"on", true},
                                                                      {"off", false}}};
    const auto* found =
        std::ranges::find(words, trim(text), &std::pair<std::string_view, bool>::first);
    return found == words.end() ? std::nullopt : std::optional{found->second};
}

using Symbols = std::optional<std::vector<std::string>>;

Symbols parse_json_list(std::string_view text) {
    simdjson::dom::parser parser;
    simdjson::dom::array array;
    const simdjson::padded_string padded{text};
    if (parser.parse(padded).get(array) != simdjson::SUCCESS) return {};
    std::vector<std::string> symbols;
    for (const simdjson::dom::element element : array) {
        std::string_view symbol;
        if (element.get(symbol) != simdjson::SUCCESS || !is_name(symbol)) return {};
        symbols.emplace_back(symbol);
    }
    return symbols;
}

Symbols parse_comma_list(std::string_view text) {
    std::vector<std::string> symbols;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t to = std::min(text.find(',', from), text.size());
        const std::string_view symbol = trim(text.substr(from, to - from));
        from = to + 1;
        if (symbol.empty()) continue;
        if (!is_name(symbol)) return {};
        symbols.emplace_back(symbol);
    }
    return symbols;
}

Symbols parse_symbols(std::string_view text) {
    constexpr std::size_t length_max = 1'000'000;
    if (text.size() > length_max) return {};
    text = trim(text);
    return text.starts_with('[') ? parse_json_list(text) : parse_comma_list(text);
}

template <class Number>
bool parse_number(std::string_view text, Number& number) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stop == end && number >= 0;
}

/// Each key of a breach memory, as a bit, to see what was there.
enum Seen : unsigned {
    state = 1,
    breach = 2,
    step = 4,
    armed = 8,
    last_stop_out = 16,
    suspensions = 32,
    parts = 64,
    deficits = 128,
    deficit = 256
};

/// Reads one `key=value`. Zero for a key that is not known; nothing when the value is wrong.
std::optional<unsigned> read_pair(std::string_view key, std::string_view value,
                                  BreachMemory& memory) {
    const auto if_good = [](bool is_good, Seen seen) {
        return is_good ? std::optional<unsigned>{seen} : std::nullopt;
    };
    if (key == "state") {
        const auto named = account_state_from(value);
        memory.state = named.value_or(AccountState::ok);
        return if_good(named.has_value(), Seen::state);
    }
    if (key == "breach") return if_good(parse_number(value, memory.breach), Seen::breach);
    if (key == "step") return if_good(parse_number(value, memory.step), Seen::step);
    if (key == "unknown") {
        return if_good(parse_number(value, memory.suspensions), Seen::suspensions);
    }
    if (key == "armed") {
        memory.announced_armed = value == "1";
        return if_good(value == "0" || value == "1", Seen::armed);
    }
    if (key == "deficits") return if_good(parse_number(value, memory.deficits), Seen::deficits);
    if (key == "deficit") {
        std::int64_t minor = 0;
        const bool is_good = parse_number(value, minor);
        memory.deficit = Money::from_minor(minor);
        return if_good(is_good, Seen::deficit);
    }
    if (key == "parts") return if_good(parse_number(value, memory.parts), Seen::parts);
    if (key == "last_stop_out_ms") {
        return if_good(parse_number(value, memory.last_stop_out_ms), Seen::last_stop_out);
    }
    return 0;
}

}  // namespace

Control decode_control(FlatReply hash) {
    Control control;
    for (std::size_t i = 0; i + 1 < hash.size(); i += 2) {
        const std::string_view field = hash[i];
        const std::string_view value = hash[i + 1];
        if (field == "armed") {
            control.armed = parse_flag(value);
            if (!control.armed) return unreadable_control();
        } else if (field == "killed") {
            const auto killed = parse_flag(value);
            if (!killed) return unreadable_control();
            control.killed = *killed;
        } else if (field == "frozen") {
            auto frozen = parse_symbols(value);
            if (!frozen) return unreadable_control();
            control.frozen = std::move(*frozen);
        } else if (field == "version") {
            control.version = value;
        }
    }
    return control;
}

Control unreadable_control() {
    Control control;
    control.killed = true;
    control.is_readable = false;
    return control;
}

void append_breach(std::string& out, const BreachMemory& memory) {
    out += "state=";
    out += to_string(memory.state);
    out += " breach=" + std::to_string(memory.breach);
    out += " step=" + std::to_string(memory.step);
    out += memory.announced_armed ? " armed=1" : " armed=0";
    out += " last_stop_out_ms=" + std::to_string(memory.last_stop_out_ms);
    if (memory.parts != 0) out += " parts=" + std::to_string(memory.parts);
    if (memory.deficits != 0) {
        out += " deficits=" + std::to_string(memory.deficits);
        out += " deficit=" + std::to_string(memory.deficit.minor());
    }
    if (memory.suspensions > 0) out += " unknown=" + std::to_string(memory.suspensions);
}

std::optional<BreachMemory> decode_breach(std::string_view text) {
    constexpr std::size_t length_max = 4'096;
    if (text.size() > length_max) return {};
    BreachMemory memory;
    unsigned seen = 0;
    for (text = trim(text); !text.empty();) {
        const std::string_view pair = text.substr(0, text.find(' '));
        text = trim(text.substr(pair.size()));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos || equals == 0) return {};
        const auto read = read_pair(pair.substr(0, equals), pair.substr(equals + 1), memory);
        if (!read || (seen & *read) != 0) return {};
        seen |= *read;
    }
    constexpr unsigned needed = Seen::state | Seen::breach | Seen::step;
    return (seen & needed) == needed ? std::optional{memory} : std::nullopt;
}

}  // namespace margind::wire
