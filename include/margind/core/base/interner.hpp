#pragma once
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "margind/core/base/assert.hpp"
#include "margind/core/base/ids.hpp"

namespace margind {

/// Turns names into dense ids, once each; ids are handed out in order of first sight. Names never
/// move.
template <class IdType>
class Interner {
public:
    IdType intern(std::string_view name) {
        if (const auto found = ids_.find(name); found != ids_.end()) return found->second;
        const IdType id{static_cast<std::uint32_t>(names_.size())};
        names_.emplace_back(name);
        ids_.emplace(names_.back(), id);
        return id;
    }
    /// The id of a name seen before, else the none id.
    [[nodiscard]] IdType find(std::string_view name) const {
        const auto found = ids_.find(name);
        return found == ids_.end() ? IdType{} : found->second;
    }
    [[nodiscard]] const std::string& name(IdType id) const {
        MARGIND_ASSERT(id.value < names_.size());
        return names_[id.value];
    }
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(names_.size()); }

private:
    std::deque<std::string> names_;
    boost::unordered_flat_map<std::string_view, IdType> ids_;
};

/// Names of symbols.
using Symbols = Interner<SymbolId>;

}  // namespace margind
