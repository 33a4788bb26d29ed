#include "wire/book_line.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <deque>
#include <optional>

#include "wire/json_writer.hpp"

namespace margind::wire {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t depth_max = 4;

constexpr std::pair<std::string_view, BookType> type_names[] = {
    {"string", BookType::string}, {"hash", BookType::hash}, {"set", BookType::set}};

std::optional<BookType> type_from(std::string_view name) {
    for (const auto& [known, type] : type_names) {
        if (known == name) return type;
    }
    return std::nullopt;
}

std::string_view name_of(BookType type) {
    for (const auto& [name, known] : type_names) {
        if (known == type) return name;
    }
    return "string";
}

}  // namespace

struct BookLineParser::Json {
    dom::parser parser{book_line_bytes_max};
    std::string bytes;  // the line with the room that simdjson reads beyond it
    std::vector<std::string_view> texts;
    std::vector<std::string_view> sorted;
    std::deque<std::string> numbers;  // texts of numbers; never move

    BookFault parse(std::string_view line, BookEntry& out) {
        texts.clear();
        numbers.clear();
        if (line.size() > book_line_bytes_max) return BookFault::too_long;
        bytes.assign(line);
        bytes.append(simdjson::SIMDJSON_PADDING, '\0');
        if (parser.max_depth() != depth_max || parser.capacity() < line.size()) {
            const std::size_t wanted = std::max<std::size_t>(line.size(), 4096);
            if (parser.allocate(wanted, depth_max) != simdjson::SUCCESS) return BookFault::too_long;
        }
        dom::element document;
        dom::object object;
        if (parser.parse(bytes.data(), line.size(), false).get(document) != simdjson::SUCCESS) {
            return BookFault::bad_json;
        }
        if (document.get(object) != simdjson::SUCCESS) return BookFault::bad_shape;
        return read(object, out);
    }

    BookFault read(dom::object object, BookEntry& out) {
        dom::element value;
        std::string_view type_name;
        unsigned seen = 0;
        for (const dom::key_value_pair field : object) {
            const unsigned bit = field.key == "key"     ? 1u
                                 : field.key == "type"  ? 2u
                                 : field.key == "value" ? 4u
                                                        : 0u;
            if (bit == 0 || (seen & bit) != 0) return BookFault::bad_shape;
            seen |= bit;
            if (bit == 4u) value = field.value;
            std::string_view& text = bit == 1u ? out.key : type_name;
            if (bit != 4u && field.value.get(text) != simdjson::SUCCESS) {
                return BookFault::bad_shape;
            }
        }
        if (seen != 7u) return BookFault::bad_shape;
        const std::optional<BookType> type = type_from(type_name);
        if (!type) return BookFault::bad_type;
        out.type = *type;
        const BookFault fault = read_value(value, out.type);
        out.value = texts;
        return fault;
    }

    BookFault read_value(dom::element value, BookType type) {
        dom::object fields;
        dom::array members;
        switch (type) {
            case BookType::hash:
                if (value.get(fields) != simdjson::SUCCESS) return BookFault::bad_type;
                for (const dom::key_value_pair field : fields) {
                    texts.push_back(field.key);
                    if (!add(field.value)) return BookFault::bad_value;
                }
                return are_distinct(2) ? BookFault::none : BookFault::bad_value;
            case BookType::set:
                if (value.get(members) != simdjson::SUCCESS) return BookFault::bad_type;
                for (const dom::element member : members) {
                    if (!add(member)) return BookFault::bad_value;
                }
                return are_distinct(1) ? BookFault::none : BookFault::bad_value;
            case BookType::string: break;
        }
        return add(value) ? BookFault::none : BookFault::bad_type;
    }

    /// Takes a text as it is, and a number as text.
    bool add(dom::element value) {
        std::string_view text;
        std::int64_t whole = 0;
        double real = 0.0;
        if (value.get(text) == simdjson::SUCCESS) {
            texts.push_back(text);
            return true;
        }
        if (value.get(whole) == simdjson::SUCCESS) {
            texts.push_back(numbers.emplace_back(fmt::format("{}", whole)));
            return true;
        }
        if (value.get(real) != simdjson::SUCCESS) return false;
        texts.push_back(numbers.emplace_back(fmt::format("{}", real)));
        return true;
    }

    /// True where no field (every second text), or no member (every text), is there twice.
    bool are_distinct(std::size_t stride) {
        sorted.clear();
        for (std::size_t i = 0; i < texts.size(); i += stride) sorted.push_back(texts[i]);
        std::ranges::sort(sorted);
        return std::ranges::adjacent_find(sorted) == sorted.end();
    }
};

BookLineParser::BookLineParser() : json_{std::make_unique<Json>()} {}
BookLineParser::~BookLineParser() = default;
BookLineParser::BookLineParser(BookLineParser&&) noexcept = default;
BookLineParser& BookLineParser::operator=(BookLineParser&&) noexcept = default;

BookFault BookLineParser::parse(std::string_view line, BookEntry& out) {
    out = {};
    return json_->parse(line, out);
}

void append_book_line(std::string& out, const BookEntry& entry) {
    JsonWriter json{out};
    json.begin_object().field("key", entry.key).field("type", name_of(entry.type)).key("value");
    switch (entry.type) {
        case BookType::hash:
            json.begin_object();
            for (std::size_t i = 0; i + 1 < entry.value.size(); i += 2) {
                json.field(entry.value[i], entry.value[i + 1]);
            }
            json.end_object();
            break;
        case BookType::set:
            json.begin_array();
            for (const std::string_view member : entry.value) json.value(member);
            json.end_array();
            break;
        case BookType::string:
            json.value(entry.value.empty() ? std::string_view{} : entry.value.front());
            break;
    }
    json.end_object();
    out += '\n';
}

std::string_view to_string(BookFault fault) {
    for (const auto& [known, name] : book_fault_names) {
        if (known == fault) return name;
    }
    return "none";
}

}  // namespace margind::wire
