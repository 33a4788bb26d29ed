#pragma once
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>

#include "wire/snapshot_fields.hpp"

namespace margind::redis {

/// Commands that are sent together, encoded as they are added. Never two hash slots in one command.
class Pipeline {
public:
    Pipeline();
    ~Pipeline();
    Pipeline(Pipeline&&) noexcept;
    Pipeline& operator=(Pipeline&&) noexcept;

    /// A command with its arguments. SUBSCRIBE has no answer.
    void add(std::span<const std::string_view> words);
    void add(std::initializer_list<std::string_view> words) {
        add(std::span{words.begin(), words.size()});
    }
    /// A command, words, and then the names and values of fields.
    void add(std::initializer_list<std::string_view> words, std::span<const wire::Field> fields);

    /// Keeps its memory.
    void clear();
    [[nodiscard]] std::size_t commands() const;
    [[nodiscard]] std::size_t bytes() const;
    [[nodiscard]] bool is_empty() const { return commands() == 0; }

private:
    friend class Connection;
    struct Request;
    std::unique_ptr<Request> request_;
};

}  // namespace margind::redis
