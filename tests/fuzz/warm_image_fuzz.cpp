// A local image from the disk: the accounts it names, or refused with a reason. What is accepted is
// written the same way again, but for the order.
#include <cstring>
#include <span>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "wire/warm_image.hpp"

namespace {

using namespace margind;

const wire::WarmOrigin origin{.store = "redis://h", .types = {"live", "demo"}};

void decode(std::span<const char> bytes) {
    const auto image = wire::decode_warm_image(bytes, origin);
    if (!image) {
        fuzz::must(!image.error().empty());
        return;
    }
    for (const WarmAccount& account : image->accounts) {
        fuzz::must(!account.id.empty() && account.type < origin.types.size());
    }
    const std::vector<char> written = wire::encode_warm_image(origin, *image);
    fuzz::must(written.size() == bytes.size());
    const auto again = wire::decode_warm_image(written, origin);
    fuzz::must(again && again->accounts.size() == image->accounts.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = fuzz::text_of(data, size);
    decode({text.data(), text.size()});
    // No mutation finds a checksum: the same bytes as what lies behind a good header, sealed.
    if (size == 0) return 0;
    constexpr std::size_t count_at = 20;
    constexpr std::size_t checksum_bytes = 8;
    std::vector<char> image = wire::encode_warm_image(origin, {});
    image[count_at] = text.front();
    image.insert(image.end() - checksum_bytes, text.begin() + 1, text.end());
    wire::seal_warm_image(image);
    decode(image);
    // … and a header that is none, sealed as well.
    if (size < wire::warm_image_bytes_min) return 0;
    image.assign(text.begin(), text.end());
    constexpr std::string_view head{"MARGINDW\1\0\0\0", 12};
    std::memcpy(image.data(), head.data(), head.size());
    wire::seal_warm_image(image);
    decode(image);
    return 0;
}
