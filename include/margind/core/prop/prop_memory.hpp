#pragma once
#include <memory>
#include <string>

#include "margind/core/prop/prop_rules.hpp"

namespace margind {

/// What is remembered of an account under prop-firm rules, as the store keeps it: its money means
/// nothing without the currency.
struct PropMemory {
    std::string currency;
    Digits digits;
    PropState state;

    friend bool operator==(const PropMemory&, const PropMemory&) = default;
};

/// Null where there is none, as with most accounts.
using SharedPropMemory = std::shared_ptr<const PropMemory>;

}  // namespace margind
