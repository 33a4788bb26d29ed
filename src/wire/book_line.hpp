#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace margind::wire {

enum class BookType : std::uint8_t { string, hash, set };

/// One key of a store with its value. Views: valid as long as what they were taken from.
struct BookEntry {
    std::string_view key;
    BookType type = BookType::string;
    /// hash: field, value, field, value …; set: the members; string: one text.
    std::span<const std::string_view> value;
};

/// Why a line of a book file is not used.
enum class BookFault : std::uint8_t {
    none,
    bad_json,    // not well-formed, trailing bytes, nested too deep
    bad_shape,   // no object of exactly "key", "type" and "value", or a key in it twice
    bad_type,    // the type is none of string, hash, set, or does not fit the value
    bad_value,   // a field or member that is no text and no number, or is there twice
    wrong_type,  // the key is one of the contract's, with another type
    bad_name,    // the key names an account, order or symbol that cannot be one
    repeated,    // the key has been seen before
    too_long,    // the reader cut it
    torn,        // the last line, cut off
};

inline constexpr std::array<std::pair<BookFault, std::string_view>, 9> book_fault_names{{
    {BookFault::bad_json, "bad_json"},
    {BookFault::bad_shape, "bad_shape"},
    {BookFault::bad_type, "bad_type"},
    {BookFault::bad_value, "bad_value"},
    {BookFault::wrong_type, "wrong_type"},
    {BookFault::bad_name, "bad_name"},
    {BookFault::repeated, "repeated"},
    {BookFault::too_long, "too_long"},
    {BookFault::torn, "torn"},
}};

[[nodiscard]] std::string_view to_string(BookFault fault);

/// Longest line of a book file: a holder set of a million members fits.
inline constexpr std::size_t book_line_bytes_max = std::size_t{64} * 1024 * 1024;

/// Reads lines {"key":…,"type":"string|hash|set","value":…}. Reusable.
class BookLineParser {
public:
    BookLineParser();
    ~BookLineParser();
    BookLineParser(BookLineParser&&) noexcept;
    BookLineParser& operator=(BookLineParser&&) noexcept;

    /// Fills `out`, which is valid until the next parse.
    [[nodiscard]] BookFault parse(std::string_view line, BookEntry& out);

private:
    struct Json;
    std::unique_ptr<Json> json_;
};

/// Appends the entry as a line of a book file, line break included.
void append_book_line(std::string& out, const BookEntry& entry);

}  // namespace margind::wire
