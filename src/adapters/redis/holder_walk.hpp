#pragma once
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis/options.hpp"
#include "adapters/redis/pipeline.hpp"
#include "adapters/redis/reply.hpp"
#include "margind/ports/directory.hpp"
#include "wire/redis_keys.hpp"

namespace margind::redis {

/// A walk over all holder sets, a page of commands at a time. No I/O: `ask` fills a pipeline,
/// `take` reads its answers. What fails is asked again by the next `ask`.
class HolderWalk {
public:
    /// `symbols` names the sets; when it is empty, they are found by SCAN.
    HolderWalk(const wire::Keys& keys, std::span<const std::string> types,
               std::span<const std::string> symbols, ReadLimits limits);

    /// The next commands; none when the walk is over.
    void ask(Pipeline& commands);
    /// The answers to what was asked. An error leaves the walk where it was.
    Result<HolderPage> take(Reply& reply);

private:
    struct Set {
        std::string key;
        std::string type;
        std::string cursor = "0";
    };
    void add_set(std::string_view key);
    void take_scan(std::span<const std::string_view> answer);
    void take_members(Set& set, std::span<const std::string_view> answer, HolderPage& page) const;
    [[nodiscard]] bool is_done() const { return !is_scanning_ && sets_.empty(); }

    wire::KeyTemplate holders_;
    std::vector<std::string> types_;
    ReadLimits limits_;
    std::string scan_cursor_ = "0";
    bool is_scanning_;
    std::deque<Set> sets_;  // not yet read to their ends; the first `asked_` are being read
    std::size_t asked_ = 0;
    bool asked_scan_ = false;
    boost::unordered_flat_set<std::string> found_;  // SCAN may name a key twice
    std::uint64_t sets_done_ = 0;
};

}  // namespace margind::redis
