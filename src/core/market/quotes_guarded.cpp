// What guards let into the quotes of their symbols.
#include <cmath>
#include <utility>

#include "margind/core/market/quotes.hpp"

namespace margind {
namespace {

bool is_given(double side) { return !std::isnan(side); }
bool is_given(const Quote& quote) { return is_given(quote.bid) || is_given(quote.ask); }

}  // namespace

QuoteBoard::Guarded& QuoteBoard::make_guard(std::size_t symbol) {
    if (Guarded* known = find_guard(symbol)) return *known;
    guard_of_[symbol] = static_cast<std::uint32_t>(guards_.size());
    const Stamps& stamps = stamps_[symbol];
    return guards_.emplace_back(
        Guarded{QuoteGuard{stamps.bid_arrived_ms != never, stamps.ask_arrived_ms != never,
                           std::max(stamps.bid_arrived_ms, stamps.ask_arrived_ms)},
                SymbolId{}});
}

void QuoteBoard::set_guard(SymbolId symbol, const GuardSettings& settings, SymbolId reference) {
    negative_allowed_[symbol.value] = settings.allow_negative ? 1 : 0;
    max_age_ms_[symbol.value] = settings.max_age_ms;
    can_age_ |= settings.max_age_ms > 0;
    if (settings.has_limits() || find_guard(symbol.value) != nullptr) {
        Guarded& guarded = make_guard(symbol.value);
        guarded.guard.set(settings);
        guarded.reference = reference;
    }
    settle(symbol.value);
}

void QuoteBoard::set_guard_problem(SymbolId symbol, std::string problem) {
    make_guard(symbol.value).guard.set_problem(std::move(problem));
    settle(symbol.value);
}

void QuoteBoard::start_afresh(SymbolId symbol) {
    Guarded* guarded = find_guard(symbol.value);
    if (guarded == nullptr) return;
    guarded->guard.start_afresh();
    waiting_.erase(symbol.value);
}

const QuoteGuard* QuoteBoard::guard(SymbolId symbol) const {
    const std::uint32_t at = guard_of_[symbol.value];
    return at == no_guard ? nullptr : &guards_[at].guard;
}

GuardSettings QuoteBoard::settings(SymbolId symbol) const {
    const QuoteGuard* known = guard(symbol);
    GuardSettings settings = known != nullptr ? known->settings() : limits_.guard();
    settings.max_age_ms = max_age_ms_[symbol.value];
    settings.allow_negative = allows_negative(symbol);
    return settings;
}

Causes QuoteBoard::guard_causes(std::size_t symbol) const {
    const QuoteGuard* known = guard(SymbolId{static_cast<std::uint32_t>(symbol)});
    Causes causes;
    if (known == nullptr) return causes;
    if (known->is_unchanged()) causes |= Cause::stale_price;
    if (!known->problem().empty()) causes |= Cause::bad_setting;
    return causes;
}

double QuoteBoard::reference_mid(const Guarded& guarded) const {
    if (guarded.reference.is_none()) return not_a_price;
    const Quote& quote = usable_[guarded.reference.value];
    return (quote.bid + quote.ask) / 2.0;
}

TickFate QuoteBoard::take_guarded(std::size_t symbol, const Arrival& arrival, Moment now) {
    Guarded& guarded = guards_[guard_of_[symbol]];
    const QuoteGuard::Verdict verdict =
        guarded.guard.judge(arrival, newest_[symbol], reference_mid(guarded));
    note_waiting(symbol);
    if (!is_given(verdict.enters)) return verdict.fate;
    // A side that was given and is held leaves the raw one of before.
    Quote& raw = raw_[symbol];
    const auto enter_raw = [](double given, double entered, double& side) {
        if (is_given(entered) || !is_given(given)) side = given;
    };
    enter_raw(arrival.quote.bid, verdict.enters.bid, raw.bid);
    enter_raw(arrival.quote.ask, verdict.enters.ask, raw.ask);
    if (verdict.fate != TickFate::outlier_held) marks_[symbol] = arrival.marks;
    const TickFate entered = enter(symbol, verdict.enters, arrival.ts_ms, arrival.since_ms(), now);
    return verdict.fate == TickFate::outlier_held || entered == TickFate::accepted ? verdict.fate
                                                                                   : entered;
}

/// Lets in what time, or a reference that is usable again, has confirmed. True where it did.
bool QuoteBoard::admit_held(SymbolId id, Moment now) {
    const std::size_t symbol = id.value;
    Guarded& guarded = guards_[guard_of_[symbol]];
    bool has_changed = false;
    const bool has_reference = !guarded.guard.settings().ref_symbol.empty();
    if (!has_reference || is_given(reference_mid(guarded))) {
        if (const auto awaiting = guarded.guard.take_awaiting()) {
            take_guarded(symbol, *awaiting, now);
            has_changed = true;
        }
    }
    if (const auto confirmed = guarded.guard.take_confirmed(now.steady_ms)) {
        if (is_given(confirmed->quote.bid)) raw_[symbol].bid = confirmed->quote.bid;
        if (is_given(confirmed->quote.ask)) raw_[symbol].ask = confirmed->quote.ask;
        marks_[symbol] = confirmed->marks;
        enter(symbol, confirmed->quote, confirmed->ts_ms, confirmed->since_ms(), now);
        has_changed = true;
    }
    note_waiting(symbol);
    return has_changed;
}

void QuoteBoard::note_waiting(std::size_t symbol) {
    const auto id = static_cast<std::uint32_t>(symbol);
    if (guards_[guard_of_[symbol]].guard.is_waiting()) {
        waiting_.insert(id);
    } else {
        waiting_.erase(id);
    }
}

}  // namespace margind
