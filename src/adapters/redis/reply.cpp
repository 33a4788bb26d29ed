#include "adapters/redis/reply.hpp"

#include "margind/core/base/assert.hpp"

namespace margind::redis {
namespace {

/// An error's text as it is kept: never empty, which would mean success, and never long.
std::string_view kept_error(std::string_view text) {
    constexpr std::size_t text_max = 1'024;
    return text.empty() ? std::string_view{"ERR without a text"} : text.substr(0, text_max);
}

}  // namespace

void Reply::clear() {
    bytes_.clear();
    leaves_.clear();
    answers_.clear();
    views_.clear();
}

void Reply::view_leaves() {
    views_.reserve(leaves_.size());
    const std::string_view bytes = bytes_;
    for (const Leaf& leaf : leaves_) {
        views_.push_back(leaf.is_nil ? std::string_view{} : bytes.substr(leaf.offset, leaf.length));
    }
}

std::span<const std::string_view> Reply::operator[](std::size_t i) {
    MARGIND_ASSERT(i < answers_.size());
    if (views_.size() != leaves_.size()) view_leaves();
    return std::span{views_}.subspan(answers_[i].first_leaf, answers_[i].leaf_count);
}

std::string_view Reply::error_of(std::size_t i) const {
    MARGIND_ASSERT(i < answers_.size());
    return std::string_view{bytes_}.substr(answers_[i].error_offset, answers_[i].error_length);
}

void Reply::begin_answer() { answers_.push_back({leaves_.size(), 0, 0, 0, 0}); }

void Reply::leaf(std::string_view value) {
    Answer& answer = answers_.back();
    if (answer.error_length != 0) return;
    answer.bytes += value.size() + sizeof(Leaf);
    if (answer.bytes > answer_bytes_max_) {
        error(std::string{too_large} + " more than " + std::to_string(answer_bytes_max_) +
              " bytes");
        return;
    }
    leaves_.push_back({bytes_.size(), value.size(), value.data() == nullptr});
    ++answer.leaf_count;
    bytes_ += value;
}

void Reply::error(std::string_view text) {
    Answer& answer = answers_.back();
    if (answer.error_length != 0) return;  // the first one counts
    text = kept_error(text);
    leaves_.resize(answer.first_leaf);
    answer.leaf_count = 0;
    answer.error_offset = bytes_.size();
    answer.error_length = text.size();
    bytes_ += text;
}

void Acknowledgement::clear() {
    answers_ = wrong_types_ = errors_ = 0;
    first_error_.clear();
}

void Acknowledgement::error(std::string_view text) {
    if (is_wrong_type(text)) {
        ++wrong_types_;
        return;
    }
    if (++errors_ == 1) first_error_ = kept_error(text);
}

}  // namespace margind::redis
