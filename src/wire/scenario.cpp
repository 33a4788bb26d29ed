#include "wire/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "margind/core/base/decimal.hpp"
#include "wire/scenario_settings.hpp"

namespace margind::wire {
namespace {

constexpr std::pair<std::string_view, ExpectedField> field_names[] = {
    {"balance", ExpectedField::balance},
    {"equity", ExpectedField::equity},
    {"margin", ExpectedField::margin},
    {"free_margin", ExpectedField::free_margin},
    {"pnl", ExpectedField::pnl},
    {"level", ExpectedField::level},
    {"state", ExpectedField::state},
    {"verdict", ExpectedField::verdict},
    {"causes", ExpectedField::causes},
    {"events", ExpectedField::events},
    {"peak", ExpectedField::peak},
    {"daily_floor", ExpectedField::daily_floor},
    {"drawdown_floor", ExpectedField::drawdown_floor},
};

constexpr std::string_view event_kinds[] = {"margin_call", "stop_out", "would_stop_out",
                                            "recovered",   "unknown",  "deficit",
                                            "daily_loss",  "drawdown", "touched"};

bool is_in(std::string_view word, auto&& names) {
    return std::ranges::find(names, word) != std::end(names);
}

/// Takes "none" or a list such as "no_rate,no_price" of known names.
std::string take_list(ScenarioWords& words, std::string_view what, auto&& names) {
    const std::string text{words.take(what)};
    if (text == "none") return text;
    std::string_view rest = text;
    while (!words.has_failed()) {
        const std::size_t comma = rest.find(',');
        if (!is_in(rest.substr(0, comma), names)) words.fail_expected(what);
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
    return text;
}

class Parser {
public:
    void line(std::string_view text) {
        ++number_;
        if (text.size() > line_bytes_max) {
            problems_.push_back({{number_, line_bytes_max}, "the line is too long"});
            return;
        }
        ScenarioWords words{text, number_, problems_};
        if (words.is_empty()) return;
        place_ = words.place();
        const std::string_view verb = words.take("a statement");
        if (read_setting(verb, words)) {
            if (!scenario_.steps.empty()) {
                words.fail(
                    fmt::format("'{}' is a setting of the whole scenario: it comes before "
                                "the first account, instrument or tick",
                                verb));
            }
        } else {
            read_statement(verb, words);
        }
        if (!words.is_at_end()) {
            words.take("");
            words.fail_expected("the end of the line");
        }
    }

    std::expected<Scenario, std::vector<ScenarioProblem>> finish() {
        if (problems_.empty() && scenario_.steps.empty()) {
            problems_.push_back({{1, 1}, "a scenario without a statement"});
        }
        if (!problems_.empty()) return std::unexpected{std::move(problems_)};
        return std::move(scenario_);
    }

private:
    static constexpr std::size_t line_bytes_max = 4096;

    void add(ScenarioStatement statement) {
        scenario_.steps.push_back({place_, std::move(statement)});
    }

    bool read_setting(std::string_view verb, ScenarioWords& words) {
        return read_scenario_setting(verb, words, scenario_.options, scenario_.beat_ms);
    }

    void read_statement(std::string_view verb, ScenarioWords& words) {
        using Reader = void (Parser::*)(ScenarioWords&);
        static constexpr std::pair<std::string_view, Reader> readers[] = {
            {"account", &Parser::read_account},
            {"balance", &Parser::read_balance},
            {"open", &Parser::read_open},
            {"close", &Parser::read_close},
            {"instrument", &Parser::read_instrument},
            {"tick", &Parser::read_tick},
            {"flush", &Parser::read_flush},
            {"wait", &Parser::read_wait},
            {"gap", &Parser::read_gap},
            {"day", &Parser::read_day},
            {"expect", &Parser::read_expect},
        };
        for (const auto& [name, reader] : readers) {
            if (name == verb) return (this->*reader)(words);
        }
        words.fail_expected(
            "account, balance, open, close, instrument, tick, flush, wait, gap, day, "
            "expect, or a setting");
    }

    /// An account that a line above has introduced.
    AccountKey known_account(ScenarioWords& words) {
        const AccountKey key = words.account();
        if (!words.has_failed() && !accounts_.contains(key)) {
            words.fail(fmt::format("no line above introduces the account {}", key.text()));
        }
        return key;
    }

    void read_account(ScenarioWords& words) {
        AccountImage image;
        image.key = words.account();
        if (!words.has_failed() && !is_in(image.key.type, scenario_.options.types)) {
            words.fail(
                fmt::format("'{}' is no account type; see the setting 'types'", image.key.type));
        }
        while (!words.is_at_end()) {
            const std::string_view word = words.take("a setting of the account");
            if (word == "balance") {
                image.balance = words.number("a balance");
            } else if (word == "currency") {
                image.currency = words.name("a currency");
            } else if (word == "leverage") {
                image.leverage = words.number("a leverage");
            } else if (word == "credit") {
                image.credit = words.number("a credit");
            } else if (word == "group") {
                image.group = words.name("a group");
            } else if (word == "mode") {
                image.margin_mode = words.margin_mode();
            } else if (word == "call") {
                image.margin_call_level = percent(words.level("a margin-call level"));
            } else if (word == "stop") {
                image.stop_out_level = percent(words.level("a stop-out level"));
            } else if (!read_scenario_rule(word, words, image.rules)) {
                words.fail_expected(
                    "balance, currency, leverage, credit, group, mode, call, stop, or another "
                    "option of the rules by its name");
            }
        }
        accounts_.insert(image.key);
        add(AccountLine{std::move(image)});
    }

    static double percent(Level level) { return static_cast<double>(level.value) / 100.0; }

    void read_balance(ScenarioWords& words) {
        BalanceLine line;
        line.account = known_account(words);
        line.balance = words.number("a balance");
        add(std::move(line));
    }

    void read_open(ScenarioWords& words) {
        OpenLine line;
        line.account = known_account(words);
        OrderImage& order = line.order;
        order.symbol = words.name("a symbol");
        const std::string_view side = words.take("buy or sell");
        if (side != "buy" && side != "sell") words.fail_expected("buy or sell");
        order.side = side == "buy" ? Side::buy : Side::sell;
        order.volume = words.volume("lots");
        order.quantity = order.volume->lots();
        words.require("at");
        order.open_price = words.number("an open price");
        while (!words.is_at_end()) {
            const std::string_view word = words.take("id, swap, commission or isolated");
            if (word == "id") {
                order.id = words.name("an order id");
            } else if (word == "swap") {
                order.swap = words.number("a swap");
            } else if (word == "commission") {
                order.commission = words.number("a commission");
            } else if (word == "isolated") {
                order.margin_mode = PositionMargin::isolated;
                order.isolated_margin = words.number("a margin put in");
            } else {
                words.fail_expected("id, swap, commission or isolated");
            }
        }
        add(std::move(line));
    }

    void read_close(ScenarioWords& words) {
        CloseLine line;
        line.account = known_account(words);
        line.order = words.name("an order id");
        add(std::move(line));
    }

    void read_instrument(ScenarioWords& words) {
        add(InstrumentLine{read_scenario_instrument(words)});
    }

    static double side(ScenarioWords& words, std::string_view what) {
        return words.take_if("-") ? not_a_price : words.number(what);
    }

    void read_tick(ScenarioWords& words) {
        TickLine line;
        line.symbol = words.name("a symbol");
        line.bid = side(words, "a bid, or - for none");
        line.ask = side(words, "an ask, or - for none");
        if (words.take_if("late")) {
            line.late_ms = words.span_ms("how late the tick is");
        } else if (words.take_if("early")) {
            line.late_ms = -words.span_ms("how early the tick is");
        } else if (words.take_if("stamp")) {
            line.ts_ms = words.stamp("the tick's stamp");
        }
        add(std::move(line));
    }

    void read_flush(ScenarioWords& words) {
        constexpr std::uint32_t beats_max = 1'000'000;
        FlushLine line;
        if (!words.is_at_end()) line.beats = words.count("a number of beats", beats_max);
        add(line);
    }

    void read_wait(ScenarioWords& words) { add(WaitLine{words.span_ms("a span of time")}); }
    void read_gap(ScenarioWords&) { add(GapLine{}); }
    void read_day(ScenarioWords&) { add(DayLine{}); }

    void read_expect(ScenarioWords& words) {
        if (words.take_if("tick")) {
            const std::string_view word = words.take("what becomes of a tick");
            const auto* found = std::ranges::find(tick_fate_names, word);
            if (found == tick_fate_names.end()) {
                words.fail_expected(fmt::format("one of {}", fmt::join(tick_fate_names, ", ")));
                return;
            }
            add(ExpectTickLine{static_cast<TickFate>(found - tick_fate_names.begin())});
        } else if (words.take_if("quote")) {
            add(read_expected_quote(words));
        } else if (words.take_if("events")) {
            add(ExpectEventsLine{take_events(words)});
        } else {
            read_expected_account(words);
        }
    }

    static ExpectQuoteLine read_expected_quote(ScenarioWords& words) {
        ExpectQuoteLine line;
        line.symbol = words.name("a symbol");
        if (words.take_if("none")) {
            line.is_usable = false;
        } else {
            line.bid = words.number("a bid, or none");
            line.ask = words.number("an ask");
        }
        if (words.take_if("guard")) line.guard = words.name("the state of the guard");
        return line;
    }

    static std::string take_events(ScenarioWords& words) {
        return take_list(words,
                         "none, or a list of margin_call, stop_out, would_stop_out, "
                         "recovered, unknown, deficit, daily_loss, drawdown",
                         event_kinds);
    }

    void read_expected_account(ScenarioWords& words) {
        ExpectAccountLine line;
        line.account = known_account(words);
        do {
            ExpectAccountLine::Item item;
            const std::string_view name = words.take("what is expected of the account");
            const auto field = expected_field_from(name);
            if (!field) {
                words.fail_expected(
                    "balance, equity, margin, free_margin, pnl, level, state, verdict, "
                    "causes, events, peak, daily_floor or drawdown_floor");
                return;
            }
            item.field = *field;
            item.place = words.place();
            item.text = take_expected(*field, words);
            line.items.push_back(std::move(item));
        } while (!words.is_at_end());
        add(std::move(line));
    }

    static std::string take_expected(ExpectedField field, ScenarioWords& words) {
        constexpr std::string_view verdicts[] = {"ok", "breach", "unknown"};
        switch (field) {
            case ExpectedField::level: return take_level(words);
            case ExpectedField::state: {
                const std::string text{words.take("a state")};
                if (!account_state_from(text)) {
                    words.fail_expected("ok, margin_call, stop_out or recovering");
                }
                return text;
            }
            case ExpectedField::verdict: {
                const std::string text{words.take("a verdict")};
                if (!is_in(text, verdicts)) words.fail_expected("ok, breach or unknown");
                return text;
            }
            case ExpectedField::causes: return take_causes(words);
            case ExpectedField::events: return take_events(words);
            default: return take_amount(words);
        }
    }

    static std::string take_level(ScenarioWords& words) {
        const std::string text{words.take("a margin level")};
        if (text == "none") return text;
        const bool is_percent = text.ends_with('%');
        const std::string_view digits{text.data(), text.size() - (is_percent ? 1 : 0)};
        if (!is_percent || !parse_fixed(digits, Digits{8}) ||
            digits.find_first_of("eE+ ") != std::string_view::npos) {
            words.fail_expected("a margin level in percent, such as 45.45%, or none");
        }
        return text;
    }

    static std::string take_causes(ScenarioWords& words) {
        std::array<std::string_view, std::size(cause_names)> names;
        std::ranges::transform(cause_names, names.begin(),
                               [](const auto& pair) { return pair.second; });
        return take_list(words, "none, or a list of causes such as no_rate,no_price", names);
    }

    static std::string take_amount(ScenarioWords& words) {
        const std::string text{words.take("an amount")};
        if (text != "none" && !parse_fixed(text, Digits{8})) {
            words.fail_expected("an amount such as 500.00, or none");
        }
        return text;
    }

    Scenario scenario_;
    std::vector<ScenarioProblem> problems_;
    std::set<AccountKey> accounts_;
    std::uint32_t number_ = 0;
    TextPlace place_;
};

}  // namespace

std::optional<ExpectedField> expected_field_from(std::string_view name) {
    for (const auto& [known, field] : field_names) {
        if (known == name) return field;
    }
    return std::nullopt;
}

std::string_view to_string(ExpectedField field) {
    for (const auto& [name, known] : field_names) {
        if (known == field) return name;
    }
    return "?";
}

std::expected<Scenario, std::vector<ScenarioProblem>> parse_scenario(std::string_view text) {
    Parser parser;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        parser.line(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return parser.finish();
}

}  // namespace margind::wire
