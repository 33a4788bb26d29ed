#include "wire/json_writer.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <iterator>

namespace margind::wire {
namespace {

constexpr std::string_view replacement_character = "\xEF\xBF\xBD";  // U+FFFD

unsigned byte_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}

/// Length of the UTF-8 character at `at`; 0 when the bytes there are none. RFC 3629, section 4.
std::size_t character_length(std::string_view text, std::size_t at) {
    const unsigned lead = byte_at(text, at);
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || lead > 0xF4) return 0;
    const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (text.size() - at < length) return 0;
    unsigned low = 0x80;
    unsigned high = 0xBF;
    if (lead == 0xE0) low = 0xA0;   // overlong
    if (lead == 0xED) high = 0x9F;  // surrogates
    if (lead == 0xF0) low = 0x90;   // overlong
    if (lead == 0xF4) high = 0x8F;  // beyond U+10FFFF
    for (std::size_t i = 1; i < length; ++i) {
        const unsigned byte = byte_at(text, at + i);
        if (byte < low || byte > high) return 0;
        low = 0x80;
        high = 0xBF;
    }
    return length;
}

void append_control(std::string& out, char control) {
    switch (control) {
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default:
            fmt::format_to(std::back_inserter(out), "\\u{:04x}",
                           static_cast<unsigned>(static_cast<unsigned char>(control)));
    }
}

/// True for the bytes that may stand in a JSON text as they are.
bool is_plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

}  // namespace

bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = character_length(text, at);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

void append_json_escaped(std::string& out, std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && is_plain(text[end])) ++end;
        out.append(text, at, end - at);
        at = end;
        if (at == text.size()) return;
        const char c = text[at];
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
            ++at;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            append_control(out, c);
            ++at;
        } else if (const std::size_t length = character_length(text, at); length == 0) {
            out += replacement_character;
            ++at;
        } else {
            out.append(text, at, length);
            at += length;
        }
    }
}

JsonWriter& JsonWriter::open(char bracket) {
    separate();
    out_ += bracket;
    needs_comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
    out_ += bracket;
    needs_comma_ = true;
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    value(name);
    out_ += ':';
    needs_comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    separate();
    out_ += json;
    return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
    separate();
    out_ += '"';
    append_json_escaped(out_, text);
    out_ += '"';
    return *this;
}

JsonWriter& JsonWriter::value(double number) {
    if (!std::isfinite(number)) return null();
    separate();
    fmt::format_to(std::back_inserter(out_), "{}", number == 0.0 ? 0.0 : number);
    return *this;
}

JsonWriter& JsonWriter::fixed(double number, int decimals) {
    if (!std::isfinite(number)) return null();
    separate();
    const std::size_t begin = out_.size();
    fmt::format_to(std::back_inserter(out_), "{:.{}f}", number, decimals);
    const bool is_zero = out_.find_first_not_of("-0.", begin) == std::string::npos;
    if (is_zero && out_[begin] == '-') out_.erase(begin, 1);
    return *this;
}

JsonWriter& JsonWriter::value(Money money, Digits digits) {
    static constexpr std::array<std::uint64_t, digits_max + 1> scales{
        1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};
    separate();
    // Negated as unsigned: the least int64 has no positive counterpart.
    const auto bits = static_cast<std::uint64_t>(money.minor());
    const std::uint64_t magnitude = money.minor() < 0 ? 0 - bits : bits;
    const std::uint64_t scale = scales[digits.value];
    if (money.minor() < 0) out_ += '-';
    fmt::format_to(std::back_inserter(out_), "{}", magnitude / scale);
    if (digits.value > 0) {
        fmt::format_to(std::back_inserter(out_), ".{:0{}}", magnitude % scale, digits.value);
    }
    return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t number) {
    separate();
    fmt::format_to(std::back_inserter(out_), "{}", number);
    return *this;
}

JsonWriter& JsonWriter::natural(std::uint64_t number) {
    separate();
    fmt::format_to(std::back_inserter(out_), "{}", number);
    return *this;
}

}  // namespace margind::wire
