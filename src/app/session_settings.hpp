#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace margind::app {

/// A class of symbols that trade at the same hours, as the operator writes it: one [[sessions]]
/// table. What the texts may be: session_text.hpp.
struct SessionSettings {
    std::string name;
    std::string time_zone;                   // IANA
    std::vector<std::string> open;           // weekly, local time
    std::vector<std::string> holidays;       // local dates
    std::vector<std::string> symbols;        // names, in which * stands for any text
    std::vector<std::string> asset_classes;  // or families: core/rules/asset_class.hpp
};

/// What is wrong with one class, and where in it.
struct SessionProblem {
    std::size_t session = 0;  // index of the class
    std::string_view key;     // "open"; empty: the class itself
    std::size_t element = 0;  // of the key's list
    std::string text;
};

/// Everything that is wrong with these classes, alone and together, in the order of the classes.
[[nodiscard]] std::vector<SessionProblem> problems_of(std::span<const SessionSettings> sessions);

/// How a key of a class is called: "sessions[fx].open", or "sessions[#2].open" without a name.
[[nodiscard]] std::string session_key(std::span<const SessionSettings> sessions,
                                      std::size_t session, std::string_view key);

}  // namespace margind::app
