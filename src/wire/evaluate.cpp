#include "wire/evaluate.hpp"

#include <limits>
#include <utility>
#include <variant>

#include "margind/core/engine.hpp"
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
    options.currency_digits = document.currency_digits;
    options.negative_prices = document.negative_prices;
    options.max_ages_ms = document.max_ages_ms;
    options.symbols_max = std::numeric_limits<std::uint32_t>::max();
    return options;
}

/// A price of the document: as old as its stamp says at the document's now.
TickFate apply(Engine& engine, const NamedPrice& price, Moment now) {
    PriceTick tick;
    tick.symbol = engine.intern_symbol(price.symbol);
    tick.bid = price.bid;
    tick.ask = price.ask;
    tick.ts_ms = price.ts_ms;
    tick.is_stored = true;
    tick.marks = price.marks;
    return engine.apply(tick, now);
}

/// The account with one position more, at the document's prices. Leaves the engine like that.
Pretrade try_deal(Engine& engine, const EvaluateDocument& document, Moment now) {
    AccountImage account = document.account;
    OrderImage deal = *document.pretrade;
    const SymbolId symbol = engine.intern_symbol(deal.symbol);
    if (!deal.open_price) {
        deal.open_price = engine.quotes().usable()[symbol.value].opening(deal.side == Side::sell);
    }
    account.orders.push_back(std::move(deal));
    engine.apply(account, now);
    engine.recompute(now);
    const Snapshot snapshot = engine.snapshot(engine.find_account(account.key), now);
    const Valuation after = std::get<StandardFigures>(snapshot.figures).valuation;
    const bool trades = engine.quotes().session(symbol) == Session::open;
    return {after, after.causes.none() && trades && after.free_margin() >= Money{}};
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
    for (const NamedPrice& quote : document.quotes) apply(engine, quote, now);
    std::vector<TickFate> fates;
    for (const NamedPrice& tick : document.ticks) fates.push_back(apply(engine, tick, now));
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
    if (document.pretrade) evaluated.pretrade = try_deal(engine, document, now);
    return write_answer(evaluated);
}

}  // namespace margind::wire
