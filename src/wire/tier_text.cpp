#include "wire/tier_text.hpp"

#include <fmt/format.h>

#include "margind/core/base/decimal.hpp"

namespace margind::wire {
namespace {

std::optional<TierSpec> parse_band(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto from = parse_real(text.substr(0, colon));
    std::string_view rest = text.substr(colon + 1);
    if (!from || rest.empty()) return std::nullopt;
    TierSpec band{.from = *from};
    if (const std::size_t mark = rest.find(';'); mark != std::string_view::npos) {
        band.deduction = parse_real(rest.substr(mark + 1));
        if (!band.deduction) return std::nullopt;
        rest = rest.substr(0, mark);
    }
    const bool is_leverage = rest.starts_with("1/");
    const auto value = parse_real(is_leverage ? rest.substr(2) : rest);
    if (!value) return std::nullopt;
    (is_leverage ? band.leverage : band.rate) = *value;
    return band;
}

}  // namespace

std::optional<std::vector<TierSpec>> parse_tiers(std::string_view text) {
    std::vector<TierSpec> tiers;
    for (;;) {
        const std::size_t comma = text.find(',');
        const auto band = parse_band(text.substr(0, comma));
        if (!band) return std::nullopt;
        tiers.push_back(*band);
        if (comma == std::string_view::npos) return tiers;
        text.remove_prefix(comma + 1);
    }
}

std::string tier_text(const std::vector<TierSpec>& tiers) {
    std::string text;
    for (const TierSpec& band : tiers) {
        text += fmt::format("{}{}:", text.empty() ? "" : ",", band.from);
        text += band.leverage ? fmt::format("1/{}", *band.leverage)
                              : fmt::format("{}", band.rate.value_or(1.0));
        if (band.deduction) text += fmt::format(";{}", *band.deduction);
    }
    return text;
}

}  // namespace margind::wire
