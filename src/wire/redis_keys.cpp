#include "wire/redis_keys.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "wire/json_writer.hpp"

namespace margind::wire {
namespace {

using Part = KeyTemplate::Part;

struct Placeholder {
    std::string_view text;
    Part part;
    bool is_upper = false;
};

constexpr std::array placeholders{
    Placeholder{"{type}", Part::type},
    Placeholder{"{user_type}", Part::type},
    Placeholder{"{id}", Part::id},
    Placeholder{"{symbol}", Part::symbol},
    Placeholder{"{SYMBOL}", Part::symbol, true},
    Placeholder{"{group}", Part::group},
    Placeholder{"{order_id}", Part::order_id},
};

std::string_view name_of(Part part) {
    for (const Placeholder& placeholder : placeholders) {
        if (placeholder.part == part) return placeholder.text;
    }
    return "?";
}

std::string_view& slot(KeyParts& parts, Part part) {
    switch (part) {
        case Part::type: return parts.type;
        case Part::id: return parts.id;
        case Part::symbol: return parts.symbol;
        case Part::group: return parts.group;
        case Part::order_id: return parts.order_id;
    }
    return parts.type;
}

std::string_view value(const KeyParts& parts, Part part) {
    return slot(const_cast<KeyParts&>(parts), part);  // read only
}

char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

const Placeholder* placeholder_at(std::string_view text) {
    for (const Placeholder& placeholder : placeholders) {
        if (text.starts_with(placeholder.text)) return &placeholder;
    }
    return nullptr;
}

bool is_plain_text(std::string_view text, std::size_t length_max) {
    if (text.empty() || text.size() > length_max) return false;
    const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    return std::ranges::none_of(text, is_control) && is_utf8(text);
}

/// Compiles templates one after the other and collects what is wrong with any of them.
class Compiler {
public:
    explicit Compiler(unsigned shard) : shard_{shard} {}

    KeyTemplate key(std::string_view name, const std::string& text,
                    std::initializer_list<Part> parts) {
        auto parsed = KeyTemplate::parse(text, shard_, parts);
        if (parsed) return std::move(*parsed);
        problems.push_back(std::string{name} + ": " + parsed.error());
        return {};
    }
    std::string fixed(std::string_view name, const std::string& text) {
        const auto parsed = key(name, text, {});
        return problems.empty() ? parsed.text({}) : std::string{};
    }

    std::vector<std::string> problems;

private:
    unsigned shard_;
};

/// The fence script touches all of these in one call.
void check_one_slot(const Keys& keys, std::vector<std::string>& problems) {
    const std::string events = keys.events.text({.type = "live"});
    for (const std::string* key : {&keys.lease, &keys.event_ids, &keys.breaches, &events}) {
        if (hash_tag(*key) == hash_tag(keys.term)) continue;
        problems.push_back("events: expected the hash tag of term ('" + keys.term + "') in '" +
                           *key + "', for one script writes both");
    }
}

}  // namespace

std::expected<KeyTemplate, std::string> KeyTemplate::parse(std::string_view text, unsigned shard,
                                                           std::span<const Part> parts) {
    const auto fail = [&](const std::string& what) {
        return std::unexpected(what + " in '" + std::string{text} + "'");
    };
    KeyTemplate result;
    result.pieces_.emplace_back();
    std::vector<Part> found;
    for (std::string_view rest = text; !rest.empty();) {
        constexpr std::string_view shard_text = "{shard}";
        if (rest.starts_with(shard_text)) {
            result.pieces_.back().literal += std::to_string(shard);
            rest.remove_prefix(shard_text.size());
        } else if (const Placeholder* placeholder = placeholder_at(rest)) {
            if (std::ranges::find(parts, placeholder->part) == parts.end()) {
                return fail("did not expect " + std::string{placeholder->text});
            }
            Piece& piece = result.pieces_.back();
            if (!found.empty() && piece.literal.empty()) {
                return fail("expected some text before " + std::string{placeholder->text});
            }
            piece.part = placeholder->part;
            piece.is_upper = placeholder->is_upper;
            found.push_back(placeholder->part);
            result.pieces_.emplace_back();
            rest.remove_prefix(placeholder->text.size());
        } else {
            result.pieces_.back().literal += rest.front();
            rest.remove_prefix(1);
        }
    }
    for (const Part part : parts) {
        if (std::ranges::count(found, part) != 1) {
            return fail("expected " + std::string{name_of(part)} + " once");
        }
    }
    if (result.prefix().empty()) return fail("expected some text at the beginning");
    return result;
}

void KeyTemplate::append(std::string& out, const KeyParts& parts) const {
    for (const Piece& piece : pieces_) {
        out += piece.literal;
        if (!piece.part) continue;
        const std::string_view text = value(parts, *piece.part);
        if (!piece.is_upper) {
            out += text;
        } else {
            std::ranges::transform(text, std::back_inserter(out), to_upper);
        }
    }
}

std::string KeyTemplate::text(const KeyParts& parts) const {
    std::string out;
    append(out, parts);
    return out;
}

std::optional<KeyParts> KeyTemplate::match(std::string_view key) const {
    KeyParts parts;
    if (!key.starts_with(pieces_.front().literal)) return {};
    key.remove_prefix(pieces_.front().literal.size());
    for (std::size_t i = 0; i + 1 < pieces_.size(); ++i) {
        const std::string_view next = pieces_[i + 1].literal;
        const bool is_last = i + 2 == pieces_.size();
        std::size_t length = std::string_view::npos;
        if (is_last) {
            if (key.ends_with(next)) length = key.size() - next.size();
        } else {
            length = key.find(next, 1);
        }
        if (length == std::string_view::npos || length == 0) return {};
        slot(parts, *pieces_[i].part) = key.substr(0, length);
        key.remove_prefix(length + next.size());
    }
    return key.empty() ? std::optional{parts} : std::nullopt;
}

std::string KeyTemplate::glob() const {
    std::string out;
    for (const Piece& piece : pieces_) {
        for (const char c : piece.literal) {
            if (std::string_view{"*?[]^\\"}.contains(c)) out += '\\';
            out += c;
        }
        if (piece.part) out += '*';
    }
    return out;
}

Keys::Owner Keys::owner_of(std::string_view key, std::span<const std::string> types) const {
    const auto account_in = [&](const KeyTemplate& from) -> std::optional<AccountKey> {
        const auto parts = from.match(key);
        if (!parts || !is_account_id(parts->id)) return {};
        if (std::ranges::find(types, parts->type) == types.end()) return {};
        return AccountKey{std::string{parts->type}, std::string{parts->id}};
    };
    for (const KeyTemplate* from : {&order, &orders_index, &account}) {
        if (auto found = account_in(*from)) return std::move(*found);
    }
    if (account_fallback) {
        if (auto found = account_in(*account_fallback)) return std::move(*found);
    }
    const auto parts = group.match(key);
    if (!parts || !is_name(parts->group) || !is_name(parts->symbol)) return std::monostate{};
    return InstrumentKey{std::string{parts->group}, std::string{parts->symbol}};
}

std::vector<std::string> Keys::tracked_prefixes() const {
    std::vector<std::string> all{std::string{account.prefix()}, std::string{orders_index.prefix()},
                                 std::string{order.prefix()}, std::string{group.prefix()}};
    if (account_fallback) all.emplace_back(account_fallback->prefix());
    std::ranges::sort(all);
    // Sorted, a prefix stands right before those that it covers.
    std::vector<std::string> result;
    for (const std::string& prefix : all) {
        if (result.empty() || !prefix.starts_with(result.back())) result.push_back(prefix);
    }
    return result;
}

std::expected<Keys, std::vector<std::string>> compile_keys(const KeyNames& names, unsigned shard) {
    using enum KeyTemplate::Part;
    Compiler compile{shard};
    Keys keys;
    keys.holders = compile.key("holders", names.holders, {symbol, type});
    keys.market = compile.key("market", names.market, {symbol});
    keys.account = compile.key("account", names.account, {type, id});
    if (!names.account_fallback.empty()) {
        keys.account_fallback = compile.key("account_fallback", names.account_fallback, {type, id});
    }
    keys.orders_index = compile.key("orders_index", names.orders_index, {type, id});
    keys.order = compile.key("order", names.order, {type, id, order_id});
    keys.group = compile.key("group", names.group, {group, symbol});
    keys.portfolio = compile.key("portfolio", names.portfolio, {type, id});
    keys.shadow = compile.key("shadow", names.shadow, {type, id});
    keys.events = compile.key("events", names.events, {type});
    keys.lease = compile.fixed("lease", names.lease);
    keys.term = compile.fixed("term", names.term);
    keys.event_ids = compile.fixed("event_ids", names.event_ids);
    keys.breaches = compile.fixed("breaches", names.breaches);
    keys.control = compile.fixed("control", names.control);
    keys.price_channel = compile.fixed("price_channel", names.price_channel);
    keys.recalc_channel = compile.fixed("recalc_channel", names.recalc_channel);
    keys.update_channel = compile.fixed("update_channel", names.update_channel);
    keys.canary_channel = compile.fixed("canary_channel", names.canary_channel);
    if (compile.problems.empty()) check_one_slot(keys, compile.problems);
    if (!compile.problems.empty()) return std::unexpected(std::move(compile.problems));
    return keys;
}

std::string_view hash_tag(std::string_view key) {
    const std::size_t open = key.find('{');
    if (open == std::string_view::npos) return key;
    const std::size_t close = key.find('}', open + 1);
    if (close == std::string_view::npos || close == open + 1) return key;
    return key.substr(open + 1, close - open - 1);
}

bool is_account_id(std::string_view id) {
    constexpr std::size_t length_max = 256;
    return is_plain_text(id, length_max) && id.find_first_of(":{}") == std::string_view::npos;
}

bool is_name(std::string_view name) {
    constexpr std::size_t length_max = 64;
    return is_plain_text(name, length_max);
}

bool is_order_id(std::string_view id) {
    constexpr std::size_t length_max = 256;
    return is_plain_text(id, length_max);
}

std::optional<AccountKey> parse_member(std::string_view member, std::string_view type) {
    if (member.size() > type.size() && member.starts_with(type) && member[type.size()] == ':') {
        member.remove_prefix(type.size() + 1);
    }
    if (!is_account_id(member)) return {};
    return AccountKey{std::string{type}, std::string{member}};
}

}  // namespace margind::wire
