#include "support/arithmetic_tokens.hpp"

#include <stdexcept>

namespace margind::test {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) > 127;
}

/// Where the bracket that opens at `open` closes.
std::size_t closing(std::string_view text, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < text.size(); ++i) {
        if (text[i] == '(') ++depth;
        if (text[i] == ')' && --depth == 0) return i;
    }
    throw std::runtime_error{"a bracket does not close"};
}

std::size_t number_end(std::string_view text, std::size_t at) {
    while (at < text.size() && (is_digit(text[at]) || text[at] == '.')) ++at;
    const bool has_power =
        at + 2 < text.size() && text[at] == 'e' && (text[at + 1] == '-' || text[at + 1] == '+');
    if (has_power) at += 2;
    while (has_power && at < text.size() && is_digit(text[at])) ++at;
    return at;
}

/// A bracket that names a number holds words of its own, not only in brackets within it.
bool is_name(std::string_view inside) {
    int depth = 0;
    for (std::size_t at = 0; at < inside.size(); ++at) {
        const char c = inside[at];
        if (c == '(') ++depth;
        if (c == ')') --depth;
        if (depth == 0 && is_letter(c)) return true;
        if (is_digit(c)) at = number_end(inside, at) - 1;
    }
    return false;
}

}  // namespace

std::vector<Token> tokens_of(std::string_view text) {
    std::vector<Token> tokens;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        std::size_t end = at + 1;
        if (is_digit(c)) {
            end = number_end(text, at);
            tokens.push_back({TokenKind::number, std::string{text.substr(at, end - at)}});
        } else if (is_letter(c)) {
            while (end < text.size() && text[end] != ' ' && text[end] != '(' && text[end] != ',') {
                ++end;
            }
            const std::string word{text.substr(at, end - at)};
            const bool is_function = word == "max" || word == "min" || word == "abs";
            tokens.push_back({is_function ? TokenKind::function : TokenKind::word, word});
        } else if (c == '(') {
            const bool is_argument = !tokens.empty() && tokens.back().kind == TokenKind::function;
            const std::size_t close = closing(text, at);
            if (!is_argument && is_name(text.substr(at + 1, close - at - 1))) {
                end = close + 1;
            } else {
                tokens.push_back({TokenKind::sign, "("});
            }
        } else if ((c == '<' || c == '>') && end < text.size() && text[end] == '=') {
            tokens.push_back({TokenKind::sign, std::string{text.substr(at, 2)}});
            ++end;
        } else if (std::string_view{"+-*/),=<>"}.contains(c)) {
            tokens.push_back({TokenKind::sign, std::string{c}});
        }
        at = end;
    }
    return tokens;
}

}  // namespace margind::test
