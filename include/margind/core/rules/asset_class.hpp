#pragma once
#include <array>
#include <span>
#include <string_view>

#include "margind/core/rules/instrument.hpp"

namespace margind {

/// A class of symbols, and the family that it belongs to: what holds for a family holds for its
/// classes. A broker may have classes of its own, which have no family.
struct AssetClass {
    std::string_view name;
    std::string_view family;  // empty = none
};

/// What rule packs and trading sessions have in common. docs/rule-packs.md, "Asset classes".
inline constexpr auto asset_classes = std::to_array<AssetClass>({
    {"forex", ""},
    {"forex_major", "forex"},
    {"forex_minor", "forex"},
    {"index", ""},
    {"index_major", "index"},
    {"index_minor", "index"},
    {"commodity", ""},
    {"metal", "commodity"},
    {"gold", "metal"},
    {"energy", "commodity"},
    {"agriculture", "commodity"},
    {"equity", ""},
    {"bond", ""},
    {"government_bond", "bond"},
    {"crypto", ""},
    {"other", ""},
});

[[nodiscard]] bool is_listed_class(std::string_view asset_class);
/// The family of a class; empty where it has none.
[[nodiscard]] std::string_view family_of(std::string_view asset_class);
/// True where it is that class, or one of that family. An empty class belongs to nothing.
[[nodiscard]] bool belongs_to(std::string_view asset_class, std::string_view family);

/// Currencies whose pairs are major ones by ESMA's and the FCA's rules.
inline constexpr auto retail_majors =
    std::to_array<std::string_view>({"USD", "EUR", "JPY", "GBP", "CAD", "CHF"});

/// The class that a specification says; else what follows from its mode and currencies: forex (of
/// two `majors` or not), gold and other metals, crypto. Empty where nothing follows. A view of the
/// specification.
[[nodiscard]] std::string_view asset_class_of(
    const InstrumentSpec& spec, std::span<const std::string_view> majors = retail_majors);

}  // namespace margind
