#include "service/mirror.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace margind::service {
namespace {

using boost::asio::awaitable;
using std::chrono::milliseconds;

constexpr milliseconds retry_pause{250};

class Mirror {
public:
    Mirror(Directory& directory, Engine& engine, Signal& wake, const Clock& clock, Status& status,
           TickObserver* observer, MirrorOptions options)
        : directory_{directory},
          engine_{engine},
          wake_{wake},
          clock_{clock},
          status_{status},
          observer_{observer},
          options_{options} {}

    awaitable<void> run() {
        for (;;) {
            if (!status_.is_connected()) {
                co_await wake_.wait(milliseconds{1'000});
                continue;
            }
            if (status_.awaits_term && !has_breaches_) {
                // An older instance may still append: breaches are read once it cannot.
                co_await wake_.wait(retry_pause);
                continue;
            }
            if (!co_await resync()) {
                ++status_.mirror.read_failures;
                co_await wake_.wait(retry_pause);
                continue;
            }
            co_await keep();
        }
    }

private:
    [[nodiscard]] bool holds(std::uint64_t epoch) const {
        return status_.is_connected() && engine_.data_epoch() == epoch;
    }

    /// Reads everything of this epoch. False when something failed or a new gap opened meanwhile.
    awaitable<bool> resync() {
        const Moment began = clock_.now();
        const std::uint64_t epoch = engine_.data_epoch();
        if (!has_breaches_ && options_.has_breaches) {
            if (!co_await read_breaches()) co_return false;
            has_breaches_ = true;
        }
        // What is known comes first, in order of danger; then whoever else is in the holder sets.
        while (engine_.needs_anything() || status_.warm_left > 0) {
            if (!engine_.needs_anything()) co_await wake_.wait(retry_pause);  // for more of them
            if (!co_await read_page(epoch)) co_return false;
        }
        if (!co_await walk_holders(epoch)) co_return false;
        status_.is_synced = true;
        ++status_.mirror.resyncs;
        status_.mirror.resync_ms = clock_.now().steady_ms - began.steady_ms;
        spdlog::info("event=synced epoch={} accounts={} positions={} ms={}", epoch,
                     engine_.book().account_count(), engine_.book().position_count(),
                     status_.mirror.resync_ms);
        co_return true;
    }

    awaitable<bool> read_breaches() {
        const auto breaches = co_await directory_.breaches();
        if (!breaches) co_return false;
        for (const auto& [key, memory] : breaches->known)
            engine_.restore(key, memory, clock_.now());
        spdlog::log(breaches->junk > 0 ? spdlog::level::err : spdlog::level::info,
                    "event=breaches_restored accounts={} unreadable={}", breaches->known.size(),
                    breaches->junk);
        co_return true;
    }

    awaitable<bool> walk_holders(std::uint64_t epoch) {
        const std::uint64_t refused_before = engine_.stats().accounts_refused;
        if (!co_await directory_.start_holders()) co_return false;
        for (;;) {
            const auto page = co_await directory_.next_holders();
            if (!page || !holds(epoch)) co_return false;
            ++status_.mirror.holder_pages;
            status_.mirror.holders_read += page->accounts.size();
            status_.mirror.junk_members += page->junk_members;
            status_.sets_done = page->sets_done;
            status_.sets_total = page->sets_total;
            const std::uint32_t known = engine_.book().account_count();
            for (const AccountKey& key : page->accounts) engine_.adopt(key, clock_.now());
            if (status_.is_synced) {
                status_.mirror.adopted += engine_.book().account_count() - known;
            }
            while (engine_.needs_anything()) {
                if (!co_await read_page(epoch)) co_return false;
            }
            log_progress();
            if (page->is_last) break;
        }
        tell_of_refused(refused_before);
        co_return true;
    }

    /// An account that is not watched must not go unnoticed: told whenever their number changes.
    void tell_of_refused(std::uint64_t before) {
        const std::uint64_t refused = engine_.stats().accounts_refused - before;
        if (refused == std::exchange(status_.unwatched, refused)) return;
        if (refused == 0) return;
        spdlog::error(
            "event=accounts_refused places={} reason=\"limits.accounts_max is {}: they are not "
            "watched\"",
            refused, engine_.options().accounts_max);
    }

    void log_progress() {
        const std::int64_t now_ms = clock_.now().steady_ms;
        if (status_.is_synced || now_ms - progress_logged_ms_ < 1'000) return;
        progress_logged_ms_ = now_ms;
        spdlog::info("event=reading sets={}/{} accounts={} images={}", status_.sets_done,
                     status_.sets_total, engine_.book().account_count(),
                     status_.mirror.images_read);
    }

    /// Reads the next page of what is wanted. False when it failed: it is then wanted again.
    awaitable<bool> read_page(std::uint64_t epoch) {
        const Need need = engine_.plan(options_.page_accounts);
        const bool was_read = co_await read(need, epoch);
        if (!was_read) engine_.refetch(need);
        co_return was_read;
    }

    awaitable<bool> read(const Need& need, std::uint64_t epoch) {
        if (!need.instruments.empty()) {
            const auto specs = co_await directory_.instruments(need.instruments);
            if (!specs || !holds(epoch)) co_return false;
            for (const InstrumentSpec& spec : *specs) engine_.apply(spec);
            status_.mirror.instruments_read += specs->size();
        }
        // Whoever was read before waits for these only.
        if (!need.prices.empty()) {
            std::vector<std::string> names;
            for (const SymbolId id : need.prices) names.push_back(engine_.symbols().name(id));
            const auto prices = co_await directory_.prices(names);
            if (!prices || !holds(epoch)) co_return false;
            apply_stored(engine_, need.prices, *prices, true, clock_.now(), status_, observer_);
        }
        if (!need.accounts.empty()) {
            std::vector<AccountKey> keys;
            keys.reserve(need.accounts.size());
            for (const AccountId id : need.accounts) keys.push_back(engine_.account_key(id));
            const auto images = co_await directory_.images(keys);
            if (!images || !holds(epoch)) co_return false;
            for (const AccountImage& image : *images) {
                status_.mirror.images_missing += image.exists ? 0 : 1;
                engine_.apply(image, clock_.now());
            }
            ++status_.mirror.image_pages;
            status_.mirror.images_read += images->size();
        }
        co_return true;
    }

    /// Between gaps: reads what is wanted, and sweeps.
    awaitable<void> keep() {
        const std::uint64_t epoch = engine_.data_epoch();
        std::int64_t sweep_due_ms = clock_.now().steady_ms + options_.sweep_interval.count();
        while (holds(epoch)) {
            if (engine_.needs_anything()) {
                if (!co_await read_page(epoch)) {
                    ++status_.mirror.read_failures;
                    co_await wake_.wait(retry_pause);
                }
                continue;
            }
            const std::int64_t left_ms = sweep_due_ms - clock_.now().steady_ms;
            if (left_ms > 0) {
                co_await wake_.wait(milliseconds{left_ms});
                continue;
            }
            if (!co_await sweep(epoch)) ++status_.mirror.read_failures;
            sweep_due_ms = clock_.now().steady_ms + options_.sweep_interval.count();
        }
    }

    /// Compares the holder sets with what is known, and re-reads a rolling share of all images.
    awaitable<bool> sweep(std::uint64_t epoch) {
        ++status_.mirror.sweeps;
        engine_.want_missing_prices();
        const std::uint32_t count = engine_.book().account_count();
        const std::uint32_t share = count / options_.sweep_parts + 1;
        for (std::uint32_t i = 0; i < share && i < count; ++i) {
            engine_.invalidate(AccountId{sweep_next_++ % count}, clock_.now());
        }
        co_return co_await walk_holders(epoch);
    }

    Directory& directory_;
    Engine& engine_;
    Signal& wake_;
    const Clock& clock_;
    Status& status_;
    TickObserver* observer_;
    MirrorOptions options_;
    bool has_breaches_ = false;
    std::uint32_t sweep_next_ = 0;
    std::int64_t progress_logged_ms_ = 0;
};

}  // namespace

awaitable<void> mirror(Directory& directory, Engine& engine, Signal& wake, const Clock& clock,
                       Status& status, TickObserver* observer, MirrorOptions options) {
    Mirror loop{directory, engine, wake, clock, status, observer, options};
    co_await loop.run();
}

awaitable<void> follow_changes(Directory& directory, Engine& engine, Signal& mirror,
                               const Clock& clock, Status& status) {
    Changes changes;  // refilled by this loop alone
    for (;;) {
        changes.clear();
        const Result<void> received = co_await directory.next_changes(changes);
        const Moment now = clock.now();
        const bool is_first = received && !status.directory_up;
        if (!received || changes.everything) {
            ++status.mirror.losses;
            status.is_synced = false;
            engine.open_epoch(now);
            spdlog::warn("event=gap source=directory epoch={} reason=\"{}\"", engine.data_epoch(),
                         received ? "all keys changed" : received.error().text);
        }
        status.directory_up = received.has_value();
        if (is_first) spdlog::info("event=tracking epoch={}", engine.data_epoch());
        status.mirror.changes += changes.accounts.size() + changes.instruments.size();
        for (const AccountKey& key : changes.accounts) {
            const std::uint32_t known = engine.book().account_count();
            const AccountId account = engine.adopt(key, now);
            if (account.is_none()) continue;
            status.mirror.adopted += engine.book().account_count() - known;
            engine.invalidate(account, now);
        }
        for (const InstrumentKey& key : changes.instruments) {
            engine.invalidate_instrument(key.group, key.symbol);
        }
        mirror.notify();
    }
}

}  // namespace margind::service
