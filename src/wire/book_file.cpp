#include "wire/book_file.hpp"

#include <algorithm>
#include <utility>

#include "wire/redis_account.hpp"

namespace margind::wire {
namespace {

std::string in_capitals(std::string_view text) {
    std::string out{text};
    for (char& c : out) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return out;
}

/// Values of a hash in the order of `fields`, as HMGET answers: a view without data where one is
/// not.
template <std::size_t count>
std::array<std::string_view, count> pick(const BookEntry& hash,
                                         const std::array<std::string_view, count>& fields) {
    std::array<std::string_view, count> values{};
    for (std::size_t i = 0; i + 1 < hash.value.size(); i += 2) {
        for (std::size_t at = 0; at < count; ++at) {
            if (hash.value[i] == fields[at]) values[at] = hash.value[i + 1];
        }
    }
    return values;
}

/// What an image has from the account's snapshot.
void copy_stored(const AccountImage& from, AccountImage& to) {
    to.stored = from.stored;
    to.prop = from.prop;
    to.has_bad_prop_memory = from.has_bad_prop_memory;
}

}  // namespace

const AccountImage* StoredBook::account(const AccountKey& key) const {
    const auto found = std::ranges::lower_bound(accounts, key, {}, &AccountImage::key);
    return found != accounts.end() && found->key == key ? &*found : nullptr;
}

InstrumentSpec StoredBook::instrument(const InstrumentKey& key) const {
    const auto found = instruments.find({key.group, in_capitals(key.symbol)});
    InstrumentSpec spec;
    if (found != instruments.end()) spec = found->second;
    spec.exists = found != instruments.end() && spec.exists;
    spec.group = key.group;
    spec.symbol = key.symbol;
    return spec;
}

StoredPrice StoredBook::price(const std::string& symbol) const {
    const auto found = prices.find(symbol);
    return found == prices.end() ? StoredPrice{} : found->second;
}

std::uint64_t BookFileCounts::refused_total() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t count : refused) sum += count;
    return sum;
}

struct BookReader::Parts {
    AccountImage image;
    std::optional<AccountImage> fallback;
    bool has_config = false;
    bool has_index = false;
    bool has_portfolio = false;
    bool has_unreadable_index = false;
    std::vector<std::string> index;
    struct SeenOrder {
        std::string id;
        std::size_t arrival = 0;
        std::optional<OrderImage> image;  // nothing where it is no open position
    };
    std::vector<SeenOrder> orders;
};

BookReader::BookReader(Keys keys, std::vector<std::string> types)
    : keys_{std::move(keys)}, types_{std::move(types)} {}
BookReader::~BookReader() = default;

BookFault BookReader::add_line(std::string_view line) {
    const BookFault fault = read(line);
    if (fault != BookFault::none) refuse(fault);
    return fault;
}

BookFault BookReader::add_unterminated(std::string_view line) {
    BookFault fault = read(line);
    if (fault == BookFault::bad_json) fault = BookFault::torn;
    if (fault != BookFault::none) refuse(fault);
    return fault;
}

BookFault BookReader::read(std::string_view line) {
    ++counts_.lines;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos) return BookFault::none;
    BookEntry entry;
    const BookFault fault = parser_.parse(line, entry);
    return fault == BookFault::none ? add(entry) : fault;
}

BookFault BookReader::add(const BookEntry& entry) {
    if (const auto parts = keys_.market.match(entry.key)) return add_price(parts->symbol, entry);
    if (const auto parts = keys_.group.match(entry.key)) return add_instrument(*parts, entry);
    if (const auto parts = keys_.holders.match(entry.key)) return add_holders(parts->type, entry);
    return add_for_account(entry);
}

BookFault BookReader::add_for_account(const BookEntry& entry) {
    const auto match = [&](const KeyTemplate& key) -> std::optional<KeyParts> {
        const auto parts = key.match(entry.key);
        return parts && is_known_type(parts->type) ? parts : std::nullopt;
    };
    const auto with = [&](const KeyParts& key, auto add_part) {
        if (!is_account_id(key.id)) return BookFault::bad_name;
        return add_part(parts_of(key.type, key.id));
    };
    if (const auto key = match(keys_.order)) {
        if (!is_order_id(key->order_id)) return BookFault::bad_name;
        return with(*key, [&](Parts& parts) { return add_order(parts, key->order_id, entry); });
    }
    if (const auto key = match(keys_.orders_index)) {
        return with(*key, [&](Parts& parts) { return add_index(parts, entry); });
    }
    if (const auto key = match(keys_.account)) {
        return with(*key, [&](Parts& parts) { return add_config(parts, entry, false); });
    }
    if (const auto key = match(keys_.portfolio)) {
        return with(*key, [&](Parts& parts) { return add_portfolio(parts, entry); });
    }
    if (keys_.account_fallback) {
        if (const auto key = match(*keys_.account_fallback)) {
            return with(*key, [&](Parts& parts) { return add_config(parts, entry, true); });
        }
    }
    ++counts_.foreign_keys;
    return BookFault::none;
}

bool BookReader::is_known_type(std::string_view type) const {
    return std::ranges::find(types_, type) != types_.end();
}

BookReader::Parts& BookReader::parts_of(std::string_view type, std::string_view id) {
    name_.assign(type).append(1, ':').append(id);
    const auto [found, is_new] =
        index_.try_emplace(name_, static_cast<std::uint32_t>(accounts_.size()));
    if (!is_new) return accounts_[found->second];
    Parts& parts = accounts_.emplace_back();
    parts.image.key = {std::string{type}, std::string{id}};
    return parts;
}

BookFault BookReader::add_config(Parts& parts, const BookEntry& entry, bool is_fallback) {
    if (is_fallback ? parts.fallback.has_value() : parts.has_config) return BookFault::repeated;
    if (entry.value.empty()) return BookFault::none;  // a store has no empty hash
    AccountImage image;
    image.key = parts.image.key;
    copy_stored(parts.image, image);
    const bool is_hash = entry.type == BookType::hash;
    if (is_hash) decode_account(entry.value, image);
    if (is_fallback) {
        parts.fallback = std::move(image);
    } else {
        parts.has_config = true;
        parts.image = std::move(image);
    }
    return is_hash ? BookFault::none : BookFault::wrong_type;
}

BookFault BookReader::add_index(Parts& parts, const BookEntry& entry) {
    if (std::exchange(parts.has_index, true)) return BookFault::repeated;
    if (entry.type != BookType::set) {
        parts.has_unreadable_index = true;
        return BookFault::wrong_type;
    }
    for (const std::string_view id : entry.value) {
        if (is_order_id(id)) {
            parts.index.emplace_back(id);
        } else {
            parts.has_unreadable_index = true;
        }
    }
    return parts.has_unreadable_index ? BookFault::bad_name : BookFault::none;
}

BookFault BookReader::add_order(Parts& parts, std::string_view id, const BookEntry& entry) {
    const bool is_hash = entry.type == BookType::hash;
    parts.orders.push_back(
        {std::string{id}, parts.orders.size(),
         is_hash ? decode_order(id, entry.value) : std::optional{unreadable_order(id)}});
    return is_hash ? BookFault::none : BookFault::wrong_type;
}

BookFault BookReader::add_portfolio(Parts& parts, const BookEntry& entry) {
    if (entry.type != BookType::hash) {
        parts.image.has_bad_prop_memory = true;
        return BookFault::wrong_type;
    }
    if (std::exchange(parts.has_portfolio, true)) return BookFault::repeated;
    decode_stored(pick(entry, stored_fields), parts.image);
    return BookFault::none;
}

BookFault BookReader::add_holders(std::string_view type, const BookEntry& entry) {
    if (!is_known_type(type)) {
        ++counts_.foreign_keys;
        return BookFault::none;
    }
    if (entry.type != BookType::set) return BookFault::wrong_type;
    bool has_junk = false;
    for (const std::string_view member : entry.value) {
        const auto account = parse_member(member, type);
        has_junk = has_junk || !account;
        if (account) parts_of(account->type, account->id);
    }
    return has_junk ? BookFault::bad_name : BookFault::none;
}

BookFault BookReader::add_instrument(const KeyParts& parts, const BookEntry& entry) {
    if (!is_name(parts.group) || !is_name(parts.symbol)) return BookFault::bad_name;
    const InstrumentKey key{std::string{parts.group}, in_capitals(parts.symbol)};
    if (book_.instruments.contains(key)) return BookFault::repeated;
    const bool is_hash = entry.type == BookType::hash;
    book_.instruments.emplace(
        key, is_hash ? decode_instrument(key, entry.value) : unreadable_instrument(key));
    return is_hash ? BookFault::none : BookFault::wrong_type;
}

BookFault BookReader::add_price(std::string_view symbol, const BookEntry& entry) {
    if (!is_name(symbol)) return BookFault::bad_name;
    if (entry.type != BookType::hash) return BookFault::wrong_type;
    const StoredPrice price = decode_price(pick(entry, price_fields));
    const bool is_new = book_.prices.emplace(symbol, price).second;
    return is_new ? BookFault::none : BookFault::repeated;
}

AccountImage BookReader::assemble(Parts& parts) {
    if (std::optional<AccountImage>& fallback = parts.fallback; fallback && !parts.has_config) {
        copy_stored(parts.image, *fallback);
        parts.image = std::move(*fallback);
        parts.has_config = true;
    }
    AccountImage& image = parts.image;
    std::ranges::sort(parts.orders, {}, [](const Parts::SeenOrder& order) {
        return std::pair{std::string_view{order.id}, order.arrival};
    });
    std::ranges::sort(parts.index);
    auto at = parts.orders.begin();
    for (const std::string& id : parts.index) {
        for (; at != parts.orders.end() && at->id < id; ++at) ++counts_.orphan_orders;
        if (at == parts.orders.end() || at->id != id) {
            image.orders.push_back(unreadable_order(id));  // the index names what is not there
            continue;
        }
        if (at->image) image.orders.push_back(std::move(*at->image));
        for (++at; at != parts.orders.end() && at->id == id; ++at) refuse(BookFault::repeated);
    }
    counts_.orphan_orders += static_cast<std::uint64_t>(parts.orders.end() - at);
    if (parts.has_unreadable_index) image.orders.push_back(unreadable_order("?"));
    image.exists = parts.has_config || parts.has_index;
    return std::move(image);
}

StoredBook BookReader::finish() {
    book_.accounts.reserve(accounts_.size());
    for (Parts& parts : accounts_) book_.accounts.push_back(assemble(parts));
    accounts_.clear();
    index_.clear();
    std::ranges::sort(book_.accounts, {}, &AccountImage::key);
    return std::move(book_);
}

}  // namespace margind::wire
