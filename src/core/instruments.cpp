#include "margind/core/instruments.hpp"

namespace margind {
namespace {

constexpr std::uint32_t only_asked = 0xffffffffu;

}  // namespace

void Instruments::apply(const InstrumentSpec& spec, SymbolId symbol) {
    const GroupId group = groups_.intern(spec.group);
    Entry entry{spec, std::nullopt};
    if (auto instrument = derive_instrument(spec)) entry.instrument = std::move(*instrument);
    const auto [found, is_new] = index_.try_emplace(key(group, symbol), only_asked);
    if (found->second == only_asked) {
        found->second = static_cast<std::uint32_t>(entries_.size());
        entries_.push_back(std::move(entry));
    } else {
        entries_[found->second] = std::move(entry);
    }
}

const Instruments::Entry* Instruments::find(GroupId group, SymbolId symbol) const {
    const auto found = index_.find(key(group, symbol));
    if (found == index_.end() || found->second == only_asked) return nullptr;
    return &entries_[found->second];
}

const Instruments::Entry* Instruments::effective(GroupId group, SymbolId symbol) const {
    const Entry* own = find(group, symbol);
    // Nothing stands in for a specification that has not been read yet.
    if (own == nullptr || own->spec.exists) return own;
    const GroupId standard = groups_.find(fallback_group);
    if (standard.is_none()) return nullptr;
    const Entry* fallback = find(standard, symbol);
    return fallback != nullptr && fallback->spec.exists ? fallback : nullptr;
}

bool Instruments::ask(GroupId group, SymbolId symbol) {
    return index_.try_emplace(key(group, symbol), only_asked).second;
}

}  // namespace margind
