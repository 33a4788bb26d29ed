#include "wire/nearest_name.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace margind::wire {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

/// The closest of `names` that is less than `distance` edits away.
std::string_view nearest_below(std::size_t distance, std::string_view name,
                               std::span<const std::string_view> names) {
    constexpr std::size_t name_max = 64;
    if (name.size() > name_max) return {};
    std::string_view best;
    for (const std::string_view candidate : names) {
        const std::size_t own = edit_distance(name, candidate);
        if (own >= distance) continue;
        distance = own;
        best = candidate;
    }
    return best;
}

}  // namespace

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> names) {
    return nearest_below(std::max<std::size_t>(1, name.size() / 3) + 1, name, names);
}

std::string_view slip_of(std::string_view name, std::span<const std::string_view> names) {
    return nearest_below(std::min<std::size_t>(3, (name.size() + 1) / 2), name, names);
}

std::string did_you_mean(std::string_view name) {
    return name.empty() ? std::string{} : "; did you mean " + std::string{name} + "?";
}

}  // namespace margind::wire
