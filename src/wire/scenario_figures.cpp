#include "wire/scenario_figures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "margind/core/base/decimal.hpp"

namespace margind::wire {
namespace {

/// Decimals of "45.45%".
int decimals_of(std::string_view level) {
    const std::size_t point = level.find('.');
    if (point == std::string_view::npos) return 0;
    return static_cast<int>(level.size() - point - 1 - (level.ends_with('%') ? 1 : 0));
}

bool is_same_number(std::string_view a, std::string_view b) {
    const auto left = parse_fixed(a, Digits{8});
    return left && left == parse_fixed(b, Digits{8});
}

std::string amount_text(const StandardFigures& figures, ExpectedField field) {
    const Valuation& valuation = figures.valuation;
    const auto text = [&](Money money) {
        return fmt::format("{:.{}f}", money.to_double(figures.digits), figures.digits.value);
    };
    switch (field) {
        case ExpectedField::balance: return text(figures.balance);
        case ExpectedField::equity: return text(valuation.equity);
        case ExpectedField::margin: return text(valuation.margin);
        case ExpectedField::free_margin: return text(valuation.free_margin());
        default: return text(valuation.pnl);
    }
}

std::string amount_text(const PlatformFigures& figures, ExpectedField field) {
    const auto text = [](double value) { return fmt::format("{:.2f}", round_cents(value)); };
    switch (field) {
        case ExpectedField::balance: return text(figures.balance);
        case ExpectedField::equity: return text(figures.equity);
        case ExpectedField::margin: return text(figures.used_margin_executed);
        case ExpectedField::free_margin: return text(figures.free_margin());
        default: return text(figures.open_pnl);
    }
}

std::string level_text(const Snapshot& snapshot, std::string_view expected) {
    double level = 0.0;
    if (const auto* standard = std::get_if<StandardFigures>(&snapshot.figures)) {
        if (standard->valuation.margin.minor() == 0) return "none";
        level = level_percent(standard->valuation.level_equity(), standard->valuation.margin);
    } else {
        const auto& platform = std::get<PlatformFigures>(snapshot.figures);
        if (platform.used_margin_executed == 0.0) return "none";
        level = platform.level;
    }
    return fmt::format("{:.{}f}%", level, decimals_of(expected));
}

/// The causes in the order of `expected` where they are the same set, else in bit order.
std::string causes_text(Causes causes, std::string_view expected) {
    std::vector<std::string_view> names;
    for (const auto& [cause, name] : cause_names) {
        if (causes.has(cause)) names.push_back(name);
    }
    if (names.empty()) return "none";
    const auto joined = [&] { return fmt::format("{}", fmt::join(names, ",")); };
    const std::string in_bit_order = joined();
    std::ranges::sort(names);
    do {
        if (joined() == expected) return std::string{expected};
    } while (names.size() <= 4 && std::ranges::next_permutation(names).found);
    return in_bit_order;
}

}  // namespace

std::string figure_text(const Snapshot& snapshot, ExpectedField field, std::string_view expected) {
    switch (field) {
        case ExpectedField::state: return std::string{margind::to_string(snapshot.state)};
        case ExpectedField::verdict: return std::string{margind::to_string(snapshot.verdict)};
        case ExpectedField::causes: return causes_text(snapshot.causes, expected);
        default: break;
    }
    if (!snapshot.has_figures()) return "none";
    if (field == ExpectedField::level) return level_text(snapshot, expected);
    std::string text = std::visit([&](const auto& figures) { return amount_text(figures, field); },
                                  snapshot.figures);
    return is_same_number(text, expected) ? std::string{expected} : text;
}

std::string prop_text(const Explanation& explanation, ExpectedField field,
                      std::string_view expected) {
    if (!explanation.prop) return "none";
    const PropReading& reading = explanation.prop->reading;
    const auto floor_of = [](const LimitReading& limit) {
        return limit.figures ? std::optional{limit.figures->floor} : std::nullopt;
    };
    const std::optional<Money> amount =
        field == ExpectedField::peak
            ? explanation.prop->peak
            : floor_of(field == ExpectedField::daily_floor ? reading.daily_loss : reading.drawdown);
    if (!amount) return "none";
    const Digits digits = explanation.digits;
    std::string text = fmt::format("{:.{}f}", amount->to_double(digits), digits.value);
    return is_same_number(text, expected) ? std::string{expected} : text;
}

}  // namespace margind::wire
