// Between two beats nobody comes to a level unseen: what the watch tells against every account
// valued at every price.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "support/build.hpp"
#include "support/desk.hpp"
#include "support/random.hpp"
#include "support/watched_material.hpp"

namespace margind::test {
namespace {

/// An account, a symbol, when its price came, and whether it was the stop-out that it reached.
using Seen = std::tuple<std::string, std::string, std::int64_t, bool>;

/// Three engines with the same book: ours, one that is not watched, and one that has a beat, and is
/// asked, after every price.
class Twins {
public:
    Twins(std::uint64_t seed, Books books)
        : random_{seed}, books_{books}, options_{options_of(books, random_)} {
        for (const Traded& one : traded()) {
            InstrumentSpec from = spec(one.symbol, one.mode, one.contract_size, one.profit);
            from.base_currency = one.base;
            if (one.mode.starts_with("perpetual")) from.maintenance_margin = 0.02;
            if (books_ == Books::of_every_kind) dress(from, one, random_);
            for (Desk* desk : {&ours_, &unwatched_, &exact_}) desk->engine.apply(from);
            specs_.push_back(from);
            prices_.push_back(one.price);
        }
        for (std::size_t i = 0; i < traded().size(); ++i) quote(i, prices_[i]);
        const int count = many(60, 200);
        for (int i = 0; i < count; ++i) open(i);
        beat();
    }

    /// One thing happens.
    void step() {
        ++now_;
        if (random_.chance(0.01)) return change(random_.below(images_.size()));
        if (random_.chance(0.01)) return announce_change(random_.below(images_.size()));
        if (random_.chance(0.02)) return beat();
        if (random_.chance(0.01)) return freeze_or_not();
        if (random_.chance(0.0005)) return gap();
        if (random_.chance(0.01)) (void)ours_.engine.dirty_count(0);
        const std::size_t i = random_.below(prices_.size());
        const double share = random_.chance(0.01) ? 0.01 : random_.chance(0.2) ? 2e-4 : 3e-5;
        prices_[i] *= 1.0 + random_.real(-share, share);
        // One in a hundred is crossed, and puts its symbol in doubt.
        quote(i, prices_[i], random_.chance(0.01) ? -1e-4 : 2e-5);
        expect(traded()[i].symbol);
    }
    void finish() {
        for (std::size_t i = 0; i < images_.size(); ++i) change(i);
        for (int i = 0; i < 3; ++i) beat();
        std::ranges::sort(expected_);
        std::ranges::sort(told_);
    }
    [[nodiscard]] const std::vector<Seen>& expected() const { return expected_; }
    [[nodiscard]] const std::vector<Seen>& told() const { return told_; }
    [[nodiscard]] const EngineStats& stats() const { return ours_.engine.stats(); }

private:
    struct Expectation {
        bool is_on = false;
        bool is_pending = false;    // its image is on its way
        std::int64_t since_ms = 0;  // and for so long
        std::optional<Seen> seen;   // and not judged yet
        AccountState state = AccountState::ok;

        [[nodiscard]] bool is_at_bottom() const {
            return state == AccountState::stop_out || (seen && std::get<bool>(*seen));
        }
        [[nodiscard]] bool may_be_called() const { return state == AccountState::ok && !seen; }
    };

    [[nodiscard]] Moment now() const { return moment(now_); }

    void quote(std::size_t i, double price, double spread = 2e-5) {
        const bool has_mark = traded()[i].mode.starts_with("perpetual") && i % 2 == 0;
        const Marks marks{.mark = has_mark ? price * random_.real(0.9995, 1.0005) : not_a_price};
        for (Desk* desk : {&ours_, &unwatched_, &exact_}) {
            desk->engine.apply({.symbol = desk->engine.intern_symbol(traded()[i].symbol),
                                .bid = price,
                                .ask = price * (1.0 + spread),
                                .marks = marks},
                               now());
        }
        exact_.engine.recompute(now());
    }

    void give(std::size_t i) {
        for (Desk* desk : {&ours_, &unwatched_, &exact_}) {
            (void)desk->engine.plan(1'000);
            REQUIRE(desk->engine.apply(images_[i], now()));
        }
        exact_.engine.recompute(now());
    }

    std::vector<OrderImage> some_orders() {
        std::vector<OrderImage> orders;
        for (std::int64_t count = random_.between(1, 5); count > 0; --count) {
            // Some of what is held both ways; of perpetuals none among what the kernel values.
            const std::size_t i = random_.below(traded().size() - (is_plain() ? perpetuals : 0));
            const bool is_short = random_.chance(0.5);
            const auto lots =
                static_cast<std::int64_t>(random_.between(1, 200)) * (Volume::per_lot / 100);
            orders.push_back(order(std::to_string(count), traded()[i].symbol,
                                   is_short ? Side::sell : Side::buy, lots,
                                   traded()[i].price * random_.real(0.99, 1.01)));
            if (!is_plain() && random_.chance(0.1)) orders.back().kind = OrderKind::limit;
        }
        return orders;
    }

    void open(int i) {
        AccountImage image = account({"live", std::to_string(i)}, 1e6, some_orders());
        image.currency = random_.pick({"USD", "EUR", "JPY"});
        images_.push_back(std::move(image));
        expectations_.emplace_back();
        settle(images_.size() - 1);
    }

    /// So much money that the account stands a little above its margin call.
    void settle(std::size_t i) {
        images_[i].balance = 1e9;
        give(i);
        const Valuation figures = exact_.figures(id(i));
        if (!figures.causes.none()) return;
        const double distance = std::pow(10.0, random_.real(-4.0, 0.0));
        const double missing = figures.margin.to_double(figures.digits) * (1.0 + distance) -
                               figures.level_equity().to_double(figures.digits);
        // What closing costs may depend on what the account is worth.
        const double balance = std::ceil(1e9 + missing) + 1.0;
        for (double more = 0.0; more == 0.0 || levels(i).at_call; more = 2.0 * more + 1.0) {
            images_[i].balance = balance + more;
            give(i);
        }
    }

    void change(std::size_t i) {
        images_[i].orders = some_orders();
        settle(i);
        Expectation& expectation = expectations_[i];
        expectation.is_pending = false;
        expectation.is_on = !expectation.is_at_bottom();
    }

    /// An operator's word is obeyed right before a beat.
    void freeze_or_not() {
        Control control;
        if (random_.chance(0.5)) control.frozen.push_back(random_.pick(traded()).symbol);
        for (Desk* desk : {&ours_, &unwatched_, &exact_}) desk->engine.apply(control);
        exact_.engine.recompute(now());
        for (const std::string& symbol : frozen_) {
            if (control.frozen != frozen_) expect(symbol);  // its price counts again
        }
        frozen_ = control.frozen;
        beat();
    }

    void gap() {
        for (Desk* desk : {&ours_, &unwatched_, &exact_}) {
            desk->engine.open_epoch(now());
            for (const InstrumentSpec& one : specs_) desk->engine.apply(one);
        }
        for (std::size_t i = 0; i < traded().size(); ++i) quote(i, prices_[i]);
        for (std::size_t i = 0; i < images_.size(); ++i) {
            settle(i);
            expectations_[i].is_pending = false;
            expectations_[i].is_on = !expectations_[i].is_at_bottom();
        }
    }

    void announce_change(std::size_t i) {
        for (Desk* desk : {&ours_, &unwatched_}) desk->engine.invalidate(id(i), now());
        Expectation& expectation = expectations_[i];
        if (!expectation.is_pending) expectation.since_ms = now_;
        expectation.is_on = false;
        expectation.is_pending = true;
    }

    [[nodiscard]] AccountId id(std::size_t i) const {
        return exact_.engine.find_account(images_[i].key);
    }

    struct Levels {
        bool at_call = false;
        bool at_stop = false;
    };
    /// None of them where that is not known.
    [[nodiscard]] Levels levels(std::size_t i) const {
        const Valuation figures = exact_.figures(id(i));
        if (!figures.causes.none()) return {};
        const AccountRow row = exact_.engine.book().row(id(i));
        const auto is_at = [&](Level level) {
            return is_at_or_below(figures.level_equity(), figures.margin, level,
                                  LevelCompare::less_equal);
        };
        return {is_at(row.margin_call), is_at(row.stop_out)};
    }

    void expect(const std::string& symbol) {
        for (std::size_t i = 0; i < images_.size(); ++i) {
            Expectation& expectation = expectations_[i];
            if (!expectation.is_on) continue;
            const Levels found = levels(i);
            if (!found.at_stop && !(found.at_call && expectation.may_be_called())) continue;
            expectation.seen = {images_[i].key.text(), symbol, now().wall_ms, found.at_stop};
            expectation.is_on = !found.at_stop;
        }
    }

    void beat() {
        ours_.engine.recompute(now());
        unwatched_.engine.recompute(now());
        REQUIRE(ours_.engine.state_hash() == unwatched_.engine.state_hash());
        for (const Event& event : ours_.engine.events()) {
            if (!event.touch) continue;
            const Touch& touch = *event.touch;
            told_.emplace_back(event.account, touch.symbol, touch.wall_ms, touch.is_stop_out);
        }
        REQUIRE(take_events(ours_) == take_events(unwatched_));
        for (std::size_t i = 0; i < images_.size(); ++i) {
            Expectation& expectation = expectations_[i];
            // Until its image is overdue nothing is said of it.
            const bool is_waiting =
                expectation.is_pending &&
                now_ - expectation.since_ms < ours_.engine.options().image_overdue_ms;
            if (is_waiting) continue;
            if (expectation.seen) expected_.push_back(*expectation.seen);
            expectation.seen.reset();
            expectation.state = ours_.engine.memory(id(i)).state;
            const Levels found = levels(i);
            expectation.is_on = !expectation.is_pending && !expectation.is_at_bottom() &&
                                !found.at_stop && !(found.at_call && expectation.may_be_called());
        }
    }

    /// The ids of all that a beat alone would have told.
    static std::vector<std::string> take_events(Desk& desk) {
        std::vector<std::string> ids;
        for (const Event& event : desk.engine.events()) {
            if (event.kind != EventKind::touched) ids.push_back(event.id);
        }
        desk.engine.confirm_events(desk.engine.events().size());
        return ids;
    }

    [[nodiscard]] bool is_plain() const { return books_ == Books::plain; }
    static EngineOptions without_watch(EngineOptions options) {
        options.watches_between_beats = false;
        return options;
    }

    static constexpr std::size_t perpetuals = 3;  // the last of what is traded
    Random random_;
    Books books_;
    EngineOptions options_;
    Desk ours_{options_};
    Desk unwatched_{without_watch(options_)};
    Desk exact_{options_};
    std::int64_t now_ = 1;
    std::vector<InstrumentSpec> specs_;
    std::vector<std::string> frozen_;
    std::vector<double> prices_;
    std::vector<AccountImage> images_;
    std::vector<Expectation> expectations_;
    std::vector<Seen> expected_;
    std::vector<Seen> told_;
};

std::string text(std::vector<Seen>::const_iterator at, const std::vector<Seen>& all) {
    if (at == all.end()) return "nothing";
    const auto& [account, symbol, ms, is_stop_out] = *at;
    return account + " by " + symbol + " at " + std::to_string(ms) +
           (is_stop_out ? " the stop-out" : " the margin call");
}

}  // namespace

namespace {

/// What all seeds come to.
struct Tally {
    std::size_t touches = 0;
    std::uint64_t looks = 0;
};

Tally compare(Books books, int seeds) {
    Tally all;
    for (int seed = 1; seed <= seeds; ++seed) {
        Twins twins{static_cast<std::uint64_t>(seed) * 1'000'003, books};
        for (int i = 0; i < many(1'500, 6'000); ++i) twins.step();
        twins.finish();
        CAPTURE(seed, twins.expected().size(), twins.told().size());
        const auto [ours, theirs] = std::ranges::mismatch(twins.told(), twins.expected());
        INFO("told " << text(ours, twins.told()) << ", expected "
                     << text(theirs, twins.expected()));
        REQUIRE((twins.told() == twins.expected()));
        all.touches += twins.expected().size();
        all.looks += twins.stats().looks;
    }
    return all;
}

}  // namespace

TEST_CASE("whoever comes to a level between two beats is told of, and nobody else",
          "[property][watch]") {
    const Tally all = compare(Books::plain, many(4, 20));
    CHECK(all.touches > static_cast<std::size_t>(many(100, 5'000)));
    CHECK(all.looks > all.touches);
}

TEST_CASE("nor with tiers, orders, perpetuals, and rules of every kind", "[property][watch]") {
    const Tally all = compare(Books::of_every_kind, many(3, 12));
    CHECK(all.touches > static_cast<std::size_t>(many(100, 5'000)));
    CHECK(all.looks > all.touches);
}

}  // namespace margind::test
