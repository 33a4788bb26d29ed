#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "margind/core/base/ids.hpp"
#include "margind/core/base/interner.hpp"
#include "margind/core/rules/instrument.hpp"

namespace margind {

/// Name of the group whose specifications serve where a group has none of its own.
inline constexpr std::string_view fallback_group = "Standard";

/// All group specifications received so far.
class Instruments {
public:
    struct Entry {
        InstrumentSpec spec;
        std::optional<Instrument> instrument;  // nothing where the spec cannot be understood
        bool is_confirmed = true;              // received since the last gap
    };
    struct Asked {
        GroupId group;
        SymbolId symbol;
    };

    GroupId intern_group(std::string_view group) { return groups_.intern(group); }
    [[nodiscard]] GroupId find_group(std::string_view group) const { return groups_.find(group); }
    [[nodiscard]] const std::string& group_name(GroupId group) const { return groups_.name(group); }

    void apply(const InstrumentSpec& spec, SymbolId symbol);
    /// No specification counts until it has been received again.
    void distrust_all();
    /// Every key that anybody ever asked for.
    [[nodiscard]] const std::vector<Asked>& asked() const { return asked_; }
    /// The specification as received (which may say that it does not exist); null before that.
    [[nodiscard]] const Entry* find(GroupId group, SymbolId symbol) const;
    /// The group's own; the fallback group's once the group is known to have none. Null where
    /// neither exists, and while the group's own has not been received.
    [[nodiscard]] const Entry* effective(GroupId group, SymbolId symbol) const;
    /// What a symbol's specification says of the symbol itself, whoever holds it: that of the
    /// fallback group, null while it is in doubt or does not exist.
    [[nodiscard]] const InstrumentSpec* symbol_wide(SymbolId symbol) const;
    /// Changes with every specification that is received.
    [[nodiscard]] std::uint64_t version() const { return version_; }
    /// True once for each key that nobody has asked for yet.
    bool ask(GroupId group, SymbolId symbol);

private:
    static std::uint64_t key(GroupId group, SymbolId symbol) {
        return (std::uint64_t{group.value} << 32) | symbol.value;
    }
    Interner<GroupId> groups_;
    boost::unordered_flat_map<std::uint64_t, std::uint32_t> index_;  // key → entries_; none = asked
    std::deque<Entry> entries_;                                      // never move
    std::vector<Asked> asked_;
    std::uint64_t version_ = 0;
};

}  // namespace margind
