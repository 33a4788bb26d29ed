#include "common/price_commands.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <utility>

#include "margind/core/base/assert.hpp"
#include "wire/json_writer.hpp"

namespace margind::tools {
namespace {

wire::KeyTemplate contract_market() {
    auto keys = wire::compile_keys({}, 0);
    MARGIND_ASSERT(keys.has_value());  // the contract's own names
    return std::move(keys->market);
}

void set_price(std::string& text, double price) {
    text.clear();
    if (std::isfinite(price)) fmt::format_to(std::back_inserter(text), "{}", price);
}

}  // namespace

PriceCommands::PriceCommands(std::string channel, bool is_json)
    : market_{contract_market()}, channel_{std::move(channel)}, is_json_{is_json} {}

void PriceCommands::add(redis::Pipeline& pipeline, std::string_view symbol, double bid, double ask,
                        std::int64_t ts_ms) {
    key_.clear();
    market_.append(key_, {.symbol = symbol});
    set_price(bid_, bid);
    set_price(ask_, ask);
    const fmt::format_int ts{ts_ms};
    add_hash(pipeline, {ts.data(), ts.size()});
    if (!is_json_) {
        pipeline.add({"PUBLISH", channel_, symbol});
        return;
    }
    make_payload(symbol, ts_ms);
    pipeline.add({"PUBLISH", channel_, payload_});
}

void PriceCommands::add_hash(redis::Pipeline& pipeline, std::string_view ts) {
    if (!bid_.empty() && !ask_.empty()) {
        pipeline.add({"HSET", key_, "bid", bid_, "ask", ask_, "ts", ts});
    } else if (!bid_.empty()) {
        pipeline.add({"HSET", key_, "bid", bid_, "ts", ts});
    } else {
        pipeline.add({"HSET", key_, "ask", ask_, "ts", ts});
    }
}

void PriceCommands::make_payload(std::string_view symbol, std::int64_t ts_ms) {
    payload_.clear();
    wire::JsonWriter json{payload_};
    json.begin_object().field("symbol", symbol);
    if (!bid_.empty()) json.key("bid").raw(bid_);
    if (!ask_.empty()) json.key("ask").raw(ask_);
    json.field("ts", ts_ms).field("seq", ++seq_).end_object();
}

}  // namespace margind::tools
