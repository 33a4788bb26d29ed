#include "service/warm_start.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

namespace margind::service {
namespace {

using boost::asio::awaitable;

/// In hundredths of a percent; no level without margin.
std::int32_t level_of(float danger) {
    if (danger == std::numeric_limits<float>::max()) return WarmAccount::no_level;
    constexpr double most = WarmAccount::no_level - 1;
    return static_cast<std::int32_t>(std::clamp(std::round(double{danger} * 100.0), -most, most));
}

/// What a damaged count could ask for is not set aside.
std::size_t positions_in(const WarmImage& image) {
    constexpr std::size_t plausible = 64;  // an account, on average
    std::size_t sum = 0;
    for (const WarmAccount& account : image.accounts) sum += account.positions;
    return std::min(sum, plausible * image.accounts.size());
}

}  // namespace

WarmStart::WarmStart(boost::asio::any_io_executor executor, WarmStore& store, Engine& engine,
                     Signal& mirror, const Clock& clock, Status& status, WarmOptions options)
    : store_{store},
      engine_{engine},
      mirror_{mirror},
      clock_{clock},
      status_{status},
      options_{options},
      wake_{std::move(executor)} {}

void WarmStart::load() {
    const Moment now = clock_.now();
    due_ms_ = now.steady_ms + options_.interval_ms;
    auto loaded = store_.load();
    if (!loaded) {
        spdlog::warn("event=cold_start reason=\"{}\"", loaded.error().text);
        return;
    }
    image_ = std::move(*loaded);
    const std::size_t room = engine_.options().accounts_max;
    image_.accounts.resize(std::min(image_.accounts.size(), room));
    const std::size_t positions = positions_in(image_);
    engine_.reserve(static_cast<std::uint32_t>(image_.accounts.size()), positions);
    status_.warm_left = image_.accounts.size();
    spdlog::info("event=warm_start accounts={} positions={} written_ms={} age_s={}",
                 image_.accounts.size(), positions, image_.written_ms,
                 (now.wall_ms - image_.written_ms) / 1'000);
    adopt_some();
}

/// The images of those adopted are wanted in the order of their adoption.
void WarmStart::adopt_some() {
    const Moment now = clock_.now();
    const std::vector<std::string>& types = engine_.options().types;
    const std::size_t end = std::min(adopted_ + options_.adopted_at_once, image_.accounts.size());
    AccountKey key;
    for (; adopted_ < end; ++adopted_) {
        const WarmAccount& account = image_.accounts[adopted_];
        key.type = types[account.type];
        key.id = account.id;
        const std::uint32_t known = engine_.book().account_count();
        engine_.adopt(key, now, Cause::image_unconfirmed);
        status_.mirror.warm_accounts += engine_.book().account_count() - known;
    }
    status_.warm_left = image_.accounts.size() - adopted_;
}

awaitable<void> WarmStart::run() {
    const auto executor = co_await boost::asio::this_coro::executor;
    while (status_.warm_left > 0) {
        co_await boost::asio::post(executor, boost::asio::use_awaitable);
        adopt_some();
        mirror_.notify();
    }
    image_ = {};
    stage_ = Stage::waiting;
    for (;;) {
        co_await wake_.wait(std::chrono::hours{1});
        if (stage_ != Stage::saving) continue;
        co_await save();
        stage_ = Stage::waiting;
    }
}

/// Whoever is not in the store any more is left out: the next start would look for him in vain.
void WarmStart::note(AccountId account) {
    const Book& book = engine_.book();
    const bool is_gone = book.setting_causes(account).has(Cause::image_missing);
    if (!book.has_image(account) || is_gone) return;
    const std::size_t type_size = engine_.options().types[book.type(account)].size();
    WarmAccount& noted = image_.accounts.emplace_back();
    noted.id = engine_.account_name(account).substr(type_size + 1);
    noted.level = level_of(engine_.danger(account));
    noted.positions = book.line(account).count;
    noted.type = book.type(account);
    noted.is_in_breach = engine_.memory(account).state != AccountState::ok;
    if (noted.id.empty()) image_.accounts.pop_back();
}

void WarmStart::note_some() {
    const std::uint32_t count = engine_.book().account_count();
    const std::uint32_t end = std::min(count - noted_, options_.noted_per_beat) + noted_;
    while (noted_ < end) note(AccountId{noted_++});
    if (noted_ < count) return;
    stage_ = Stage::saving;
    wake_.notify();
}

void WarmStart::after_beat() {
    const bool is_due = options_.interval_ms > 0 && clock_.now().steady_ms >= due_ms_ &&
                        status_.mirror.resyncs > 0 && !status_.is_stopping;
    if (stage_ == Stage::waiting && is_due) {
        stage_ = Stage::noting;
        noted_ = 0;
        image_.accounts.reserve(engine_.book().account_count());
    }
    if (stage_ == Stage::noting) note_some();
}

awaitable<void> WarmStart::save() {
    image_.written_ms = clock_.now().wall_ms;
    const std::size_t accounts = image_.accounts.size();
    WarmImage image = std::exchange(image_, {});
    const Result<void> saved = co_await store_.save(std::move(image));
    tell(saved, accounts);
    due_ms_ = clock_.now().steady_ms + options_.interval_ms;
}

awaitable<void> WarmStart::save_last() {
    if (status_.mirror.resyncs == 0) co_return;
    const std::uint32_t count = engine_.book().account_count();
    stage_ = Stage::ended;
    image_ = {};
    image_.accounts.reserve(count);
    for (std::uint32_t id = 0; id < count; ++id) note(AccountId{id});
    co_await save();
}

/// Failures are told once, until it has worked again.
void WarmStart::tell(const Result<void>& saved, std::size_t accounts) {
    if (!saved) {
        ++status_.mirror.warm_failures;
        if (std::exchange(is_failing_, true)) return;
        spdlog::error("event=warm_image_failed reason=\"{}\"", saved.error().text);
        return;
    }
    ++status_.mirror.warm_images;
    const bool is_news = std::exchange(is_failing_, false) || status_.is_stopping;
    if (is_news) spdlog::info("event=warm_image accounts={}", accounts);
}

}  // namespace margind::service
