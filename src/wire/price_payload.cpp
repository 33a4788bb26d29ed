#include "wire/price_payload.hpp"

#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <cstring>

#include "margind/core/base/decimal.hpp"
#include "wire/feed_name.hpp"

namespace margind::wire {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t depth_max = 8;
constexpr double exact_integer_max = 9007199254740992.0;  // 2⁵³

PayloadFault from_name(NameFault fault) {
    switch (fault) {
        case NameFault::none: return PayloadFault::none;
        case NameFault::too_long: return PayloadFault::name_too_long;
        case NameFault::bad_utf8: return PayloadFault::bad_utf8;
        case NameFault::empty:
        case NameFault::bad_byte: break;
    }
    return PayloadFault::bad_name;
}

bool is_json_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// A number, decimal text, or null and empty text for "not given" (which leaves `out` as it is).
bool read_real(dom::element value, double& out) {
    std::string_view text;
    if (value.is_null()) return true;
    if (value.get(text) == simdjson::SUCCESS) {
        if (text.empty()) return true;
        const std::optional<double> parsed = parse_real(text);
        if (parsed) out = *parsed;
        return parsed.has_value();
    }
    return value.get(out) == simdjson::SUCCESS && std::isfinite(out);
}

/// A number that is not negative, as a number or as decimal text; a fraction is dropped. Null and
/// empty text leave `out` as it is.
bool read_count(dom::element value, std::optional<std::uint64_t>& out) {
    std::uint64_t whole = 0;
    std::string_view text;
    if (value.get(whole) == simdjson::SUCCESS) {
        out = whole;
        return true;
    }
    if (value.get(text) == simdjson::SUCCESS) {
        const char* const end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, whole);
        if (error == std::errc{} && stop == end) {
            out = whole;
            return true;
        }
    }
    double real = not_a_price;
    if (!read_real(value, real)) return false;
    if (std::isnan(real)) return true;
    if (!(real >= 0.0 && real <= exact_integer_max)) return false;
    out = static_cast<std::uint64_t>(real);
    return true;
}

/// The keys seen in one object, to refuse a second one of the same name.
class SeenKeys {
public:
    bool insert(std::string_view key) {
        for (std::size_t i = 0; i < count_; ++i) {
            if (keys_[i] == key) return false;
        }
        keys_[count_++] = key;
        return true;
    }
    [[nodiscard]] bool is_full() const { return count_ == keys_.size(); }

private:
    std::array<std::string_view, payload_keys_max> keys_;
    std::size_t count_ = 0;
};

struct Fields {
    PricePayload& out;
    bool has_symbol = false;
};

PayloadFault read_field(const dom::key_value_pair& field, Fields& fields) {
    PricePayload& out = fields.out;
    if (field.key == "symbol") {
        fields.has_symbol = field.value.get(out.symbol) == simdjson::SUCCESS;
        return fields.has_symbol ? PayloadFault::none : PayloadFault::no_symbol;
    }
    bool is_good = true;
    if (field.key == "bid") {
        is_good = read_real(field.value, out.bid);
    } else if (field.key == "ask") {
        is_good = read_real(field.value, out.ask);
    } else if (field.key == "seq") {
        is_good = read_count(field.value, out.seq);
    } else if (field.key == "ts") {
        std::optional<std::uint64_t> ts;
        is_good = read_count(field.value, ts) && ts.value_or(0) <= INT64_MAX;
        out.ts_ms = static_cast<std::int64_t>(ts.value_or(0));
    }
    return is_good ? PayloadFault::none : PayloadFault::bad_number;
}

PayloadFault read_object(dom::object object, PricePayload& out) {
    SeenKeys seen;
    Fields fields{out};
    for (const dom::key_value_pair field : object) {
        if (seen.is_full()) return PayloadFault::bad_json;
        if (!seen.insert(field.key)) return PayloadFault::duplicate_key;
        const PayloadFault fault = read_field(field, fields);
        if (fault != PayloadFault::none) return fault;
    }
    if (!fields.has_symbol) return PayloadFault::no_symbol;
    out.carries_price = !std::isnan(out.bid) || !std::isnan(out.ask);
    return from_name(check_feed_name(out.symbol));
}

}  // namespace

/// simdjson reads past the end of its input: the payload is copied to where that is allowed. The
/// DOM parser looks at every byte; its On-Demand sister would pass junk in fields that are not
/// asked for.
struct PricePayloadParser::Json {
    dom::parser parser{payload_bytes_max};
    std::array<char, payload_bytes_max + simdjson::SIMDJSON_PADDING> bytes{};

    Json() {
        // The first parse would allocate otherwise; a failure shows there again as bad_json.
        static_cast<void>(parser.allocate(payload_bytes_max, depth_max));
    }

    PayloadFault parse(std::string_view payload, PricePayload& out) {
        std::memcpy(bytes.data(), payload.data(), payload.size());
        std::memset(bytes.data() + payload.size(), 0, simdjson::SIMDJSON_PADDING);
        dom::element document;
        const auto error = parser.parse(bytes.data(), payload.size(), false).get(document);
        if (error == simdjson::UTF8_ERROR) return PayloadFault::bad_utf8;
        if (error != simdjson::SUCCESS) return PayloadFault::bad_json;
        dom::object object;
        if (document.get(object) != simdjson::SUCCESS) return PayloadFault::not_object;
        return read_object(object, out);
    }
};

PricePayloadParser::PricePayloadParser() : json_{std::make_unique<Json>()} {}
PricePayloadParser::~PricePayloadParser() = default;
PricePayloadParser::PricePayloadParser(PricePayloadParser&&) noexcept = default;
PricePayloadParser& PricePayloadParser::operator=(PricePayloadParser&&) noexcept = default;

PayloadFault PricePayloadParser::parse(std::string_view payload, PricePayload& out) {
    out = {};
    if (payload.empty()) return PayloadFault::empty;
    if (payload.size() > payload_bytes_max) return PayloadFault::too_long;
    std::size_t first = 0;
    while (first < payload.size() && is_json_space(payload[first])) ++first;
    if (first == payload.size()) return PayloadFault::empty;
    const char lead = payload[first];
    if (lead == '{') return json_->parse(payload, out);
    if (lead == '[' || lead == '"') return PayloadFault::not_object;
    const PayloadFault fault = from_name(check_feed_name(payload));
    if (fault == PayloadFault::none) out.symbol = payload;
    return fault;
}

std::string_view to_string(PayloadFault fault) {
    for (const auto& [known, name] : payload_fault_names) {
        if (known == fault) return name;
    }
    return "none";
}

}  // namespace margind::wire
