#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "support/temp_folder.hpp"

namespace margind::test {

/// A program started by a test, with its output in files. Ended by its own process id, at the
/// latest with the object.
class ChildProcess {
public:
    /// `arguments` without the program's name.
    ChildProcess(const std::string& program, const std::vector<std::string>& arguments);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    void signal(int number) const;
    /// The exit code (128 + signal where it was killed), or nothing while it runs on after `limit`.
    std::optional<int> wait(std::chrono::milliseconds limit);
    /// Everything it has written so far.
    [[nodiscard]] std::string output() const;  // standard output
    [[nodiscard]] std::string errors() const;  // standard error

private:
    int pid_ = 0;
    int handle_ = -1;  // a pidfd
    TempFolder folder_;
    std::optional<int> exit_code_;
};

/// Where the binaries of this build are.
[[nodiscard]] std::string binary(const std::string& name);

}  // namespace margind::test
