#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <list>
#include <string>
#include <string_view>

namespace margind::service {

/// Tasks that live and end together: when one ends or throws, all the others are cancelled. Lives
/// on one thread and outlives the run of its executor.
class TaskGroup {
public:
    explicit TaskGroup(boost::asio::any_io_executor executor) : executor_{std::move(executor)} {}
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    void spawn(std::string_view name, boost::asio::awaitable<void> task);
    void cancel();

    /// The task that ended first, empty while all run.
    [[nodiscard]] const std::string& first_ended() const { return first_ended_; }
    /// Why it ended: empty when it just returned.
    [[nodiscard]] const std::string& error() const { return error_; }

private:
    struct Task {
        std::string name;
        boost::asio::cancellation_signal cancellation;
        bool has_ended = false;
    };
    void ended(Task& task, std::exception_ptr failure);

    boost::asio::any_io_executor executor_;
    std::list<Task> tasks_;
    std::string first_ended_;
    std::string error_;
    bool is_cancelled_ = false;
};

}  // namespace margind::service
