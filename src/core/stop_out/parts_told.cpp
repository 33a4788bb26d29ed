#include "margind/core/stop_out/parts_told.hpp"

#include <algorithm>

#include "core/base/hash.hpp"

namespace margind {

std::uint64_t part_id(std::string_view position) {
    Hasher hash;
    hash.add(position);
    return hash.value() | 1;  // never that of what is crossed
}

std::uint64_t name_of(std::span<const StopOutPart> parts) {
    std::vector<std::uint64_t> ids;
    for (const StopOutPart& part : parts) {
        if (part.is_at_stop_out) ids.push_back(part.id);
    }
    std::ranges::sort(ids);
    if (ids.empty() || ids.back() == crossed_part) return 0;
    Hasher hash;
    for (const std::uint64_t id : ids) hash.add(id);
    return hash.value() | 1;
}

PartNews PartsTold::look(AccountId account, std::span<const StopOutPart> parts,
                         const BreachMemory& memory) {
    if (memory.state != AccountState::stop_out) return PartNews::none;
    const auto found = told_.find(account.value);
    if (found == told_.end()) {
        // After a start: the same parts as then, or nobody knows which of them have been told.
        if (name_of(parts) != memory.parts) return PartNews::fresh;
        tell(account, parts);
        return PartNews::none;
    }
    // What the account does not hold any more is forgotten.
    std::vector<StopOutPart> told;
    PartNews news = PartNews::none;
    for (const StopOutPart& part : parts) {
        const auto known = std::ranges::find(found->second, part.id, &StopOutPart::id);
        if (known == found->second.end()) {
            if (part.is_at_stop_out) news = PartNews::fresh;
            continue;
        }
        const bool has_come_back = part.is_at_stop_out && !known->is_at_stop_out;
        if (has_come_back) news = std::max(news, PartNews::again);
        told.push_back({part.id, known->is_at_stop_out && part.is_at_stop_out});
    }
    found->second = std::move(told);
    return news;
}

void PartsTold::tell(AccountId account, std::span<const StopOutPart> parts) {
    std::vector<StopOutPart>& told = told_[account.value];
    for (const StopOutPart& part : parts) {
        if (!part.is_at_stop_out) continue;
        const auto known = std::ranges::find(told, part.id, &StopOutPart::id);
        if (known == told.end()) {
            told.push_back(part);
        } else {
            known->is_at_stop_out = true;
        }
    }
}

}  // namespace margind
