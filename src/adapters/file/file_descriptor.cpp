#include "adapters/file/file_descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace margind::file {

FileDescriptor::~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
}

std::string system_error_text(const std::string& path, int error) {
    return path + ": " + std::generic_category().message(error);
}

std::expected<FileDescriptor, std::string> open_for_reading(const std::string& path) {
    const bool is_standard_input = path == "-";
    FileDescriptor file{is_standard_input ? ::dup(STDIN_FILENO)
                                          : ::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file.is_open()) return std::unexpected{system_error_text(path, errno)};
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return std::unexpected{system_error_text(path, errno)};
    if (S_ISDIR(status.st_mode)) return std::unexpected{system_error_text(path, EISDIR)};
    return file;
}

}  // namespace margind::file
