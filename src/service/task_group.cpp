#include "service/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <exception>

namespace margind::service {
namespace {

std::string describe(const std::exception_ptr& failure) {
    if (!failure) return {};
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    }
}

}  // namespace

void TaskGroup::spawn(std::string_view name, boost::asio::awaitable<void> task) {
    Task& entry = tasks_.emplace_back();
    entry.name = name;
    boost::asio::co_spawn(
        executor_, std::move(task),
        boost::asio::bind_cancellation_slot(
            entry.cancellation.slot(),
            [this, &entry](std::exception_ptr failure) { ended(entry, std::move(failure)); }));
}

void TaskGroup::ended(Task& task, std::exception_ptr failure) {
    task.has_ended = true;
    if (!first_ended_.empty() || is_cancelled_) return;
    first_ended_ = task.name;
    error_ = describe(failure);
    cancel();
}

void TaskGroup::cancel() {
    is_cancelled_ = true;
    for (Task& task : tasks_) {
        if (task.has_ended) continue;
        // Posted: a task must not be resumed from inside another one's end.
        boost::asio::post(executor_, [&task] {
            if (!task.has_ended) task.cancellation.emit(boost::asio::cancellation_type::terminal);
        });
    }
}

}  // namespace margind::service
