#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "margind/core/rules/instrument.hpp"
#include "margind/core/rules/rules.hpp"

namespace margind {

/// What a regulator asks of retail accounts. Sources: docs/rule-packs.md.
enum class RulePack : std::uint8_t {
    none,
    esma,  // Decision (EU) 2018/796: leverage caps, close-out at half of the initial margin
    fca,   // COBS 22.5: the same for the United Kingdom, no crypto
    nfa,   // Compliance Rule 2-43 and Financial Requirements Section 12: FIFO, no hedging
};

inline constexpr std::pair<std::string_view, RulePack> rule_pack_names[] = {
    {"none", RulePack::none},
    {"esma", RulePack::esma},
    {"fca", RulePack::fca},
    {"nfa", RulePack::nfa},
};

/// Something that contradicts itself or the pack: `stop_out_level: …`.
using RuleFindings = std::vector<std::string>;

/// Looks at a rule set as a whole: options that contradict each other, that change nothing beside
/// others, or that the pack forbids.
[[nodiscard]] RuleFindings check_rules(const RuleSet& rules, RulePack pack);

/// The same of a group's specification of a symbol; first what makes it unusable.
[[nodiscard]] RuleFindings check_instrument(const InstrumentSpec& spec, RulePack pack);

/// The specification that serves a symbol in a group; one that does not exist where none does.
using SpecOfSymbol = std::function<InstrumentSpec(std::string_view symbol)>;

/// Where a specification shares its tiers with others that do not share theirs with it, or have
/// other tiers.
[[nodiscard]] RuleFindings check_tier_scope(const InstrumentSpec& spec,
                                            const SpecOfSymbol& spec_of);

}  // namespace margind
