#include "replay/statistics.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/progress.hpp"
#include "wire/json_writer.hpp"
#include "wire/scenario.hpp"

namespace margind::replay {
namespace {

template <class... Value>
std::string as_json(const Value&... values) {
    std::string out;
    wire::JsonWriter{out}.value(values...);
    return out;
}

/// Counts by an enumeration with a list of its names.
template <class Names, class CountOf>
std::vector<std::pair<std::string, std::uint64_t>> counts_by(const Names& names, CountOf count_of) {
    std::vector<std::pair<std::string, std::uint64_t>> counts;
    for (const auto& [fault, name] : names) counts.emplace_back(name, count_of(fault));
    return counts;
}

}  // namespace

void Statistics::add(std::string name, std::uint64_t value) {
    items_.push_back({std::move(name), tools::grouped(value), as_json(value)});
}

void Statistics::add(std::string name, std::string text) {
    const std::string json = as_json(text);
    items_.push_back({std::move(name), std::move(text), json});
}

void Statistics::add_fact(std::string name) { items_.push_back({std::move(name), "yes", "true"}); }

void Statistics::add_seconds(std::uint64_t ticks, double seconds) {
    const double rate = seconds > 0.0 ? static_cast<double>(ticks) / seconds : 0.0;
    items_.push_back({"seconds", fmt::format("{:.3f}", seconds), fmt::format("{:.6f}", seconds)});
    add("ticks_per_s", static_cast<std::uint64_t>(rate));
}

void Statistics::add_group(std::string name,
                           std::vector<std::pair<std::string, std::uint64_t>> counts) {
    std::string text;
    std::string json;
    wire::JsonWriter writer{json};
    writer.begin_object();
    for (const auto& [reason, count] : counts) {
        if (count == 0) continue;
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", tools::grouped(count), reason);
        writer.field(reason, count);
    }
    writer.end_object();
    items_.push_back({std::move(name), text.empty() ? "none" : text, std::move(json)});
}

void Statistics::add_list(std::string name, std::vector<std::string> texts) {
    std::string json;
    wire::JsonWriter writer{json};
    writer.begin_array();
    for (const std::string& text : texts) writer.value(text);
    writer.end_array();
    items_.push_back({std::move(name), fmt::format("{}", fmt::join(texts, "; ")), std::move(json)});
}

void Statistics::add_engine(const Engine& engine) {
    const EngineStats& stats = engine.stats();
    std::uint64_t unknown = 0;
    for (std::uint32_t id = 0; id < engine.book().account_count(); ++id) {
        unknown += engine.unknown_since_ms(AccountId{id}) != 0 ? 1 : 0;
    }
    add("breaches", stats.margin_calls + stats.stop_outs);
    add("margin_calls", stats.margin_calls);
    add("stop_outs", stats.stop_outs);
    add("recoveries", stats.recoveries);
    add("touches", stats.touches);
    add("unknown", unknown);
    add("state_hash", fmt::format("{:016x}", engine.state_hash()));
    add("beats", stats.beats);
    add("recomputed", stats.recomputed);
    std::vector<std::pair<std::string, std::uint64_t>> fates;
    for (std::size_t fate = 1; fate < tick_fate_count; ++fate) {
        fates.emplace_back(tick_fate_names[fate], stats.tick_fates[fate]);
    }
    add_group("ticks_refused", std::move(fates));
}

void Statistics::add_feeds(const FeedCounts& counts) {
    add("lines", counts.lines);
    add("filtered", counts.filtered);
    add("out_of_order", counts.out_of_order);
    add_group("rejected", counts_by(wire::feed_fault_names, [&](wire::FeedFault fault) {
                  return counts.refused.of(fault);
              }));
    if (counts.damaged_blocks > 0) add("damaged_blocks", counts.damaged_blocks);
    if (!counts.damages.empty()) add_list("damaged", counts.damages);
}

void Statistics::add_book(const LoadedBook& book) {
    add("accounts", book.accounts);
    add("positions", book.orders);
    if (book.counts.refused_total() > 0 || book.counts.orphan_orders > 0) {
        auto refused = counts_by(wire::book_fault_names, [&](wire::BookFault fault) {
            return book.counts.refused[static_cast<std::size_t>(fault)];
        });
        refused.emplace_back("orphan_orders", book.counts.orphan_orders);
        add_group("book_rejected", std::move(refused));
    }
}

std::string Statistics::text() const {
    std::size_t width = 0;
    for (const Item& item : items_) width = std::max(width, item.name.size());
    std::string out;
    for (const Item& item : items_) out += fmt::format("{:<{}}  {}\n", item.name, width, item.text);
    return out;
}

std::string Statistics::json() const {
    std::string out;
    wire::JsonWriter writer{out};
    writer.begin_object();
    for (const Item& item : items_) writer.key(item.name).raw(item.json);
    writer.end_object();
    out += '\n';
    return out;
}

}  // namespace margind::replay
