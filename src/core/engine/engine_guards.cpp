// The settings of guards: they are the symbol's, and count from the group `Standard` alone.
#include <algorithm>
#include <utility>

#include "margind/core/engine/engine.hpp"

namespace margind {

GuardSettings EngineOptions::guard_of(std::string_view symbol) const {
    GuardSettings settings = quotes.guard();
    settings.allow_negative = std::ranges::find(negative_prices, symbol) != negative_prices.end();
    return settings;
}

void Engine::apply_guard(const InstrumentSpec& spec, SymbolId symbol) {
    if (spec.group != fallback_group) return;
    auto settings = derive_guard(spec, options_.guard_of(spec.symbol));
    if (settings) {
        const std::string& reference = settings->ref_symbol;
        quotes_.set_guard(symbol, *settings,
                          reference.empty() ? SymbolId{} : intern_symbol(reference));
    } else {
        quotes_.set_guard_problem(symbol, std::move(settings.error()));
    }
    requote(symbol);
}

/// Whoever holds a symbol has asked for its specification; a pair that is only converted through,
/// or a reference, has guards as well.
void Engine::ask_for_guard(SymbolId symbol) {
    const GroupId standard = instruments_.intern_group(fallback_group);
    if (instruments_.ask(standard, symbol)) want_instrument({standard, symbol});
}

}  // namespace margind
