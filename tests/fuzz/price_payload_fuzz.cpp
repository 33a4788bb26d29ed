// A payload of the price channel: a symbol and finite prices come out, or a fault.
#include <cmath>

#include "fuzz/fuzz.hpp"
#include "wire/price_payload.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace margind;
    static wire::PricePayloadParser parser;
    wire::PricePayload payload;
    if (parser.parse(fuzz::text_of(data, size), payload) != wire::PayloadFault::none) return 0;
    fuzz::must(!payload.symbol.empty());
    fuzz::must(!std::isinf(payload.bid) && !std::isinf(payload.ask));
    return 0;
}
