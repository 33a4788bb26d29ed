#include "core/base/hash.hpp"
#include "margind/core/explain/explanation.hpp"

namespace margind {

std::uint64_t Touch::occasion() const {
    Hasher hash;
    hash.add(symbol);
    hash.add(bid);
    hash.add(ask);
    hash.add(static_cast<std::uint64_t>(ts_ms != 0 ? ts_ms : wall_ms));
    hash.add(std::uint64_t{is_stop_out});
    return hash.value();
}

}  // namespace margind
