// What the instruments of an `evaluate` document must be to each other.
#include <fmt/format.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "wire/evaluate_document.hpp"

namespace margind::wire {
namespace {

using Specs = std::vector<InstrumentSpec>;

/// The symbols of a list, whatever its order; none where the symbol stands for itself.
std::vector<std::string_view> tier_scope_of(const InstrumentSpec& spec) {
    std::vector<std::string_view> symbols;
    for (std::string_view rest = spec.tier_scope; !rest.empty();) {
        symbols.push_back(rest.substr(0, rest.find(',')));
        rest.remove_prefix(std::min(rest.size(), symbols.back().size() + 1));
    }
    std::ranges::sort(symbols);
    return symbols;
}

/// True where the volume of a perpetual counts for the tiers of another symbol, which is none.
bool counts_for_another(const InstrumentSpec& perpetual, const Specs& instruments) {
    const auto scope = tier_scope_of(perpetual);
    if (scope.empty()) return false;
    return std::ranges::any_of(instruments, [&](const InstrumentSpec& other) {
        return !is_perpetual(other) && !other.tiers.empty() && scope == tier_scope_of(other);
    });
}

/// A perpetual's own bands go by its notional in its margin currency, and by no volume but its own.
void check_perpetual_tiers(const Specs& instruments, Problems& problems) {
    for (std::size_t i = 0; i < instruments.size(); ++i) {
        const InstrumentSpec& spec = instruments[i];
        if (!is_perpetual(spec) || counts_for_another(spec, instruments)) continue;
        const auto check = [&](std::string_view name, bool is_there) {
            if (!is_there) return;
            problems.push_back(fmt::format("instruments[{}].{}: calc_mode {} does not use it", i,
                                           name, spec.calc_mode));
        };
        check("tier_basis", spec.tier_basis == "lots");
        check("tier_currency", !spec.tier_currency.empty());
        check("tier_scope", !spec.tier_scope.empty());
        check("tier_hedged_weight", spec.tier_hedged_weight.has_value());
    }
}

/// Symbols by what their quotes wait for. A circle is told once, with the way around it.
class References {
public:
    explicit References(const Specs& instruments) : instruments_{instruments} {
        for (std::size_t i = 0; i < instruments.size(); ++i)
            places_.emplace(instruments[i].symbol, i);
    }

    void check(Problems& problems) const {
        std::vector<std::size_t> seen(instruments_.size(), not_seen);  // on the walk from where
        for (std::size_t start = 0; start < instruments_.size(); ++start) {
            std::size_t at = start;
            while (at != nowhere && seen[at] == not_seen) {
                seen[at] = start;
                at = next(at);
            }
            if (at == nowhere || seen[at] != start) continue;
            problems.push_back(
                fmt::format("instruments[{}].ref_symbol: expected one that does not lead back, "
                            "found {}",
                            at, way_around(at)));
        }
    }

private:
    static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);
    static constexpr std::size_t not_seen = nowhere;

    [[nodiscard]] std::size_t next(std::size_t at) const {
        const std::string& reference = instruments_[at].ref_symbol;
        const auto found = places_.find(reference);
        if (reference.empty() || found == places_.end()) return nowhere;
        return found->second == at ? nowhere : found->second;  // its own is told where it is read
    }

    [[nodiscard]] std::string way_around(std::size_t start) const {
        constexpr std::size_t shown_max = 8;
        std::string way = instruments_[start].symbol;
        std::size_t at = start;
        for (std::size_t shown = 0; shown < shown_max; ++shown) {
            at = next(at);
            way += " -> " + instruments_[at].symbol;
            if (at == start) return way;
        }
        return way + " -> …";
    }

    const Specs& instruments_;
    boost::unordered_flat_map<std::string_view, std::size_t> places_;
};

}  // namespace

void check_instruments_together(const EvaluateDocument& document, Problems& problems) {
    if (document.rules.kind == RuleSetKind::standard) {
        check_perpetual_tiers(document.instruments, problems);
    }
    References{document.instruments}.check(problems);
}

}  // namespace margind::wire
