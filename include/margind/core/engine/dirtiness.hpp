#pragma once
#include <cstdint>

#include "margind/core/base/dirty_set.hpp"

namespace margind {

/// What of a book waits for work: symbols since the last beat, accounts not yet revalued, snapshots
/// not yet written.
struct Dirtiness {
    BitSet symbols;
    BitSet unseen;  // symbols whose quotes have changed without a tick that was looked at
    BitSet pairs;   // symbols whose conversions are older than their quotes
    BitSet accounts;
    BitSet unsent;
    BitSet unsent_urgent;    // of these the accounts in breach
    BitSet unsure;           // of these perhaps written, because the beat has not looked
    BitSet wants_next_beat;  // accounts to look at again without a price change
    /// Accounts of `standard` of which nothing but their figures can change while these stay on
    /// their side of the levels: state told, image confirmed and not being read, verdict known.
    BitSet calm;

    void grow(std::uint32_t account_count, std::uint32_t symbol_count) {
        symbols.grow(symbol_count);
        unseen.grow(symbol_count);
        pairs.grow(symbol_count);
        for (BitSet* set : {&accounts, &unsent, &unsent_urgent, &unsure, &wants_next_beat, &calm}) {
            set->grow(account_count);
        }
    }
};

}  // namespace margind
