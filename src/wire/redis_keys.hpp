#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "margind/core/book/account.hpp"
#include "margind/core/engine/mirror_state.hpp"

namespace margind::wire {

/// What the placeholders of a key stand for. Only those of the template at hand need be set.
/// Views: valid as long as what they were taken from.
struct KeyParts {
    std::string_view type = {};  // {type} and {user_type}
    std::string_view id = {};
    std::string_view symbol = {};  // {symbol}; {SYMBOL} is the same in capitals
    std::string_view group = {};
    std::string_view order_id = {};
};

/// A key or channel name with placeholders, as in `user:{{type}:{id}}:config`. Braces around the
/// name of a placeholder are replaced; all other braces stay (they are Redis Cluster hash tags).
class KeyTemplate {
public:
    enum class Part : std::uint8_t { type, id, symbol, group, order_id };

    /// Takes a template apart. `{shard}` is filled in at once. The error says which placeholder is
    /// missing, or is there and must not be.
    static std::expected<KeyTemplate, std::string> parse(std::string_view text, unsigned shard,
                                                         std::span<const Part> parts);

    void append(std::string& out, const KeyParts& parts) const;
    [[nodiscard]] std::string text(const KeyParts& parts) const;
    /// The parts of a key that this template may have made; nothing for any other key. A
    /// placeholder takes the shortest text up to what follows it, and at least one byte.
    [[nodiscard]] std::optional<KeyParts> match(std::string_view key) const;
    /// The text before the first placeholder: every key of the template starts with it.
    [[nodiscard]] std::string_view prefix() const { return pieces_.front().literal; }
    /// A pattern for SCAN MATCH that all keys of the template fit.
    [[nodiscard]] std::string glob() const;

private:
    struct Piece {  // a literal, then perhaps a placeholder
        std::string literal;
        std::optional<Part> part;
        bool is_upper = false;
    };
    std::vector<Piece> pieces_;
};

/// The templates of all keys and channels, with the contract's defaults. Configuration overrides
/// them.
struct KeyNames {
    std::string holders = "symbol_holders:{symbol}:{user_type}";
    std::string market = "market:{symbol}";
    std::string account = "user:{{type}:{id}}:config";
    std::string account_fallback = "user:{type}:{id}:config";  // "" = there is none
    std::string orders_index = "user_orders_index:{{type}:{id}}";
    std::string order = "user_holdings:{{type}:{id}}:{order_id}";
    std::string group = "groups:{{group}}:{SYMBOL}";
    std::string portfolio = "user_portfolio:{{type}:{id}}";
    std::string shadow = "margind:shadow:{type}:{id}";

    std::string events = "{margind:{shard}}:events:{type}";
    std::string lease = "{margind:{shard}}:lease";
    std::string term = "{margind:{shard}}:term";
    std::string event_ids = "{margind:{shard}}:ids";
    std::string breaches = "{margind:{shard}}:breaches";
    std::string control = "margind:control";

    std::string price_channel = "market_price_updates";
    std::string recalc_channel = "portfolio_force_recalc";
    std::string update_channel = "portfolio_updates";
    std::string canary_channel = "margind:canary";
};

/// The same, taken apart and checked.
struct Keys {
    KeyTemplate holders;
    KeyTemplate market;
    KeyTemplate account;
    std::optional<KeyTemplate> account_fallback;
    KeyTemplate orders_index;
    KeyTemplate order;
    KeyTemplate group;
    KeyTemplate portfolio;
    KeyTemplate shadow;
    KeyTemplate events;
    std::string lease;
    std::string term;
    std::string event_ids;
    std::string breaches;
    std::string control;
    std::string price_channel;
    std::string recalc_channel;
    std::string update_channel;
    std::string canary_channel;

    /// What a changed key says about: an account, an instrument, or nothing of ours. Types that are
    /// not in `types` and ids that are no ids are nothing of ours.
    using Owner = std::variant<std::monostate, AccountKey, InstrumentKey>;
    [[nodiscard]] Owner owner_of(std::string_view key, std::span<const std::string> types) const;
    /// The prefixes whose keys `owner_of` may know; none is the beginning of another.
    [[nodiscard]] std::vector<std::string> tracked_prefixes() const;
};

/// Checks all templates. The error lists every problem, each as `name: what is wrong`.
[[nodiscard]] std::expected<Keys, std::vector<std::string>> compile_keys(const KeyNames& names,
                                                                         unsigned shard);

/// The part of a key that Redis Cluster hashes: what stands in its first pair of braces, else all.
[[nodiscard]] std::string_view hash_tag(std::string_view key);

/// True for text that may be an account's id: 1 to 256 bytes of UTF-8 without control characters,
/// colons and braces (which would change whose key it is).
[[nodiscard]] bool is_account_id(std::string_view id);
/// True for text that may be a symbol's or a group's name: as above, colons and braces allowed, up
/// to 64 bytes.
[[nodiscard]] bool is_name(std::string_view name);

/// True for an index entry that may be read: UTF-8 without control characters, up to 256 bytes.
[[nodiscard]] bool is_order_id(std::string_view id);

/// A member of a holder set of `type`: "live:1001", or "1001" without its type. Nothing for junk,
/// members of another type among it.
[[nodiscard]] std::optional<AccountKey> parse_member(std::string_view member,
                                                     std::string_view type);

}  // namespace margind::wire
