#pragma once
#include <expected>
#include <string>
#include <utility>

namespace margind::file {

/// Owns a POSIX file descriptor; -1 is none.
class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int fd) : fd_{fd} {}
    FileDescriptor(FileDescriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~FileDescriptor();

    [[nodiscard]] int get() const { return fd_; }
    [[nodiscard]] bool is_open() const { return fd_ >= 0; }

private:
    int fd_ = -1;
};

/// Opens a file for reading ("-" is the standard input), or says why not: "feed.csv: no such file".
[[nodiscard]] std::expected<FileDescriptor, std::string> open_for_reading(const std::string& path);

/// What `errno` means, after the path it is about.
[[nodiscard]] std::string system_error_text(const std::string& path, int error);

}  // namespace margind::file
