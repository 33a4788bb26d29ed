#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/stop_out/stop_out.hpp"

namespace margind {

/// Something of an account that is stopped out by itself: what is crossed, or an isolated position.
struct StopOutPart {
    std::uint64_t id = 0;
    bool is_at_stop_out = false;
};
/// Of what is crossed.
inline constexpr std::uint64_t crossed_part = 0;
[[nodiscard]] std::uint64_t part_id(std::string_view position);

/// A name for what is at its stop-out; 0 where that is what is crossed alone.
[[nodiscard]] std::uint64_t name_of(std::span<const StopOutPart> parts);

/// What has been told of the stop-outs that last, for accounts with isolated positions: an account
/// is stopped out once, but of each of its parts somebody must have been told. After a start it is
/// known by its name alone (BreachMemory::parts). Single writer.
class PartsTold {
public:
    /// Whether one of the account's parts is news.
    PartNews look(AccountId account, std::span<const StopOutPart> parts,
                  const BreachMemory& memory);
    /// A stop-out has been announced: all that is at its stop-out has been told.
    void tell(AccountId account, std::span<const StopOutPart> parts);
    [[nodiscard]] bool knows(AccountId account) const {
        return !told_.empty() && told_.contains(account.value);
    }
    /// The account is not stopped out, or its memory is another one.
    void forget(AccountId account) {
        if (!told_.empty()) told_.erase(account.value);
    }

private:
    boost::unordered_flat_map<std::uint32_t, std::vector<StopOutPart>> told_;  // by account
};

}  // namespace margind
