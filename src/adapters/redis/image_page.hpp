#pragma once
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis/options.hpp"
#include "adapters/redis/pipeline.hpp"
#include "adapters/redis/reply.hpp"
#include "margind/core/book/account.hpp"
#include "margind/ports/result.hpp"
#include "wire/redis_keys.hpp"

namespace margind::redis {

/// The images of some accounts, read in a few round trips: first configuration, order index and
/// stored margin of all, then what these name. No I/O: `ask` fills a pipeline, `take` reads its
/// answers.
class ImagePage {
public:
    ImagePage(const wire::Keys& keys, std::span<const AccountKey> accounts, ReadLimits limits);

    /// The next commands; none when the images are complete.
    void ask(Pipeline& commands);
    /// The answers to what was asked, or why the page cannot be read.
    Result<void> take(Reply& reply);
    /// In the order of the accounts. Call once, at the end.
    [[nodiscard]] std::vector<AccountImage> images();

private:
    enum class What : std::uint8_t { config, fallback_config, index, stored, order };
    struct Question {
        What what;
        std::uint32_t account;
        std::string text;  // of an order its id, of an index the cursor
    };
    using Answer = std::span<const std::string_view>;

    void add_command(const Question& question, Pipeline& commands);
    [[nodiscard]] static bool has_shape(const Question& question, Answer answer);
    void take_answer(const Question& question, Answer answer);
    void take_bad_key(const Question& question);
    void take_config(const Question& question, Answer answer);
    void take_index(const Question& question, Answer answer);
    void take_order(const Question& question, Answer answer);

    const wire::Keys& keys_;
    ReadLimits limits_;
    std::vector<AccountImage> images_;
    std::deque<Question> questions_;  // the first `asked_` have been asked
    std::size_t asked_ = 0;
    std::string key_;
};

}  // namespace margind::redis
