// Texts from the store that steer: a recalculation request, memories, an address.
#include <array>
#include <string>

#include "fuzz/fuzz.hpp"
#include "wire/prop_text.hpp"
#include "wire/redis_recalc.hpp"
#include "wire/redis_state.hpp"
#include "wire/redis_url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace margind;
    static const std::array<std::string, 2> types{"live", "demo"};
    const std::string_view text = fuzz::text_of(data, size);
    if (const auto request = wire::parse_recalc(text, types)) {
        for (const AccountKey& key : request->accounts) fuzz::must(!key.id.empty());
    }
    static_cast<void>(wire::decode_breach(text));
    if (const auto memory = wire::decode_prop_memory(text)) {
        std::string written;
        wire::append_prop_memory(written, *memory);
        fuzz::must(wire::decode_prop_memory(written) == memory);
    }
    if (const auto url = wire::parse_redis_url(text); !url) fuzz::must(!url.error().empty());
    return 0;
}
