// The bodies of boost::redis::resp3::parser, for bytes of any origin. What is refused ends the
// connection with an error; what is accepted is what the library accepts, but for streamed strings
// and attributes, which no server sends (the library takes an attribute for an answer, so that each
// later answer would belong to the question before).
#include "adapters/redis/boost_redis.hpp"

#if MARGIND_OWN_RESP3_PARSER
#include <boost/redis/error.hpp>
#include <boost/redis/resp3/parser.hpp>

namespace boost::redis::resp3 {
namespace {

constexpr std::size_t line_max = 64u << 10;        // errors and numbers; texts come by length
constexpr std::size_t aggregate_max = 1ull << 32;  // elements
constexpr std::size_t text_max = 1ull << 40;       // bytes; the read buffer's limit is far below
constexpr std::size_t nowhere = std::string_view::npos;

type type_of(char code) {
    switch (code) {
        case '*': return type::array;
        case '>': return type::push;
        case '~': return type::set;
        case '%': return type::map;
        case '+': return type::simple_string;
        case '-': return type::simple_error;
        case ':': return type::number;
        case ',': return type::doublean;
        case '#': return type::boolean;
        case '(': return type::big_number;
        case '_': return type::null;
        case '!': return type::blob_error;
        case '=': return type::verbatim_string;
        case '$': return type::blob_string;
        default: return type::invalid;
    }
}

/// Where the line that starts at `from` ends; nowhere when its end has not arrived.
std::size_t line_end(std::string_view bytes, std::size_t from) {
    for (std::size_t at = from; at + 1 < bytes.size(); ++at) {
        if (bytes[at] == '\r' && bytes[at + 1] == '\n') return at;
    }
    return nowhere;
}

/// A length of up to `limit`, in digits; nowhere for anything else.
std::size_t length_of(std::string_view digits, std::size_t limit) {
    constexpr std::size_t digits_max = 13;
    if (digits.empty() || digits.size() > digits_max) return nowhere;
    std::size_t length = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') return nowhere;
        length = 10 * length + static_cast<std::size_t>(c - '0');
    }
    return length <= limit ? length : nowhere;
}

}  // namespace

parser::parser() { reset(); }

void parser::reset() {
    depth_ = 0;
    sizes_ = default_sizes;
    bulk_length_ = default_bulk_length;
    bulk_ = type::invalid;
    consumed_ = 0;
}

std::size_t parser::get_consumed() const noexcept { return consumed_; }

bool parser::done() const noexcept {
    return depth_ == 0 && bulk_ == type::invalid && consumed_ != 0;
}

bool parser::is_parsing() const noexcept {
    return depth_ != 0 || bulk_ != type::invalid || consumed_ != 0;
}

void parser::commit_elem() noexcept {
    --sizes_[depth_];
    while (depth_ != 0 && sizes_[depth_] == 0) {
        --depth_;
        --sizes_[depth_];
    }
}

auto parser::consume(std::string_view view, system::error_code& ec) noexcept -> result {
    if (bulk_ == type::invalid) {
        const std::size_t end = line_end(view, consumed_);
        if (end == nowhere) {
            if (view.size() - consumed_ > line_max) ec = error::exceeds_maximum_read_buffer_size;
            return {};
        }
        if (end == consumed_) {
            ec = error::invalid_data_type;
            return {};
        }
        const auto content = view.substr(consumed_ + 1, end - consumed_ - 1);
        const node_type node = consume_impl(type_of(view[consumed_]), content, ec);
        if (ec) return {};
        consumed_ = end + sep.size();
        if (!bulk_expected()) return node;
    }
    if (view.size() - consumed_ < bulk_length_ + sep.size()) return {};
    if (view[consumed_ + bulk_length_] != '\r' || view[consumed_ + bulk_length_ + 1] != '\n') {
        ec = error::incompatible_size;
        return {};
    }
    const node_type node{bulk_, 1, depth_, view.substr(consumed_, bulk_length_)};
    consumed_ += bulk_length_ + sep.size();
    bulk_ = type::invalid;
    commit_elem();
    return node;
}

auto parser::consume_impl(type t, std::string_view elem, system::error_code& ec) -> node_type {
    switch (t) {
        case type::blob_string:
        case type::blob_error:
        case type::verbatim_string: {
            bulk_length_ = length_of(elem, text_max);
            if (bulk_length_ == nowhere) {
                ec = error::not_a_number;
                return {};
            }
            bulk_ = t;
            return {};
        }
        case type::boolean:
            if (elem != "t" && elem != "f") {
                ec = error::unexpected_bool_value;
                return {};
            }
            break;
        case type::doublean:
        case type::big_number:
        case type::number:
            if (elem.empty()) {
                ec = error::empty_field;
                return {};
            }
            break;
        case type::simple_error:
        case type::simple_string:
        case type::null: break;
        case type::push:
        case type::set:
        case type::array:
        case type::map: {
            const std::size_t size = length_of(elem, aggregate_max);
            if (size == nowhere) {
                ec = error::not_a_number;
                return {};
            }
            const node_type node{t, size, depth_, {}};
            if (size == 0) {
                commit_elem();
            } else if (depth_ == max_embedded_depth) {
                ec = error::exceeeds_max_nested_depth;
            } else {
                sizes_[++depth_] = size * element_multiplicity(t);
            }
            return node;
        }
        default: ec = error::invalid_data_type; return {};
    }
    const node_type node{t, 1, depth_, elem};
    commit_elem();
    return node;
}

}  // namespace boost::redis::resp3
#endif
