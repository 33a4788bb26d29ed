#include "core/stop_out/order_cancels.hpp"

#include <algorithm>

namespace margind {

OrderCancels::OrderCancels(ClosingAccount& account)
    : account_{account}, stays_(account.rest().exposures.size(), false) {
    for (std::size_t i = 0; i < stays_.size(); ++i) {
        if (account_.rest().exposures[i].kind != OrderKind::position) orders_.push_back(i);
    }
}

/// Those that may free something, the largest margin of their own first.
std::vector<std::size_t> OrderCancels::in_order() const {
    std::vector<std::pair<std::int64_t, std::size_t>> order;
    for (const std::size_t i : orders_) {
        if (stays_[i] || account_.rest().exposures[i].volume.raw() == 0) continue;
        order.emplace_back(-account_.figures(i).margin.value_or(Money{}).minor(), i);
    }
    std::ranges::sort(order);
    std::vector<std::size_t> all;
    for (const auto& [margin, i] : order) all.push_back(i);
    return all;
}

bool OrderCancels::frees(const std::vector<Change>& cancels) {
    const auto after = account_.after(cancels);
    return after && after->margin < account_.now().margin;
}

std::optional<Change> OrderCancels::next() {
    const std::vector<std::size_t> orders = in_order();
    for (const std::size_t i : orders) {
        if (frees({cancel_of(i)})) return cancel_of(i);
    }
    const auto together = next_together(orders);
    if (together) return cancel_of(*together);
    for (const std::size_t i : orders) stays_[i] = true;
    return std::nullopt;
}

/// Two sides that reserve the same: only when both have gone is anything free.
std::optional<std::size_t> OrderCancels::next_together(const std::vector<std::size_t>& orders) {
    const auto& exposures = account_.rest().exposures;
    std::vector<bool> is_judged(exposures.size(), false);
    for (const std::size_t first : orders) {
        if (is_judged[first]) continue;
        std::vector<Change> cancels;
        for (const std::size_t i : orders) {
            if (exposures[i].symbol != exposures[first].symbol) continue;
            cancels.push_back(cancel_of(i));
            is_judged[i] = true;
        }
        if (!frees(cancels)) continue;
        for (const Change& cancel : cancels) {
            if (account_.keeps_level(cancel)) return cancel.exposure;
        }
    }
    return std::nullopt;
}

void OrderCancels::note_close(std::size_t exposure) {
    const Exposure& closed = account_.rest().exposures[exposure];
    const bool is_shared = !closed.instrument->tier_scope.empty();
    for (const std::size_t i : orders_) {
        if (is_shared || account_.rest().exposures[i].symbol == closed.symbol) stays_[i] = false;
    }
}

}  // namespace margind
