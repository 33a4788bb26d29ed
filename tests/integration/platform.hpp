#pragma once
#include <string>
#include <vector>

#include "integration/redis_edge.hpp"

namespace margind::test {

using Kinds = std::vector<std::string>;

/// A trading platform's Redis: one symbol and one group, accounts as a test wants them.
class Platform {
public:
    Platform() { open_market(); }

    [[nodiscard]] RedisServer& server() { return server_; }
    /// A connection for one thing: a server may be stopped and started between two of them.
    [[nodiscard]] ServerClient redis() const { return server_.client(); }

    void open_market() const {
        redis().text({"HSET", "groups:{Standard}:EURUSD", "type", "1", "contract_size", "100000",
                      "profit", "USD"});
        redis().text({"HSET", "market:EURUSD", "bid", "1.10000", "ask", "1.10010"});
    }
    /// The account of the README: one lot of EURUSD bought at 1.10.
    void load(const std::string& id, const std::string& balance) const {
        const std::string tag = "{live:" + id + "}";
        ServerClient redis = server_.client();
        redis.text({"HSET", "user:" + tag + ":config", "wallet_balance", balance, "leverage", "100",
                    "group", "Standard"});
        redis.text({"HSET", "user_holdings:" + tag + ":A", "order_id", "A", "symbol", "EURUSD",
                    "order_type", "BUY", "order_price", "1.10", "order_quantity", "1.00"});
        redis.text({"SADD", "user_orders_index:" + tag, "A"});
        redis.text({"SADD", "symbol_holders:EURUSD:live", "live:" + id});
    }
    /// A price that nobody is told of.
    void price_in_silence(const std::string& bid, const std::string& ask) const {
        redis().text({"HSET", "market:EURUSD", "bid", bid, "ask", ask});
    }
    void price(const std::string& bid, const std::string& ask) const {
        price_in_silence(bid, ask);
        redis().text({"PUBLISH", "market_price_updates", "EURUSD"});
    }
    /// A field of an account's snapshot.
    [[nodiscard]] std::string field(const std::string& id, const std::string& name) const {
        return redis().text({"HGET", "user_portfolio:{live:" + id + "}", name});
    }
    /// Kinds of events in the stream, in order.
    [[nodiscard]] Kinds kinds() const { return of_events("kind"); }
    /// A field of each event in the stream, in order.
    [[nodiscard]] std::vector<std::string> of_events(const std::string& name) const {
        std::vector<std::string> found;
        const ServerReply stream = redis().call({"XRANGE", "{margind:0}:events:live", "-", "+"});
        for (const ServerReply& entry : stream.elements) {
            const auto& fields = entry.elements[1].elements;
            for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
                if (fields[i].text == name) found.push_back(fields[i + 1].text);
            }
        }
        return found;
    }

private:
    RedisServer server_{each_server()};
};

}  // namespace margind::test
