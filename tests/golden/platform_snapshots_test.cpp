// Accounts as a platform keeps them in Redis, and the snapshots that its own calculator wrote: the
// real decoders, the engine in the rule set `platform` and the real encoder must write the same.
#include <simdjson.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "margind/core/base/decimal.hpp"
#include "margind/core/engine/engine.hpp"
#include "wire/redis_account.hpp"
#include "wire/redis_keys.hpp"
#include "wire/snapshot_fields.hpp"

using namespace margind;
namespace dom = simdjson::dom;

namespace {

constexpr Moment now{1'000'000, 1'700'000'000'000};

using Hash = std::map<std::string, std::string, std::less<>>;

/// A hash as HGETALL answers it. The hash must outlive it.
class HashReply {
public:
    explicit HashReply(const Hash& hash) {
        for (const auto& [field, value] : hash) {
            flat_.push_back(field);
            flat_.push_back(value);
        }
    }
    [[nodiscard]] wire::FlatReply reply() const { return flat_; }

private:
    std::vector<std::string_view> flat_;
};

std::string text_of(dom::element value) {
    if (value.is_string()) return std::string{value.get_string().value()};
    return std::to_string(value.get_int64().value());
}

Hash hash_of(dom::object object) {
    Hash hash;
    for (const auto& field : object) hash.emplace(field.key, text_of(field.value));
    return hash;
}

/// The platform's keys, as far as one case needs them.
struct Store {
    explicit Store(dom::element data) {
        const auto keys = wire::compile_keys({}, 0);
        REQUIRE(keys.has_value());
        for (const auto& field : data["groups"].get_object()) {
            const auto parts = keys->group.match(field.key);
            REQUIRE(parts.has_value());
            groups[{std::string{parts->group}, std::string{parts->symbol}}] =
                hash_of(field.value.get_object());
        }
        for (const auto& field : data["prices"].get_object()) {
            auto& sides = prices[std::string{field.key}];
            for (const dom::element side : field.value.get_array()) {
                sides.push_back(side.is_null() ? std::nullopt : std::optional{text_of(side)});
            }
        }
    }

    [[nodiscard]] InstrumentSpec instrument(const InstrumentKey& key) const {
        static const Hash nothing;
        const auto found = groups.find(key);
        const HashReply hash{found == groups.end() ? nothing : found->second};
        return wire::decode_instrument(key, hash.reply());
    }
    [[nodiscard]] StoredPrice price(const std::string& symbol) const {
        std::vector<std::string_view> values(3);
        const auto found = prices.find(symbol);
        const std::string ts = std::to_string(now.wall_ms);
        if (found != prices.end()) {
            for (std::size_t side = 0; side < 2; ++side) {
                if (found->second[side]) values[side] = *found->second[side];
            }
            values[2] = ts;
        }
        return wire::decode_price(values);
    }

    std::map<InstrumentKey, Hash> groups;
    std::map<std::string, std::vector<std::optional<std::string>>> prices;
};

AccountImage image_of(dom::element test) {
    AccountImage image;
    const std::string_view user = test["user"].get_string();
    const auto colon = user.find(':');
    image.key = {std::string{user.substr(0, colon)}, std::string{user.substr(colon + 1)}};
    const Hash config = hash_of(test["config"].get_object());
    wire::decode_account(HashReply{config}.reply(), image);
    for (const dom::element element : test["orders"].get_array()) {
        Hash hash = hash_of(element.get_object());
        const std::string id = hash["order_id"];
        if (hash.contains("__dangling__")) hash.clear();
        if (auto order = wire::decode_order(id, HashReply{hash}.reply())) {
            image.orders.push_back(*order);
        }
    }
    return image;
}

/// The snapshot that was in the store before, with its age as a stamp.
Hash portfolio_of(dom::element test) {
    Hash portfolio = hash_of(test["portfolio_before"].get_object());
    if (const auto age = portfolio.find("ts_age_ms"); age != portfolio.end()) {
        portfolio["ts"] = std::to_string(now.wall_ms - std::stoll(age->second));
        portfolio.erase("ts_age_ms");
    }
    return portfolio;
}

void read_stored(const Hash& portfolio, AccountImage& image) {
    std::vector<std::string_view> values;
    for (const std::string_view field : wire::stored_fields) {
        const auto found = portfolio.find(field);
        values.push_back(found == portfolio.end() ? std::string_view{} : found->second);
    }
    wire::decode_stored(values, image);
}

/// Reads whatever the engine asks for until it asks for nothing more.
void feed(Engine& engine, const Store& store, const AccountImage& image) {
    engine.adopt(image.key, now);
    for (Need need = engine.plan(10); !need.is_empty(); need = engine.plan(10)) {
        if (!need.accounts.empty()) engine.apply(image, now);
        for (const InstrumentKey& key : need.instruments) engine.apply(store.instrument(key));
        for (const SymbolId symbol : need.prices) {
            const StoredPrice price = store.price(engine.symbols().name(symbol));
            if (!price.exists) {
                engine.forget_price(symbol);
                continue;
            }
            engine.apply({symbol, price.bid, price.ask, price.ts_ms, true}, now);
        }
    }
    engine.recompute(now);
}

/// Numbers are compared to the cent, stored margins to the last bit, everything else as text.
void check_field(std::string_view name, const std::string& written, const std::string& expected) {
    CAPTURE(name, written, expected);
    const auto number = parse_real(expected);
    if (!number) {
        CHECK(written == expected);
        return;
    }
    const auto ours = parse_real(written);
    REQUIRE(ours.has_value());
    if (name.starts_with("used_margin_")) {
        CHECK(*ours == *number);
        return;
    }
    CHECK_THAT(*ours, Catch::Matchers::WithinAbs(*number, 0.004));
    CHECK(written.substr(0, 2) != "-0");
}

}  // namespace

TEST_CASE("the rule set platform writes what the platform writes", "[golden][platform]") {
    const char* folder = std::getenv("MARGIND_TEST_DATA");
    if (folder == nullptr) {
        SKIP("MARGIND_TEST_DATA is not set: no recorded snapshots of a platform to compare with");
    }
    dom::parser parser;
    const dom::element data = parser.load(std::string{folder} + "/platform-snapshots.json").value();
    const Store store{data};
    std::size_t cases = 0;
    for (const dom::element test : data["cases"].get_array()) {
        ++cases;
        DYNAMIC_SECTION(std::string{test["name"].get_string().value()}) {
            EngineOptions options;
            options.rules = platform_rules();
            options.types = {"live", "demo", "copy_follower"};
            Engine engine{options};
            Hash portfolio = portfolio_of(test);
            AccountImage image = image_of(test);
            read_stored(portfolio, image);
            feed(engine, store, image);

            const AccountId account = engine.find_account(image.key);
            REQUIRE_FALSE(account.is_none());
            wire::SnapshotEncoder encoder;
            for (const wire::Field& field : encoder.encode(engine.snapshot(account, now), 1)) {
                portfolio.insert_or_assign(std::string{field.name}, std::string{field.value});
            }
            for (const auto& field : test["snapshot"].get_object()) {
                const std::string name{field.key};
                CAPTURE(name);
                REQUIRE(portfolio.contains(name));
                check_field(name, portfolio[name], text_of(field.value));
            }
        }
    }
    CHECK(cases > 0);
}
