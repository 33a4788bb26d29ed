#pragma once
#include <optional>
#include <vector>

#include "app/session_clock.hpp"
#include "margind/core/engine/engine.hpp"

namespace margind::app {

/// Tells an engine which of its symbols trade: by the classes of the configuration, and by the
/// `session` of their specification, which can only close.
class MarketHours {
public:
    explicit MarketHours(SessionCalendar calendar);
    MarketHours(const MarketHours&) = delete;
    MarketHours& operator=(const MarketHours&) = delete;

    /// Call before each beat. Costs a comparison per class while nothing has changed.
    void tell(Engine& engine, Moment now);

private:
    void tell_all(Engine& engine);
    [[nodiscard]] Session session_of(const Engine& engine, SymbolId symbol) const;

    SessionCalendar calendar_;
    SessionClock clock_;
    std::vector<bool> is_open_;              // by SessionId
    std::uint64_t specifications_told_ = 0;  // Instruments::version when everything was told last
    std::uint32_t symbols_told_ = 0;
};

}  // namespace margind::app
