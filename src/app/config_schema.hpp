#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/config.hpp"

namespace margind::app {

/// One configuration key: where its value lives, what it may be, and one line of why.
struct Field {
    std::string name;  // "beat.interval_ms"
    std::variant<bool*, std::int64_t*, double*, std::string*, Strings*> target;
    std::string why;
    double least = 0.0;  // of numbers
    double most = 0.0;   // least == most: any
    Strings choices;     // of texts; empty: any
};

/// Every key of `config`, section by section, in the order of config/margind.toml. The fields point
/// into `config`.
[[nodiscard]] std::vector<Field> schema(Config& config);

/// What is wrong between keys, each as "key: what". Single keys have been checked before; what
/// involves one of those that `failed` is left out, since it would only follow from that.
[[nodiscard]] Strings check_together(const Config& config, const std::set<std::string>& failed);

/// The closest of `names` by edit distance, empty when none is near.
[[nodiscard]] std::string nearest(std::string_view name, const std::vector<Field>& fields);

}  // namespace margind::app
