#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "margind/core/explain/explanation.hpp"
#include "wire/snapshot_fields.hpp"

namespace margind::wire {

/// Turns events into the fields of an entry of the event stream (CONTRACT section 3). Owns the text
/// it returns, but for the event's own.
class EventEncoder {
public:
    /// The entry's fields, valid until the next call and as long as `event`. `term` is the writer's
    /// fencing token.
    std::span<const Field> encode(const Event& event, std::uint64_t term);

private:
    FieldList list_;
    std::string decision_;
};

}  // namespace margind::wire
