#include "adapters/redis/holder_walk.hpp"

#include <algorithm>

#include "adapters/redis/answer_shape.hpp"
#include "adapters/redis/connection.hpp"
#include "margind/core/base/assert.hpp"

namespace margind::redis {

HolderWalk::HolderWalk(const wire::Keys& keys, std::span<const std::string> types,
                       std::span<const std::string> symbols, ReadLimits limits)
    : holders_{keys.holders},
      types_{types.begin(), types.end()},
      limits_{limits},
      is_scanning_{symbols.empty()} {
    for (const std::string& type : types) {
        for (const std::string& symbol : symbols) {
            add_set(holders_.text({.type = type, .symbol = symbol}));
        }
    }
}

void HolderWalk::add_set(std::string_view key) {
    const auto parts = holders_.match(key);
    if (!parts || std::ranges::find(types_, parts->type) == types_.end()) return;
    if (!found_.emplace(key).second) return;
    sets_.push_back({std::string{key}, std::string{parts->type}});
}

void HolderWalk::ask(Pipeline& commands) {
    const std::string count = std::to_string(limits_.scan_count);
    asked_scan_ = is_scanning_;
    if (asked_scan_) {
        commands.add({"SCAN", scan_cursor_, "MATCH", holders_.glob(), "COUNT",
                      std::to_string(limits_.scan_keys_count), "TYPE", "set"});
    }
    asked_ = std::min(sets_.size(), limits_.holder_sets_at_once);
    for (std::size_t i = 0; i < asked_; ++i) {
        commands.add({"SSCAN", sets_[i].key, sets_[i].cursor, "COUNT", count});
    }
}

Result<HolderPage> HolderWalk::take(Reply& reply) {
    MARGIND_ASSERT(reply.size() == asked_ + (asked_scan_ ? 1 : 0));
    for (std::size_t i = 0; i < reply.size(); ++i) {
        const std::string_view error = reply.error_of(i);
        if (!error.empty() && !is_bad_key(error)) return std::unexpected(refused(error));
        const std::size_t first_set = asked_scan_ ? 1 : 0;
        const std::string_view cursor = i < first_set ? scan_cursor_ : sets_[i - first_set].cursor;
        if (error.empty() && !is_scan(reply[i], cursor)) {
            return std::unexpected(malformed_answer(i < first_set ? "SCAN" : "SSCAN"));
        }
    }
    HolderPage page;
    std::size_t next = 0;
    if (asked_scan_) take_scan(reply[next++]);
    for (std::size_t i = 0; i < asked_; ++i, ++next) {
        Set& set = sets_[i];
        if (reply.error_of(next).empty()) {
            take_members(set, reply[next], page);
        } else {
            ++page.junk_members;  // the key holds something else: it names nobody
            set.cursor = "0";
        }
    }
    for (std::size_t i = asked_; i-- > 0;) {
        if (sets_[i].cursor != "0") continue;
        sets_.erase(sets_.begin() + static_cast<std::ptrdiff_t>(i));
        ++sets_done_;
    }
    asked_ = 0;
    page.sets_done = sets_done_;
    page.sets_total = sets_done_ + sets_.size();
    page.is_last = is_done();
    return page;
}

void HolderWalk::take_scan(std::span<const std::string_view> answer) {
    if (answer.empty()) return;
    scan_cursor_ = answer.front();
    is_scanning_ = scan_cursor_ != "0";
    for (const std::string_view key : answer.subspan(1)) add_set(key);
}

void HolderWalk::take_members(Set& set, std::span<const std::string_view> answer,
                              HolderPage& page) const {
    set.cursor = answer.front();
    for (const std::string_view member : answer.subspan(1)) {
        if (auto account = wire::parse_member(member, set.type)) {
            page.accounts.push_back(std::move(*account));
        } else {
            ++page.junk_members;
        }
    }
}

}  // namespace margind::redis
