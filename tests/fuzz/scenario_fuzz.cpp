// A scenario's text: statements, or problems that each name a place.
#include "fuzz/fuzz.hpp"
#include "wire/scenario.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace margind;
    const auto scenario = wire::parse_scenario(fuzz::text_of(data, size));
    if (!scenario) fuzz::must(!scenario.error().empty());
    return 0;
}
