#include "wire/redis_recalc.hpp"

#include <simdjson.h>
#include <algorithm>

#include "wire/redis_keys.hpp"

namespace margind::wire {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t payload_max = 1'000'000;

/// simdjson keeps the first of two equal keys; another reader may keep the last.
bool has_repeated_key(const dom::object& object) {
    std::vector<std::string_view> keys;
    for (const dom::key_value_pair pair : object) keys.push_back(pair.key);
    std::ranges::sort(keys);
    return std::ranges::adjacent_find(keys) != keys.end();
}

std::string text_of(const dom::element& id) {
    if (std::string_view text; id.get(text) == simdjson::SUCCESS) return std::string{text};
    if (std::uint64_t number = 0; id.get(number) == simdjson::SUCCESS) {
        return std::to_string(number);
    }
    return {};
}

void read_user(const dom::object& user, std::span<const std::string> types,
               RecalcRequest& request) {
    std::string_view type;
    dom::element id;
    if (user["user_type"].get(type) != simdjson::SUCCESS ||
        user["user_id"].get(id) != simdjson::SUCCESS) {
        ++request.junk_users;
        return;
    }
    if (std::ranges::find(types, type) == types.end()) {
        ++request.unknown_types;
        return;
    }
    AccountKey key{std::string{type}, text_of(id)};
    if (is_account_id(key.id)) {
        request.accounts.push_back(std::move(key));
    } else {
        ++request.junk_users;
    }
}

}  // namespace

std::optional<RecalcRequest> parse_recalc(std::string_view payload,
                                          std::span<const std::string> types) {
    if (payload.size() > payload_max) return {};
    dom::parser parser;
    const simdjson::padded_string padded{payload};
    dom::object document;
    dom::array users;
    if (parser.parse(padded).get(document) != simdjson::SUCCESS || has_repeated_key(document) ||
        document["users"].get(users) != simdjson::SUCCESS) {
        return {};
    }
    RecalcRequest request;
    for (const dom::element element : users) {
        dom::object user;
        if (element.get(user) != simdjson::SUCCESS) {
            ++request.junk_users;
            continue;
        }
        if (has_repeated_key(user)) return {};
        read_user(user, types, request);
    }
    return request;
}

}  // namespace margind::wire
