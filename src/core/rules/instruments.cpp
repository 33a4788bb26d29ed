#include "margind/core/rules/instruments.hpp"

namespace margind {
namespace {

constexpr std::uint32_t only_asked = 0xffffffffu;

}  // namespace

void Instruments::apply(const InstrumentSpec& spec, SymbolId symbol) {
    const GroupId group = groups_.intern(spec.group);
    ++version_;
    Entry entry{spec, std::nullopt};
    if (auto instrument = derive_instrument(spec)) entry.instrument = std::move(*instrument);
    const auto [found, is_new] = index_.try_emplace(key(group, symbol), only_asked);
    if (is_new) asked_.push_back({group, symbol});
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
    const Entry& entry = entries_[found->second];
    return entry.is_confirmed ? &entry : nullptr;
}

void Instruments::distrust_all() {
    for (Entry& entry : entries_) entry.is_confirmed = false;
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

const InstrumentSpec* Instruments::symbol_wide(SymbolId symbol) const {
    const GroupId standard = groups_.find(fallback_group);
    const Entry* entry = standard.is_none() ? nullptr : find(standard, symbol);
    return entry != nullptr && entry->spec.exists ? &entry->spec : nullptr;
}

bool Instruments::ask(GroupId group, SymbolId symbol) {
    const bool is_new = index_.try_emplace(key(group, symbol), only_asked).second;
    if (is_new) asked_.push_back({group, symbol});
    return is_new;
}

}  // namespace margind
