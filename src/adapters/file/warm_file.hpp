#pragma once
#include <boost/asio/thread_pool.hpp>
#include <string>

#include "margind/ports/warm_store.hpp"
#include "wire/warm_image.hpp"

namespace margind::file {

/// The local image as a file, which is replaced as a whole: beside it lies for a while the one that
/// is being written, under its name and `.tmp`. Sorting and writing have a thread of their own, on
/// which a slow disk holds up nobody; the destructor waits for it.
class WarmFile final : public WarmStore {
public:
    WarmFile(std::string path, wire::WarmOrigin origin);

    Result<WarmImage> load() override;
    boost::asio::awaitable<Result<void>> save(WarmImage image) override;

private:
    std::string path_;
    wire::WarmOrigin origin_;
    boost::asio::thread_pool writer_{1};
};

}  // namespace margind::file
