#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "http/account_json.hpp"
#include "http/handlers.hpp"
#include "http/symbol_json.hpp"
#include "wire/json_writer.hpp"

namespace margind::http {
namespace {

using wire::JsonWriter;

constexpr std::uint32_t page_default = 100;
constexpr std::uint32_t page_max = 1'000;
constexpr std::string_view hex_digits = "0123456789abcdef";

/// FNV-1a, 32 bits.
std::uint32_t checksum(std::string_view text) {
    std::uint32_t hash = 2'166'136'261u;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619u;
    return hash;
}

/// The names of all query parameters must be among `known`; else a text for the problem.
std::optional<std::string> unknown_parameter(const Target& target,
                                             std::initializer_list<std::string_view> known) {
    for (const auto& [name, value] : target.query) {
        if (std::ranges::find(known, name) == known.end()) {
            return fmt::format("query parameter '{}' is not known here", name);
        }
    }
    return std::nullopt;
}

std::optional<std::uint32_t> page_size(const Target& target) {
    const auto text = target.find("limit");
    if (!text) return page_default;
    std::uint32_t size = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), size);
    if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
    if (size < 1 || size > page_max) return std::nullopt;
    return size;
}

std::string dirty_json(const Call& call, const DirtyPage& page) {
    std::string body;
    JsonWriter json{body};
    json.begin_object().field("type", call.captured).field("total", page.total);
    json.key("accounts").begin_array();
    for (const std::string& account : page.accounts) json.value(account);
    json.end_array().key("next_cursor");
    if (page.next.is_none()) {
        json.null();
    } else {
        json.value(encode_cursor(page.next, call.captured, call.inputs.view->started.wall_ms));
    }
    json.end_object();
    return body;
}

}  // namespace

Response unavailable(const Error& error, std::string_view instance) {
    Response response = problem(503, error.text, instance);
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

std::optional<TypeIndex> type_index(const std::vector<std::string>& types, std::string_view type) {
    const auto found = std::ranges::find(types, type);
    if (found == types.end()) return std::nullopt;
    return static_cast<TypeIndex>(found - types.begin());
}

std::string must_be_one_of(std::string_view name, const std::vector<std::string>& types) {
    std::string text = fmt::format("{} must be ", name);
    for (std::size_t i = 0; i < types.size(); ++i) {
        if (i > 0) text += i + 1 == types.size() ? " or " : ", ";
        text += fmt::format("'{}'", types[i]);
    }
    return text;
}

std::string encode_cursor(AccountId next, std::string_view type, std::int64_t started_ms) {
    const std::string place = fmt::format("{:08x}", next.value);
    return place +
           fmt::format("{:08x}", checksum(fmt::format("{}/{}/{}", type, started_ms, place)));
}

std::optional<AccountId> decode_cursor(std::string_view cursor, std::string_view type,
                                       std::int64_t started_ms) {
    if (cursor.size() != 16 || cursor.find_first_not_of(hex_digits) != std::string_view::npos) {
        return std::nullopt;
    }
    AccountId next;
    const std::string_view place = cursor.substr(0, 8);
    std::from_chars(place.data(), place.data() + place.size(), next.value, 16);
    if (next.is_none() || encode_cursor(next, type, started_ms) != cursor) return std::nullopt;
    return next;
}

Answer v1_status(const Call& call) {
    if (const auto wrong = unknown_parameter(call.target, {})) {
        co_return problem(400, *wrong, call.target.path);
    }
    co_return Response{.body = status_json(call.inputs)};
}

Answer v1_dirty(const Call& call) {
    const Inputs& inputs = call.inputs;
    const auto bad = [&](std::string_view detail) {
        return problem(400, detail, call.target.path);
    };
    if (const auto wrong = unknown_parameter(call.target, {"limit", "cursor"})) {
        co_return bad(*wrong);
    }
    const auto type = type_index(inputs.types, call.captured);
    if (!type) co_return bad(must_be_one_of("type", inputs.types));
    const auto limit = page_size(call.target);
    if (!limit) co_return bad(fmt::format("limit must be a number from 1 to {}", page_max));

    AccountId from{0};
    if (const auto cursor = call.target.find("cursor")) {
        const auto place = decode_cursor(*cursor, call.captured, inputs.view->started.wall_ms);
        if (!place) co_return bad("cursor is none of this list, or of an earlier run: begin again");
        from = *place;
    }
    const auto page = co_await inputs.questions.dirty(*type, from, *limit);
    if (!page) co_return unavailable(page.error(), call.target.path);
    co_return Response{.body = dirty_json(call, *page)};
}

Answer v1_account(const Call& call) {
    const Inputs& inputs = call.inputs;
    const auto bad = [&](std::string_view detail) {
        return problem(400, detail, call.target.path);
    };
    if (const auto wrong = unknown_parameter(call.target, {})) co_return bad(*wrong);
    const std::size_t colon = call.captured.find(':');
    if (colon == std::string::npos || colon + 1 == call.captured.size()) {
        co_return bad("an account is named type:id, such as live:1001");
    }
    AccountKey key{call.captured.substr(0, colon), call.captured.substr(colon + 1)};
    if (!type_index(inputs.types, key.type)) {
        co_return bad(must_be_one_of("the account's type", inputs.types));
    }
    const auto found = co_await inputs.questions.account(std::move(key));
    if (!found) co_return unavailable(found.error(), call.target.path);
    if (!*found) co_return problem(404, "this account is not known here", call.target.path);
    co_return Response{.body = account_json(**found)};
}

Answer v1_symbol(const Call& call) {
    if (const auto wrong = unknown_parameter(call.target, {})) {
        co_return problem(400, *wrong, call.target.path);
    }
    const auto found = co_await call.inputs.questions.symbol(call.captured);
    if (!found) co_return unavailable(found.error(), call.target.path);
    if (!*found) {
        co_return problem(404, "nobody here holds this symbol, or converts through it",
                          call.target.path);
    }
    co_return Response{.body = symbol_json(**found)};
}

}  // namespace margind::http
