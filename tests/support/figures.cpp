#include "support/figures.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>

namespace margind::test {
namespace {

std::string joined(const std::set<std::string>& names) {
    return fmt::format("[{}]", fmt::join(names, ","));
}

std::set<std::string> names_of(Causes causes) {
    std::set<std::string> names;
    for (const auto& [cause, name] : cause_names) {
        if (causes.has(cause)) names.emplace(name);
    }
    return names;
}

std::set<std::string> degraded_names(std::uint8_t degraded) {
    std::set<std::string> names;
    const std::pair<Degraded, const char*> all[] = {
        {Degraded::orders_skipped, "orders_skipped"},
        {Degraded::missing_group_data, "missing_group_data"},
        {Degraded::missing_prices, "missing_prices"},
        {Degraded::missing_conversion, "missing_conversion"},
    };
    for (const auto& [bit, name] : all) {
        if ((degraded & static_cast<unsigned>(bit)) != 0) names.emplace(name);
    }
    return names;
}

std::string_view error_name(PlatformError error) {
    switch (error) {
        case PlatformError::none: return "";
        case PlatformError::missing_balance: return "missing_balance";
        case PlatformError::missing_contract_size:
            return "missing_contract_size_no_leverage_and_margin";
    }
    return "?";
}

/// Shared by both sides, so that a difference in the text is a difference in a figure.
struct Line {
    std::string account;
    std::string verdict;
    std::set<std::string> causes;
    std::string figures;
    std::string state;
    std::uint32_t breach;
    std::uint32_t step;
    bool announced_armed;
    bool must_reassert;
    bool is_suspended;
    std::int64_t last_stop_out_ms;
    std::int64_t above_since_ms;
    std::int64_t unknown_since_ms;

    [[nodiscard]] std::string text() const {
        return fmt::format(
            "{} {} {} {} state {} breach {} step {} announced_armed {} must_reassert {} "
            "suspended {} last_stop_out {} above_since {} unknown_since {}",
            account, verdict, joined(causes), figures, state, breach, step, announced_armed,
            must_reassert, is_suspended, last_stop_out_ms, above_since_ms, unknown_since_ms);
    }
};

std::string standard_text(std::int64_t balance, std::int64_t equity, std::int64_t margin,
                          std::int64_t pnl) {
    return fmt::format("balance {} equity {} margin {} pnl {}", balance, equity, margin, pnl);
}

std::string platform_text(double balance, double equity, double executed, double all, double pnl,
                          double level, const std::set<std::string>& degraded, unsigned skipped) {
    return fmt::format("balance {} equity {} executed {} all {} pnl {} level {} degraded {} of {}",
                       balance, equity, executed, all, pnl, level, joined(degraded), skipped);
}

std::string figures_text(const Snapshot& snapshot) {
    if (const auto* standard = std::get_if<StandardFigures>(&snapshot.figures)) {
        if (!snapshot.has_figures()) return "no figures";
        const Valuation& valuation = standard->valuation;
        return standard_text(standard->balance.minor(), valuation.equity.minor(),
                             valuation.margin.minor(), valuation.pnl.minor());
    }
    const auto& figures = std::get<PlatformFigures>(snapshot.figures);
    if (!snapshot.has_figures()) return fmt::format("error {}", error_name(figures.error));
    return platform_text(figures.balance, figures.equity, figures.used_margin_executed,
                         figures.used_margin_all, figures.open_pnl, figures.level,
                         degraded_names(figures.degraded), figures.orders_skipped);
}

std::string figures_text(const ModelAccount& account, RuleSetKind rules) {
    if (rules == RuleSetKind::standard) {
        if (!account.valuation.causes.empty()) return "no figures";
        const ModelFigures& figures = account.valuation.figures;
        return standard_text(figures.balance, figures.equity, figures.margin, figures.pnl);
    }
    if (!account.image) return "no figures";
    const PlatformModelFigures& figures = account.platform;
    if (!figures.error.empty()) return fmt::format("error {}", figures.error);
    return platform_text(figures.balance, figures.equity, figures.used_margin_executed,
                         figures.used_margin_all, figures.open_pnl, figures.level, figures.degraded,
                         figures.orders_skipped);
}

}  // namespace

std::string line_of(const Engine& engine, AccountId account, Moment now) {
    const Snapshot snapshot = engine.snapshot(account, now);
    const BreachMemory& memory = engine.memory(account);
    return Line{std::string{snapshot.account},
                std::string{to_string(snapshot.verdict)},
                names_of(snapshot.causes),
                figures_text(snapshot),
                std::string{to_string(memory.state)},
                memory.breach,
                memory.step,
                memory.announced_armed,
                memory.must_reassert,
                memory.is_suspended,
                memory.last_stop_out_ms,
                memory.above_since_ms,
                engine.unknown_since_ms(account)}
        .text();
}

std::string line_of(const ModelAccount& account, RuleSetKind rules) {
    const ModelMemory& memory = account.memory;
    return Line{account.key.text(),
                account.verdict,
                account.valuation.causes,
                figures_text(account, rules),
                memory.state,
                memory.breach,
                memory.step,
                memory.announced_armed,
                memory.must_reassert,
                memory.is_suspended,
                memory.last_stop_out_ms,
                memory.above_since_ms.value_or(-1),
                account.unknown_since_ms}
        .text();
}

std::string line_of(const Event& event) {
    return fmt::format("{} {} breach {} step {} armed {} threshold {} epoch {}", event.account,
                       to_string(event.kind), event.memory.breach, event.memory.step,
                       event.is_armed, std::llround(event.threshold * 100.0), event.data_epoch);
}

std::string line_of(const ModelEvent& event) {
    return fmt::format("{} {} breach {} step {} armed {} threshold {} epoch {}", event.account,
                       event.kind, event.breach, event.step, event.is_armed, event.threshold_bp,
                       event.data_epoch);
}

}  // namespace margind::test
