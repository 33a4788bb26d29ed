#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "core/stop_out/closing_account.hpp"

namespace margind {

/// Which of an account's pending orders a plan cancels next. Each is cancelled whole, and only
/// where the account's margin is less without it.
class OrderCancels {
public:
    explicit OrderCancels(ClosingAccount& account);

    /// The order with the largest margin of its own whose cancel frees margin; where none does by
    /// itself, of a symbol whose orders do together. Never one whose cancel lowers the level.
    [[nodiscard]] std::optional<Change> next();
    /// Something of this exposure's symbol has been closed: its orders may count now.
    void note_close(std::size_t exposure);

private:
    [[nodiscard]] std::vector<std::size_t> in_order() const;
    [[nodiscard]] bool frees(const std::vector<Change>& cancels);
    [[nodiscard]] std::optional<std::size_t> next_together(const std::vector<std::size_t>& orders);
    [[nodiscard]] Change cancel_of(std::size_t order) const {
        return {order, account_.rest().exposures[order].volume};
    }

    ClosingAccount& account_;
    std::vector<std::size_t> orders_;  // in the order of the book
    std::vector<bool> stays_;          // by exposure: looked at since something changed
};

}  // namespace margind
