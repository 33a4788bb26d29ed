#include "http/request_reader.hpp"

#include <utility>

namespace margind::http {

void RequestReader::append(std::string_view bytes) {
    bytes_.erase(0, consumed_);
    consumed_ = 0;
    bytes_.append(bytes);
}

std::expected<std::optional<RequestHead>, Refusal> RequestReader::next() {
    if (!head_) {
        const auto size = scanner_.scan(pending());
        if (!size) return std::unexpected{size.error()};
        if (!*size) return std::nullopt;
        auto head = parse_head(pending().substr(0, **size), limits_);
        if (!head) return std::unexpected{std::move(head.error())};
        consumed_ += **size;
        scanner_ = HeadScanner{limits_};
        head_ = std::move(*head);
        has_continued_ = false;
    }
    if (pending().size() < head_->body_size) return std::nullopt;
    consumed_ += head_->body_size;
    return std::exchange(head_, std::nullopt);
}

bool RequestReader::take_continue() {
    const bool wants = head_ && head_->expects_continue && !has_continued_ && pending().empty();
    if (wants) has_continued_ = true;
    return wants;
}

}  // namespace margind::http
