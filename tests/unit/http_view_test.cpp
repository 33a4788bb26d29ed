#include "http/view.hpp"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <thread>
#include <vector>

using namespace margind;
using namespace margind::http;

namespace {

std::unique_ptr<const View> view_of(std::uint64_t number) {
    auto view = std::make_unique<View>();
    view->data_epoch = number;
    view->term = number;
    return view;
}

}  // namespace

TEST_CASE("a board without a view shows that the service is starting") {
    const ViewBoard board;
    REQUIRE(board.current());
    REQUIRE(board.current()->not_ready.size() == 1);
    CHECK(board.current()->not_ready[0].code == "starting");
}

TEST_CASE("a board shows the newest view, and readers keep the one they have") {
    ViewBoard board;
    board.publish(view_of(1));
    const auto first = board.current();
    CHECK(first->data_epoch == 1);
    CHECK(board.current() == first);
    board.publish(view_of(2));
    board.publish(view_of(3));
    CHECK(board.current()->data_epoch == 3);
    CHECK(first->data_epoch == 1);
    board.publish(view_of(4));  // left to the destructor
}

TEST_CASE("readers on other threads see whole views, never an older one again") {
    ViewBoard board;
    board.publish(view_of(0));
    std::atomic<bool> is_wrong = false;
    constexpr std::uint64_t last = 20'000;
    const auto read = [&] {
        for (std::uint64_t seen = 0; seen < last;) {
            const auto view = board.current();
            if (view->data_epoch != view->term || view->data_epoch < seen) is_wrong = true;
            seen = view->data_epoch;
        }
    };
    {
        std::vector<std::jthread> readers;
        readers.emplace_back(read);
        readers.emplace_back(read);
        for (std::uint64_t number = 1; number <= last; ++number) board.publish(view_of(number));
    }
    CHECK_FALSE(is_wrong);
}
