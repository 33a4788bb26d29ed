#pragma once
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/prop/prop_memory.hpp"
#include "margind/core/stop_out/stop_out.hpp"
#include "margind/core/valuation/platform_valuation.hpp"
#include "margind/core/valuation/valuation.hpp"

namespace margind {

/// Figures of the rule set `standard`, in minor units.
struct StandardFigures {
    Money balance;
    Valuation valuation;
    Digits digits;
};

/// One account's state as it goes out. `account` points into the engine and lives as long as it
/// does.
struct Snapshot {
    AccountId id;
    TypeIndex type = 0;
    std::string_view account;  // "live:1001"
    Verdict verdict = Verdict::unknown;
    Causes causes;
    AccountState state = AccountState::ok;
    std::variant<StandardFigures, PlatformFigures> figures;
    SharedPropMemory prop;          // goes out also where there are no figures
    std::int64_t ts_ms = 0;         // wall clock of the beat that computed the figures
    std::int64_t price_age_ms = 0;  // the oldest price it rests on; -1 = it rests on none
    std::uint64_t data_epoch = 0;
    std::uint64_t fingerprint = 0;  // of everything but times: equal means nothing new to write

    /// In `standard` an UNKNOWN account has no figures: the last good ones stay in the store.
    [[nodiscard]] bool has_figures() const {
        if (const auto* platform = std::get_if<PlatformFigures>(&figures)) {
            return platform->error == PlatformError::none;
        }
        return verdict != Verdict::unknown;
    }
};

using SnapshotBatch = std::vector<Snapshot>;

}  // namespace margind
