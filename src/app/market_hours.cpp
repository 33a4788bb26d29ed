#include "app/market_hours.hpp"

#include <spdlog/spdlog.h>

#include <utility>

#include "margind/core/rules/asset_class.hpp"

namespace margind::app {

MarketHours::MarketHours(SessionCalendar calendar)
    : calendar_{std::move(calendar)}, clock_{calendar_}, is_open_(calendar_.size(), true) {}

void MarketHours::tell(Engine& engine, Moment now) {
    const auto changes = clock_.changes(now.wall_ms);
    for (const auto& [session, is_open] : changes) {
        is_open_[session.value] = is_open;
        spdlog::info("event=session class={} open={}", calendar_.name(session), is_open);
    }
    const bool is_known = specifications_told_ == engine.instruments().version() &&
                          symbols_told_ == engine.symbols().size();
    if (changes.empty() && is_known) return;
    tell_all(engine);
    specifications_told_ = engine.instruments().version();
    symbols_told_ = engine.symbols().size();
}

void MarketHours::tell_all(Engine& engine) {
    for (std::uint32_t id = 0; id < engine.symbols().size(); ++id) {
        engine.set_session(SymbolId{id}, session_of(engine, SymbolId{id}));
    }
}

Session MarketHours::session_of(const Engine& engine, SymbolId symbol) const {
    const InstrumentSpec* spec = engine.instruments().symbol_wide(symbol);
    const auto own = spec != nullptr ? option_from(session_names, spec->session) : std::nullopt;
    if (own && *own != Session::open) return *own;
    const std::string_view asset_class = spec != nullptr ? asset_class_of(*spec) : "";
    const auto session = calendar_.class_of(engine.symbols().name(symbol), asset_class);
    return !session || is_open_[session->value] ? Session::open : Session::closed;
}

}  // namespace margind::app
