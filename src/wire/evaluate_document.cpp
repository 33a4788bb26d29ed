#include "wire/evaluate_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "wire/json_place.hpp"
#include "wire/redis_keys.hpp"

namespace margind::wire {
namespace {

namespace dom = simdjson::dom;
using std::string_view_literals::operator""sv;

constexpr std::int64_t stamp_max = std::numeric_limits<std::int64_t>::max();

constexpr std::array rule_names{"standard"sv, "platform"sv};

void read_rules(ObjectReader& root, EvaluateDocument& document) {
    const auto name = root.choice("rules", rule_names);
    document.rules = name == "platform" ? platform_rules() : standard_rules();
}

void read_currencies(ObjectReader& root, EvaluateDocument& document, Problems& problems) {
    const auto value = root.field("currencies");
    if (!value) return;
    ObjectReader currencies{*value, "currencies", problems};
    for (const dom::key_value_pair& field : currencies.fields()) {
        ObjectReader currency{field.value, currencies.path_of(field.key), problems};
        const auto digits = currency.integer("digits", 0, digits_max);
        if (!digits && !currency.has("digits")) {
            currency.problem("digits", "expected an integer from 0 to 8, found nothing");
        }
        currency.finish();
        document.currency_digits.emplace_back(
            field.key, Digits{static_cast<std::uint8_t>(digits.value_or(0))});
    }
}

void read_suffixes(ObjectReader& root, EvaluateDocument& document) {
    const auto values = root.array("suffixes");
    if (!values) return;
    for (const dom::element value : *values) {
        std::string_view suffix;
        if (value.get(suffix) == simdjson::SUCCESS && is_name(suffix)) {
            document.suffixes.emplace_back(suffix);
        } else {
            root.problem("suffixes", "expected texts such as \".m\", found " + describe(value));
        }
    }
}

NamedPrice read_price(ObjectReader& price, std::string_view symbol) {
    NamedPrice out{.symbol = std::string{symbol}};
    out.bid = price.number("bid").value_or(not_a_price);
    out.ask = price.number("ask").value_or(not_a_price);
    out.ts_ms = price.integer("ts_ms", 1, stamp_max).value_or(0);
    out.marks.mid = price.number("mid").value_or(not_a_price);
    out.marks.mark = price.number("mark").value_or(not_a_price);
    out.marks.last = price.number("last").value_or(not_a_price);
    return out;
}

void check_symbol(std::string_view symbol, const std::string& path, Problems& problems) {
    if (is_name(symbol)) return;
    problems.push_back(path + ": expected a symbol of 1 to 64 bytes without control characters");
}

void read_quotes(ObjectReader& root, EvaluateDocument& document, Problems& problems) {
    const auto value = root.field("quotes");
    if (!value) return;
    ObjectReader quotes{*value, "quotes", problems};
    for (const dom::key_value_pair& field : quotes.fields()) {
        const std::string path = quotes.path_of(field.key);
        check_symbol(field.key, path, problems);
        ObjectReader quote{field.value, path, problems};
        const NamedPrice price = read_price(quote, field.key);
        for (const auto& [name, amount] : {std::pair{"bid"sv, price.bid},
                                           {"ask"sv, price.ask},
                                           {"mid"sv, price.marks.mid},
                                           {"mark"sv, price.marks.mark},
                                           {"last"sv, price.marks.last}}) {
            check_price(quote, name, amount, field.key, document);
        }
        quote.finish();
        document.quotes.push_back(price);
    }
}

/// Ticks may hold what a guard refuses: the answer says so, tick by tick.
void read_ticks(ObjectReader& root, EvaluateDocument& document, Problems& problems) {
    const auto ticks = root.array("ticks");
    if (!ticks) return;
    document.has_ticks = true;
    std::size_t index = 0;
    for (const dom::element value : *ticks) {
        ObjectReader tick{value, fmt::format("ticks[{}]", index++), problems};
        const auto symbol = tick.required_text("symbol");
        if (symbol) check_symbol(*symbol, tick.path_of("symbol"), problems);
        document.ticks.push_back(read_price(tick, symbol.value_or("")));
        tick.finish();
    }
}

void read_now(ObjectReader& root, EvaluateDocument& document, Problems& problems) {
    std::int64_t newest_ms = 0;
    for (const auto* prices : {&document.quotes, &document.ticks}) {
        for (const NamedPrice& price : *prices) newest_ms = std::max(newest_ms, price.ts_ms);
    }
    document.now_ms = root.integer("now_ms", 0, stamp_max).value_or(newest_ms);
    if (document.now_ms >= newest_ms) return;
    problems.push_back(
        fmt::format("now_ms: expected no stamp after it, found {} in a price", newest_ms));
}

}  // namespace

const InstrumentSpec* EvaluateDocument::instrument(std::string_view symbol) const {
    const auto found = std::ranges::find(instruments, symbol, &InstrumentSpec::symbol);
    return found == instruments.end() ? nullptr : &*found;
}

void check_price(ObjectReader& reader, std::string_view name, double price, std::string_view symbol,
                 const EvaluateDocument& document) {
    if (!(price <= 0.0)) return;
    const InstrumentSpec* spec = document.instrument(symbol);
    if (spec != nullptr && calc_mode_from(spec->calc_mode) == CalcMode::perpetual_inverse) {
        reader.problem(name, fmt::format("expected a number above 0, by which calc_mode "
                                         "perpetual_inverse divides, found {}",
                                         price));
    } else if (spec == nullptr || spec->allow_negative != "true") {
        reader.problem(name, fmt::format("expected a number above 0 (or allow_negative on the "
                                         "instrument), found {}",
                                         price));
    }
}

EvaluateDocument read_document(std::string_view json, Problems& problems) {
    EvaluateDocument document;
    dom::parser parser;
    dom::element value;
    if (const auto error = parser.parse(json.data(), json.size()).get(value)) {
        const std::string place = json_fault_place(json);
        problems.push_back(fmt::format("document: {}{}expected one JSON document: {}", place,
                                       place.empty() ? "" : ": ", simdjson::error_message(error)));
        return document;
    }
    ObjectReader root{value, "", problems};
    read_rules(root, document);
    read_currencies(root, document, problems);
    read_suffixes(root, document);
    read_instruments(root, document, problems);
    read_quotes(root, document, problems);
    read_ticks(root, document, problems);
    read_account(root, document, problems);
    read_positions(root, document, problems);
    read_orders(root, document, problems);
    read_pretrade(root, document, problems);
    read_now(root, document, problems);
    root.finish();
    return document;
}

}  // namespace margind::wire
