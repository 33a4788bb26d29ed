#include "adapters/redis/image_page.hpp"

#include <algorithm>

#include "adapters/redis/answer_shape.hpp"
#include "adapters/redis/connection.hpp"
#include "margind/core/base/assert.hpp"
#include "wire/redis_account.hpp"

namespace margind::redis {
namespace {

/// SSCAN may name a member twice.
void drop_repeats(std::vector<OrderImage>& orders) {
    std::ranges::sort(orders, {}, &OrderImage::id);
    const auto repeats = std::ranges::unique(orders, {}, &OrderImage::id);
    orders.erase(repeats.begin(), repeats.end());
}

}  // namespace

ImagePage::ImagePage(const wire::Keys& keys, std::span<const AccountKey> accounts,
                     ReadLimits limits)
    : keys_{keys}, limits_{limits} {
    images_.resize(accounts.size());
    for (std::uint32_t i = 0; i < accounts.size(); ++i) {
        images_[i].key = accounts[i];
        images_[i].exists = false;
        questions_.push_back({What::config, i, {}});
        questions_.push_back({What::index, i, "0"});
        questions_.push_back({What::stored, i, {}});
    }
}

void ImagePage::ask(Pipeline& commands) {
    asked_ = std::min(questions_.size(), limits_.page_commands);
    for (std::size_t i = 0; i < asked_; ++i) add_command(questions_[i], commands);
}

void ImagePage::add_command(const Question& question, Pipeline& commands) {
    const AccountKey& account = images_[question.account].key;
    const wire::KeyParts parts{.type = account.type, .id = account.id, .order_id = question.text};
    key_.clear();
    switch (question.what) {
        case What::config:
            keys_.account.append(key_, parts);
            commands.add({"HGETALL", key_});
            return;
        case What::fallback_config:
            keys_.account_fallback->append(key_, parts);
            commands.add({"HGETALL", key_});
            return;
        case What::index:
            // A set of up to this many orders comes in one answer; a larger one does not stall
            // others.
            keys_.orders_index.append(key_, parts);
            commands.add(
                {"SSCAN", key_, question.text, "COUNT", std::to_string(limits_.scan_count)});
            return;
        case What::stored:
            keys_.portfolio.append(key_, parts);
            commands.add({"HMGET", key_, wire::stored_fields[0], wire::stored_fields[1],
                          wire::stored_fields[2], wire::stored_fields[3]});
            return;
        case What::order:
            keys_.order.append(key_, parts);
            commands.add({"HGETALL", key_});
            return;
    }
}

bool ImagePage::has_shape(const Question& question, Answer answer) {
    switch (question.what) {
        case What::index: return is_scan(answer, question.text);
        case What::stored: return answer.size() == wire::stored_fields.size();
        default: return is_hash(answer);
    }
}

Result<void> ImagePage::take(Reply& reply) {
    MARGIND_ASSERT(reply.size() == asked_);
    for (std::size_t i = 0; i < asked_; ++i) {
        const std::string_view error = reply.error_of(i);
        if (!error.empty() && !is_bad_key(error)) return std::unexpected(refused(error));
        if (error.empty() && !has_shape(questions_[i], reply[i])) {
            return std::unexpected(malformed_answer("an account's image"));
        }
    }
    for (std::size_t i = 0; i < asked_; ++i) {
        const Question question = std::move(questions_.front());
        questions_.pop_front();
        if (reply.error_of(i).empty()) {
            take_answer(question, reply[i]);
        } else {
            take_bad_key(question);
        }
    }
    asked_ = 0;
    return {};
}

void ImagePage::take_answer(const Question& question, Answer answer) {
    switch (question.what) {
        case What::config:
        case What::fallback_config: take_config(question, answer); return;
        case What::index: take_index(question, answer); return;
        case What::stored: wire::decode_stored(answer, images_[question.account]); return;
        case What::order: take_order(question, answer); return;
    }
}

/// What cannot be read is there all the same: the account is neither absent nor flat.
void ImagePage::take_bad_key(const Question& question) {
    AccountImage& image = images_[question.account];
    switch (question.what) {
        case What::config:
        case What::fallback_config: image.exists = true; return;
        case What::index:
            image.exists = true;
            image.orders.push_back(wire::unreadable_order("?"));
            return;
        case What::order: image.orders.push_back(wire::unreadable_order(question.text)); return;
        case What::stored: image.has_bad_prop_memory = true; return;
    }
}

void ImagePage::take_config(const Question& question, Answer answer) {
    AccountImage& image = images_[question.account];
    if (!answer.empty()) {
        image.exists = true;
        wire::decode_account(answer, image);
    } else if (question.what == What::config && keys_.account_fallback) {
        questions_.push_back({What::fallback_config, question.account, {}});
    }
}

void ImagePage::take_index(const Question& question, Answer answer) {
    AccountImage& image = images_[question.account];
    for (const std::string_view id : answer.subspan(1)) {
        image.exists = true;
        if (wire::is_order_id(id)) {
            questions_.push_back({What::order, question.account, std::string{id}});
        } else {
            image.orders.push_back(wire::unreadable_order("?"));
        }
    }
    if (answer.front() != "0") {
        questions_.push_back({What::index, question.account, std::string{answer.front()}});
    }
}

void ImagePage::take_order(const Question& question, Answer answer) {
    auto order = wire::decode_order(question.text, answer);
    if (order) images_[question.account].orders.push_back(std::move(*order));
}

std::vector<AccountImage> ImagePage::images() {
    MARGIND_ASSERT(questions_.empty());
    for (AccountImage& image : images_) drop_repeats(image.orders);
    return std::move(images_);
}

}  // namespace margind::redis
