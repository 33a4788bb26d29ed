#pragma once
#include <optional>
#include <string>
#include <utility>

#include "margind/ports/result.hpp"

namespace margind::redis {

/// What a reader of pushes must still be told about its connection, in order: that it was lost, and
/// then that it stands (again).
class Continuity {
public:
    void up() { must_say_up_ = true; }
    void down(std::string reason) {
        // A life that nobody was told of is part of the same gap.
        if (!must_say_up_ || lost_) lost_ = std::move(reason);
        must_say_up_ = false;
    }
    /// The next thing to say; nothing when all has been said.
    [[nodiscard]] std::optional<Result<void>> next() {
        if (lost_) {
            return Result<void>{
                std::unexpected(Error{Fault::disconnected, *std::exchange(lost_, std::nullopt)})};
        }
        if (std::exchange(must_say_up_, false)) return Result<void>{};
        return {};
    }

private:
    std::optional<std::string> lost_;
    bool must_say_up_ = false;
};

}  // namespace margind::redis
