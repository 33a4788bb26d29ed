#pragma once
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "margind/ports/warm_store.hpp"
#include "wire/warm_image.hpp"

namespace margind::test {

/// A local image in memory, as the bytes that a file would hold.
class WarmShelf final : public WarmStore {
public:
    Result<WarmImage> load() override {
        if (bytes_.empty()) return std::unexpected{Error{Fault::refused, "the shelf is empty"}};
        const auto kept = std::make_shared<const std::vector<char>>(bytes_);
        auto image = wire::decode_warm_image(*kept, origin);
        if (!image) return std::unexpected{Error{Fault::malformed, image.error()}};
        image->bytes = kept;
        return std::move(*image);
    }
    boost::asio::awaitable<Result<void>> save(WarmImage image) override {
        ++saves;
        if (!is_writable) co_return std::unexpected{Error{Fault::refused, "the disk is full"}};
        bytes_ = wire::encode_warm_image(origin, std::move(image));
        co_return Result<void>{};
    }
    void put(WarmImage image) { bytes_ = wire::encode_warm_image(origin, std::move(image)); }
    /// Who is on it, in order.
    [[nodiscard]] std::vector<std::string> names() {
        std::vector<std::string> found;
        const auto image = load();
        if (!image) return found;
        for (const WarmAccount& account : image->accounts) {
            found.push_back(origin.types[account.type] + ":" + std::string{account.id});
        }
        return found;
    }
    [[nodiscard]] std::vector<char>& bytes() { return bytes_; }

    wire::WarmOrigin origin{.store = "memory", .types = {"live", "demo"}};
    bool is_writable = true;
    int saves = 0;  // tried

private:
    std::vector<char> bytes_;
};

}  // namespace margind::test
