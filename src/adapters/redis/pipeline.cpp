#include "adapters/redis/pipeline.hpp"

#include <algorithm>
#include <charconv>

#include "adapters/redis/request.hpp"
#include "margind/core/base/assert.hpp"

namespace margind::redis {

/// Appends one argument as a RESP bulk string. Found by Boost.Redis by its name.
static void boost_redis_to_bulk(std::string& payload, const Word& word) {
    constexpr std::size_t frame_max = 25;  // $, 20 digits, and two line ends
    const std::size_t before = payload.size();
    const auto write = [&](char* begin, std::size_t capacity) {
        char* to = begin + before;
        *to++ = '$';
        to = std::to_chars(to, begin + capacity, word.text.size()).ptr;
        *to++ = '\r';
        *to++ = '\n';
        to = std::copy(word.text.begin(), word.text.end(), to);
        *to++ = '\r';
        *to++ = '\n';
        return static_cast<std::size_t>(to - begin);
    };
    payload.resize_and_overwrite(before + word.text.size() + frame_max, write);
}

Pipeline::Pipeline() : request_{std::make_unique<Request>()} {}
Pipeline::~Pipeline() = default;
Pipeline::Pipeline(Pipeline&&) noexcept = default;
Pipeline& Pipeline::operator=(Pipeline&&) noexcept = default;

void Pipeline::add(std::span<const std::string_view> words) {
    MARGIND_ASSERT(!words.empty());
    if (words.size() == 1) {
        request_->commands.push(words.front());
        return;
    }
    request_->words.clear();
    for (const std::string_view word : words.subspan(1)) request_->words.push_back({word});
    request_->commands.push_range(words.front(), request_->words);
}

void Pipeline::add(std::initializer_list<std::string_view> words,
                   std::span<const wire::Field> fields) {
    MARGIND_ASSERT(words.size() > 1);
    request_->words.clear();
    for (const std::string_view word : std::span{words.begin() + 1, words.size() - 1}) {
        request_->words.push_back({word});
    }
    for (const wire::Field& field : fields) {
        request_->words.push_back({field.name});
        request_->words.push_back({field.value});
    }
    request_->commands.push_range(*words.begin(), request_->words);
}

void Pipeline::clear() { request_->commands.clear(); }

std::size_t Pipeline::commands() const { return request_->commands.get_commands(); }

std::size_t Pipeline::bytes() const { return request_->commands.payload().size(); }

}  // namespace margind::redis
