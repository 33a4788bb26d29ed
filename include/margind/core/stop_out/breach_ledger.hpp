#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>

#include "margind/core/base/ids.hpp"
#include "margind/core/stop_out/stop_out.hpp"

namespace margind {

/// The breach memories of those accounts that have anything to remember; most never had a breach.
class BreachLedger {
public:
    /// Valid until the next `set`.
    [[nodiscard]] const BreachMemory& of(AccountId account) const {
        static const BreachMemory nothing;
        const auto found = memories_.find(account.value);
        return found == memories_.end() ? nothing : found->second;
    }
    void set(AccountId account, const BreachMemory& memory) {
        if (memory == BreachMemory{}) {
            memories_.erase(account.value);
        } else {
            memories_.insert_or_assign(account.value, memory);
        }
    }
    /// Calls `visit(account, memory)`, which may change the memory, for each there is, in any
    /// order.
    template <class Visit>
    void for_each(Visit visit) {
        for (auto& [id, memory] : memories_) visit(AccountId{id}, memory);
    }

private:
    boost::unordered_flat_map<std::uint32_t, BreachMemory> memories_;  // by account
};

}  // namespace margind
