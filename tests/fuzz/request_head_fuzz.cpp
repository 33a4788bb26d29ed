// A request head: read in one piece or in two, it is understood or refused in the same way.
#include "fuzz/fuzz.hpp"
#include "http/request_head.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace margind;
    const std::string_view bytes = fuzz::text_of(data, size);
    const http::HeadLimits limits;
    http::HeadScanner once{limits};
    const auto whole = once.scan(bytes);
    http::HeadScanner twice{limits};
    const auto half = twice.scan(bytes.substr(0, size / 2));
    if (half && !*half) {
        const auto rest = twice.scan(bytes);
        fuzz::must(rest.has_value() == whole.has_value());
        if (rest) fuzz::must(*rest == *whole);
    }
    const auto head = http::read_head(bytes, limits);
    if (!head) {
        fuzz::must(head.error().status >= 400 && head.error().status < 600);
        return 0;
    }
    fuzz::must(head->target.starts_with('/') && !head->host.empty());
    return 0;
}
