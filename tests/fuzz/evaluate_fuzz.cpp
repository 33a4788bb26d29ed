// A document of `margind evaluate`: an answer that is JSON, or every problem in words.
#include <simdjson.h>

#include "fuzz/fuzz.hpp"
#include "wire/evaluate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace margind;
    const Result<std::string> answer = wire::evaluate(fuzz::text_of(data, size));
    if (!answer) {
        fuzz::must(!answer.error().text.empty());
        return 0;
    }
    simdjson::dom::parser parser;
    fuzz::must(parser.parse(*answer).error() == simdjson::SUCCESS);
    return 0;
}
