#include "wire/evaluate_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "margind/core/base/currency.hpp"
#include "wire/json_place.hpp"
#include "wire/redis_keys.hpp"

namespace margind::wire {
namespace {

namespace dom = simdjson::dom;
using Names = std::vector<std::string>;
using std::string_view_literals::operator""sv;

constexpr std::int64_t stamp_max = std::numeric_limits<std::int64_t>::max();
// The year 2286: no epoch in milliseconds is later, and every one in microseconds is.
constexpr std::int64_t epoch_ms_max = 9'999'999'999'999;

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

/// A list of names, such as `example`; nothing where it is absent.
std::optional<Names> read_names(ObjectReader& root, std::string_view field,
                                std::string_view example) {
    const auto values = root.array(field);
    if (!values) return std::nullopt;
    Names names;
    for (const dom::element value : *values) {
        std::string_view name;
        if (value.get(name) == simdjson::SUCCESS && is_name(name)) {
            names.emplace_back(name);
        } else {
            root.problem(field, fmt::format("expected texts such as \"{}\", found {}", example,
                                            describe(value)));
        }
    }
    return names;
}

/// `ts_most`: the latest stamp that it may have.
NamedPrice read_price(ObjectReader& price, std::string_view symbol, std::int64_t ts_most) {
    NamedPrice out{.symbol = std::string{symbol}};
    out.bid = price.number("bid").value_or(not_a_price);
    out.ask = price.number("ask").value_or(not_a_price);
    out.ts_ms = price.integer("ts_ms", 1, ts_most).value_or(0);
    out.marks.mid = price.number("mid").value_or(not_a_price);
    out.marks.mark = price.number("mark").value_or(not_a_price);
    out.marks.last = price.number("last").value_or(not_a_price);
    return out;
}

void check_symbol(std::string_view symbol, const std::string& path, Problems& problems) {
    if (is_name(symbol)) return;
    problems.push_back(path + ": expected a symbol of 1 to 64 bytes without control characters");
}

/// The middle that a feed tells lies between its sides; between crossed ones nothing does.
void check_mid(ObjectReader& quote, const NamedPrice& price) {
    if (price.bid > price.ask) return;
    if (!(price.marks.mid < price.bid) && !(price.marks.mid > price.ask)) return;
    quote.problem("mid",
                  fmt::format("expected a price from bid to ask, found {}", price.marks.mid));
}

void read_quotes(ObjectReader& root, EvaluateDocument& document, Problems& problems) {
    const auto value = root.field("quotes");
    if (!value) return;
    ObjectReader quotes{*value, "quotes", problems};
    for (const dom::key_value_pair& field : quotes.fields()) {
        const std::string path = quotes.path_of(field.key);
        check_symbol(field.key, path, problems);
        const std::size_t problems_before = problems.size();
        ObjectReader quote{field.value, path, problems};
        const NamedPrice price = read_price(quote, field.key, epoch_ms_max);
        for (const auto& [name, amount] : {std::pair{"bid"sv, price.bid},
                                           {"ask"sv, price.ask},
                                           {"mid"sv, price.marks.mid},
                                           {"mark"sv, price.marks.mark},
                                           {"last"sv, price.marks.last}}) {
            check_price(quote, name, amount, field.key, document);
        }
        if (problems.size() == problems_before) check_mid(quote, price);
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
        document.ticks.push_back(read_price(tick, symbol.value_or(""), stamp_max));
        tick.finish();
    }
}

/// Ticks may be stamped after now: they are early then. A stamp in microseconds is no time that it
/// could be.
void read_now(ObjectReader& root, EvaluateDocument& document) {
    std::int64_t newest_quote_ms = 0;
    for (const NamedPrice& quote : document.quotes) {
        newest_quote_ms = std::max(newest_quote_ms, quote.ts_ms);
    }
    std::int64_t newest_ms = newest_quote_ms;
    for (const NamedPrice& tick : document.ticks) {
        if (tick.ts_ms <= epoch_ms_max) newest_ms = std::max(newest_ms, tick.ts_ms);
    }
    document.now_ms = root.integer("now_ms", 0, epoch_ms_max).value_or(newest_ms);
    if (document.now_ms >= newest_quote_ms) return;
    root.problem("now_ms",
                 fmt::format("expected no stamp after it, found {} in a quote", newest_quote_ms));
}

}  // namespace

const InstrumentSpec* EvaluateDocument::instrument(std::string_view symbol) const {
    const auto found = std::ranges::find(instruments, symbol, &InstrumentSpec::symbol);
    return found == instruments.end() ? nullptr : &*found;
}

bool is_perpetual(const InstrumentSpec& spec) {
    const auto mode = calc_mode_from(spec.calc_mode);
    return mode && Instrument{.mode = *mode}.is_perpetual();
}

std::string_view EvaluateDocument::currency() const {
    return account.currency.empty() ? std::string_view{"USD"} : account.currency;
}

Digits EvaluateDocument::digits() const {
    const std::string_view own = currency();
    Digits digits = default_digits(own);
    for (const auto& [code, given] : currency_digits) {
        if (code == own) digits = given;
    }
    return digits;
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
    document.suffixes = read_names(root, "suffixes", ".m").value_or(Names{});
    document.pivots = read_names(root, "pivots", "USD");
    read_instruments(root, document, problems);
    read_quotes(root, document, problems);
    read_ticks(root, document, problems);
    read_account(root, document, problems);
    read_positions(root, document, problems);
    read_orders(root, document, problems);
    read_pretrade(root, document, problems);
    read_now(root, document);
    check_prop_times(document, problems);
    root.finish();
    return document;
}

}  // namespace margind::wire
