#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace margind::test {

enum class TokenKind : std::uint8_t { number, sign, function, word };

/// A piece of a statement in an explanation's line.
struct Token {
    TokenKind kind = TokenKind::word;
    std::string text;
};

/// The pieces of a statement in their order. Brackets that name the number before them are left
/// out; a bracket that does not close throws.
[[nodiscard]] std::vector<Token> tokens_of(std::string_view text);

}  // namespace margind::test
