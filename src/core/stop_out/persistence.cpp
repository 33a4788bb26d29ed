#include "margind/core/stop_out/persistence.hpp"

namespace margind {

bool Persistence::soften(AccountId account, LevelReading& reading, Moment now) {
    if (least_ms_ <= 0) return false;
    if (!reading.at_stop_out) {
        since_ms_.erase(account.value);
        return false;
    }
    const auto since = since_ms_.try_emplace(account.value, now.steady_ms).first;
    if (now.steady_ms - since->second >= least_ms_) {
        since_ms_.erase(since);
        return false;
    }
    reading.at_stop_out = false;
    reading.at_margin_call = true;
    return true;
}

}  // namespace margind
