#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "margind/core/engine/engine.hpp"
#include "replay/book_loading.hpp"
#include "replay/feeds.hpp"

namespace margind::replay {

/// What a replay says at its end, in order. One list for people, one JSON object for scripts.
class Statistics {
public:
    void add(std::string name, std::uint64_t value);
    void add(std::string name, std::string text);
    /// Something that is so; what is not so is not mentioned.
    void add_fact(std::string name);
    void add_seconds(std::uint64_t ticks, double seconds);
    /// Names with counts that are not 0, under one name.
    void add_group(std::string name, std::vector<std::pair<std::string, std::uint64_t>> counts);
    void add_list(std::string name, std::vector<std::string> texts);

    void add_engine(const Engine& engine);
    void add_feeds(const FeedCounts& counts);
    void add_book(const LoadedBook& book);

    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::string json() const;

private:
    struct Item {
        std::string name;
        std::string text;  // as a person reads it
        std::string json;
    };
    std::vector<Item> items_;
};

}  // namespace margind::replay
