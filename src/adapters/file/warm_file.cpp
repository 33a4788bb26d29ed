#include "adapters/file/warm_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstdio>
#include <span>
#include <utility>

#include "adapters/file/file_descriptor.hpp"

namespace margind::file {
namespace {

std::unexpected<Error> failed(const std::string& path, int error) {
    return std::unexpected{Error{Fault::refused, system_error_text(path, error)}};
}

std::unexpected<Error> useless(const std::string& path, const std::string& why) {
    return std::unexpected{Error{Fault::malformed, path + ": " + why}};
}

Result<std::vector<char>> read_whole(const std::string& path) {
    // A pipe that nobody writes to must not hold up the start.
    const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    struct stat status{};
    if (!file.is_open() || ::fstat(file.get(), &status) != 0) return failed(path, errno);
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (!S_ISREG(status.st_mode)) return useless(path, "expected a file");
    if (size > wire::warm_image_bytes_max) {
        return useless(path, fmt::format("expected at most {} bytes, found {}",
                                         wire::warm_image_bytes_max, size));
    }
    std::vector<char> bytes(size);
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t count = ::read(file.get(), bytes.data() + done, bytes.size() - done);
        if (count < 0 && errno != EINTR) return failed(path, errno);
        if (count == 0) bytes.resize(done);
        if (count > 0) done += static_cast<std::size_t>(count);
    }
    return bytes;
}

/// 0, or the error number.
int write_whole(const std::string& path, std::span<const char> bytes) {
    constexpr mode_t owner_and_group = 0640;
    const FileDescriptor file{
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, owner_and_group)};
    if (!file.is_open()) return errno;
    while (!bytes.empty()) {
        const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
        if (count >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return ::fsync(file.get()) == 0 ? 0 : errno;
}

/// So that the new name outlives a loss of power. Where a folder cannot be synced, the old image or
/// the new one is found, and either will do.
void sync_folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const FileDescriptor descriptor{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (descriptor.is_open()) static_cast<void>(::fsync(descriptor.get()));
}

/// On the writer's thread.
boost::asio::awaitable<Result<void>> replace(const std::string& path,
                                             const wire::WarmOrigin& origin, WarmImage image) {
    const std::vector<char> bytes = wire::encode_warm_image(origin, std::move(image));
    const std::string beside = path + ".tmp";
    if (const int error = write_whole(beside, bytes); error != 0) {
        static_cast<void>(::unlink(beside.c_str()));
        co_return failed(beside, error);
    }
    if (std::rename(beside.c_str(), path.c_str()) != 0) {
        const int error = errno;
        static_cast<void>(::unlink(beside.c_str()));
        co_return failed(path, error);
    }
    sync_folder_of(path);
    co_return Result<void>{};
}

}  // namespace

WarmFile::WarmFile(std::string path, wire::WarmOrigin origin)
    : path_{std::move(path)}, origin_{std::move(origin)} {}

Result<WarmImage> WarmFile::load() {
    auto bytes = read_whole(path_);
    if (!bytes) return std::unexpected{std::move(bytes.error())};
    const auto kept = std::make_shared<const std::vector<char>>(std::move(*bytes));
    auto image = wire::decode_warm_image(*kept, origin_);
    if (!image) return useless(path_, image.error());
    image->bytes = kept;
    return std::move(*image);
}

boost::asio::awaitable<Result<void>> WarmFile::save(WarmImage image) {
    auto writing = replace(path_, origin_, std::move(image));
    co_return co_await boost::asio::co_spawn(writer_, std::move(writing),
                                             boost::asio::use_awaitable);
}

}  // namespace margind::file
