#include "wire/evaluate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include "core/explain/formula_names.hpp"
#include "core/explain/step_text.hpp"
#include "margind/core/engine/engine.hpp"
#include "wire/evaluate_answer.hpp"
#include "wire/evaluate_document.hpp"

namespace margind::wire {
namespace {

std::string joined(const Problems& problems) {
    std::string text;
    for (const std::string& problem : problems) {
        if (!text.empty()) text += '\n';
        text += problem;
    }
    return text;
}

EngineOptions options_of(const EvaluateDocument& document) {
    EngineOptions options;
    options.rules = document.rules;
    options.types = {document.account.key.type};
    options.suffixes = document.suffixes;
    if (document.pivots) options.pivots = *document.pivots;
    options.currency_digits = document.currency_digits;
    options.symbols_max = std::numeric_limits<std::uint32_t>::max();
    return options;
}

TickFate apply(Engine& engine, const NamedPrice& price, bool is_stored, Moment now) {
    PriceTick tick;
    tick.symbol = engine.intern_symbol(price.symbol);
    tick.bid = price.bid;
    tick.ask = price.ask;
    tick.ts_ms = price.ts_ms;
    tick.is_stored = is_stored;
    tick.marks = price.marks;
    return engine.apply(tick, now);
}

/// What opening takes of the account, whatever its levels are measured by. Nothing where it does
/// not fit.
std::optional<Money> opening_margin(const Explanation& all) {
    const bool is_worked_out_apart = all.margin_maintenance.has_value();
    return all.margin_initial || is_worked_out_apart ? all.margin_initial : all.margin;
}

std::string allowed_step(const Explanation& after, Money margin) {
    const CurrencyText money{after.currency, after.digits};
    const Money left = after.equity - margin;
    return step(
        "pretrade allowed", formula::equity,
        fmt::format("{} (equity) - {} (initial margin) = {} ({})", money.bare(after.equity),
                    money.bare(margin), money(left), left >= Money{} ? "enough" : "not enough"));
}

/// The lines that a deal changes.
std::vector<std::string> changed_steps(const Explanation& before, const Explanation& after) {
    std::vector<std::string> steps;
    for (const std::string& step : after.steps) {
        const bool is_old = std::ranges::find(before.steps, step) != before.steps.end();
        if (!is_old) steps.push_back("pretrade " + step);
    }
    return steps;
}

/// Why a deal cannot be thought of, whoever makes it.
Causes doubts_of(const OrderImage& deal, const EvaluateDocument& document, Causes quote) {
    if (document.instrument(deal.symbol) == nullptr) return Cause::no_instrument;
    return deal.open_price ? Causes{} : quote;
}

/// True where its lots are a multiple of the step that the document gives, and not above the
/// largest deal.
bool has_dealt_size(const OrderImage& deal, const EvaluateDocument& document) {
    const InstrumentSpec* spec = document.instrument(deal.symbol);
    const auto instrument =
        spec == nullptr ? std::unexpected(std::string{}) : derive_instrument(*spec);
    if (!instrument || !deal.volume) return false;
    const Volume most = instrument->volume_max;
    const bool is_stepped =
        !spec->volume_step || deal.volume->raw() % instrument->volume_step.raw() == 0;
    return is_stepped && (most.raw() == 0 || *deal.volume <= most);
}

/// The account with one position more, at the document's prices. Leaves the engine like that.
Pretrade try_deal(Engine& engine, const EvaluateDocument& document, const Explanation& before,
                  Moment now) {
    AccountImage account = document.account;
    OrderImage deal = *document.pretrade;
    const SymbolId symbol = engine.intern_symbol(deal.symbol);
    const AccountId id = engine.find_account(account.key);
    const auto valuation = [&] {
        return std::get<StandardFigures>(engine.snapshot(id, now).figures).valuation;
    };
    if (const Causes doubts = doubts_of(deal, document, engine.quotes().causes(symbol));
        !doubts.none()) {
        Valuation unknown = valuation();
        unknown.causes |= doubts;
        return {.after = unknown};
    }
    if (!deal.open_price) {
        deal.open_price = engine.quotes().usable()[symbol.value].opening(deal.side == Side::sell);
    }
    const bool may_trade =
        engine.quotes().session(symbol) == Session::open && has_dealt_size(deal, document);
    account.orders.push_back(std::move(deal));
    engine.apply(account, now);
    engine.recompute(now);
    const Explanation explained = engine.explain(id, now);
    Pretrade out{valuation(), opening_margin(explained), false, changed_steps(before, explained)};
    if (!out.margin_initial) out.after.causes |= Cause::overflow;
    if (!out.after.causes.none()) return out;
    out.is_allowed = may_trade && out.after.equity - *out.margin_initial >= Money{};
    out.steps.push_back(allowed_step(explained, *out.margin_initial));
    return out;
}

/// The prices that stand before the first tick: as old as their stamps say at the document's now.
void apply_quotes(Engine& engine, const EvaluateDocument& document, Moment now,
                  Problems& problems) {
    for (const NamedPrice& quote : document.quotes) {
        const TickFate fate = apply(engine, quote, true, now);
        if (fate != TickFate::spread && fate != TickFate::off_reference) continue;
        problems.push_back(
            fmt::format("quotes.{}: expected a quote that the instrument's guards "
                        "let in, found one that they refuse ({})",
                        quote.symbol, to_string(fate)));
    }
}

/// Ticks arrive at their stamps, one after the other: a late one, or one without a stamp, with the
/// one before it. One that is stamped after the document's now has not arrived by then.
TickFates apply_ticks(Engine& engine, const EvaluateDocument& document) {
    const auto is_early = [&](const NamedPrice& tick) { return tick.ts_ms > document.now_ms; };
    const auto first = std::ranges::find_if(
        document.ticks, [&](const NamedPrice& tick) { return tick.ts_ms > 0 && !is_early(tick); });
    std::int64_t clock_ms = first == document.ticks.end() ? document.now_ms : first->ts_ms;
    TickFates fates;
    for (const NamedPrice& tick : document.ticks) {
        if (is_early(tick)) {
            fates.emplace_back();
            continue;
        }
        clock_ms = std::max(clock_ms, tick.ts_ms);
        const Moment arrival{clock_ms, clock_ms};
        engine.recompute(arrival);  // what a beat does for held and ageing quotes; nobody is valued
        fates.emplace_back(apply(engine, tick, false, arrival));
    }
    return fates;
}

}  // namespace

Result<std::string> evaluate(std::string_view json_document) {
    Problems problems;
    const EvaluateDocument document = read_document(json_document, problems);
    if (!problems.empty()) return std::unexpected(Error{Fault::malformed, joined(problems)});

    const Moment now{document.now_ms, document.now_ms};
    Engine engine{options_of(document)};
    for (const InstrumentSpec& spec : document.instruments) engine.apply(spec);
    for (const auto& [symbol, session] : document.sessions) {
        engine.set_session(engine.intern_symbol(symbol), session);
    }
    apply_quotes(engine, document, now, problems);
    if (!problems.empty()) return std::unexpected(Error{Fault::malformed, joined(problems)});
    TickFates fates = apply_ticks(engine, document);
    const AccountId account = engine.adopt(document.account.key, now);
    (void)engine.plan(1);  // the image that follows is the one that was asked for
    engine.apply(document.account, now);
    engine.recompute(now);
    Evaluated evaluated{engine.explain(account, now),
                        engine.snapshot(account, now),
                        document,
                        std::move(fates),
                        engine.risk(account),
                        {}};
    if (document.pretrade) {
        evaluated.pretrade = try_deal(engine, document, evaluated.explanation, now);
    }
    return write_answer(evaluated);
}

}  // namespace margind::wire
