// How long a connection waits for its server: before it tries again, and before it gives it up.
#include "adapters/redis/patience.hpp"

#include <catch2/catch_test_macros.hpp>

using margind::redis::Options;
using margind::redis::Patience;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("each attempt waits twice as long as the last, up to the limit", "[unit]") {
    const Options options{.retry_min = milliseconds{50}, .retry_max = milliseconds{300}};
    Patience patience{options};
    CHECK(patience.next_pause() == milliseconds{50});
    CHECK(patience.next_pause() == milliseconds{100});
    CHECK(patience.next_pause() == milliseconds{200});
    CHECK(patience.next_pause() == milliseconds{300});
    CHECK(patience.next_pause() == milliseconds{300});

    SECTION("a connection that was up for a while begins anew") {
        patience.lost(milliseconds{300}, false);
        CHECK(patience.next_pause() == milliseconds{50});
    }
    SECTION("a shorter one does not") {
        patience.lost(milliseconds{299}, false);
        CHECK(patience.next_pause() == milliseconds{300});
    }
}

TEST_CASE("jitter takes away up to half of a pause", "[unit]") {
    Options options{.retry_min = milliseconds{100}};
    options.chance = [] { return 0.0; };
    CHECK(Patience{options}.next_pause() == milliseconds{50});
    options.chance = [] { return 0.5; };
    CHECK(Patience{options}.next_pause() == milliseconds{75});
}

TEST_CASE("a server that is silent again soon is given twice as long, up to the limit", "[unit]") {
    const Options options;
    Patience patience{options};
    CHECK(patience.ping_interval() == milliseconds{500});
    patience.lost(seconds{600}, true);
    CHECK(patience.ping_interval() == seconds{1});
    patience.lost(seconds{59}, true);
    CHECK(patience.ping_interval() == seconds{2});
    patience.lost(seconds{59}, true);
    CHECK(patience.ping_interval() == milliseconds{2'500});

    SECTION("a loss that is no silence neither lengthens nor shortens it") {
        patience.lost(seconds{59}, false);
        CHECK(patience.ping_interval() == milliseconds{2'500});
    }
    SECTION("after a minute without a loss it begins anew") {
        patience.lost(seconds{60}, false);
        CHECK(patience.ping_interval() == milliseconds{500});
    }
    SECTION("and a silence after such a minute is the first one again") {
        patience.lost(seconds{60}, true);
        CHECK(patience.ping_interval() == seconds{1});
    }
}
