#pragma once
#include <cstdint>
#include <expected>
#include <string>

namespace margind {

/// Why an operation on the world outside failed, as a class the caller can act on.
enum class Fault : std::uint8_t {
    disconnected,  // the connection is gone; the adapter is reconnecting
    timed_out,     // no answer within the deadline
    refused,       // the server answered with an error (READONLY, LOADING, OOM, NOAUTH, …)
    malformed,     // the answer was not what the protocol promises
    stale_term,    // another instance with a newer term is active
};

struct Error {
    Fault fault = Fault::disconnected;
    std::string text;  // what was expected, what was found, where
};

template <class T>
using Result = std::expected<T, Error>;

}  // namespace margind
