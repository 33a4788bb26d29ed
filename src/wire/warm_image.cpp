#include "wire/warm_image.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <tuple>
#include <type_traits>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "margind/core/base/assert.hpp"

namespace margind::wire {
namespace {

constexpr std::string_view magic = "MARGINDW";
constexpr std::uint32_t layout_version = 1;
constexpr std::size_t length_at = 12;      // of the whole
constexpr std::size_t header_bytes = 48;   // up to the texts of the origin
constexpr std::size_t entry_bytes = 12;    // before the id
constexpr std::size_t checksum_bytes = 8;  // at the end
constexpr std::uint8_t flag_in_breach = 1;
constexpr std::size_t id_bytes_max = std::numeric_limits<std::uint16_t>::max();

/// Integers with their lowest byte first, on every machine.
template <class Number>
void put(char* place, Number number) {
    auto bits = static_cast<std::make_unsigned_t<Number>>(number);
    for (std::size_t i = 0; i < sizeof bits; ++i) {
        place[i] = static_cast<char>(static_cast<unsigned char>(bits >> (8 * i)));
    }
}

template <class Number>
Number get(const char* place) {
    using Bits = std::make_unsigned_t<Number>;
    Bits bits = 0;
    for (std::size_t i = 0; i < sizeof bits; ++i) {
        const auto byte = static_cast<unsigned char>(place[i]);
        bits = static_cast<Bits>(bits | static_cast<Bits>(static_cast<Bits>(byte) << (8 * i)));
    }
    return static_cast<Number>(bits);
}

std::uint64_t checksum_of(std::span<const char> bytes) {
    return XXH3_64bits(bytes.data(), bytes.size());
}

/// Writes one field after the other into room that is large enough.
class Writer {
public:
    explicit Writer(std::span<char> room) : room_{room} {}

    template <class Number>
    Writer& number(Number value) {
        put(room_.data() + at_, value);
        at_ += sizeof value;
        return *this;
    }
    Writer& text(std::string_view value) {
        std::memcpy(room_.data() + at_, value.data(), value.size());
        at_ += value.size();
        return *this;
    }
    Writer& sized_text(std::string_view value) {
        return number(static_cast<std::uint32_t>(value.size())).text(value);
    }

private:
    std::span<char> room_;
    std::size_t at_ = 0;
};

/// Reads one field after the other; nothing where there are too few bytes.
class Reader {
public:
    explicit Reader(std::span<const char> bytes) : bytes_{bytes} {}

    [[nodiscard]] bool has(std::size_t count) const { return bytes_.size() - at_ >= count; }
    [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
    /// Precondition for this and the next: they are there.
    template <class Number>
    Number number() {
        const auto value = get<Number>(bytes_.data() + at_);
        at_ += sizeof(Number);
        return value;
    }
    std::string_view text(std::size_t size) {
        const std::string_view value{bytes_.data() + at_, size};
        at_ += size;
        return value;
    }
    std::optional<std::string_view> sized_text() {
        if (!has(sizeof(std::uint32_t))) return {};
        const auto size = number<std::uint32_t>();
        if (!has(size)) return {};
        return text(size);
    }

private:
    std::span<const char> bytes_;
    std::size_t at_ = 0;
};

std::unexpected<std::string> wrong(std::string text) { return std::unexpected{std::move(text)}; }

bool is_more_endangered(const WarmAccount& a, const WarmAccount& b) {
    return std::tuple{!a.is_in_breach, a.level, a.type, a.id} <
           std::tuple{!b.is_in_breach, b.level, b.type, b.id};
}

std::size_t size_of(const WarmOrigin& origin, const WarmImage& image) {
    std::size_t bytes = header_bytes + sizeof(std::uint32_t) + origin.store.size() + checksum_bytes;
    for (const std::string& type : origin.types) bytes += sizeof(std::uint32_t) + type.size();
    for (const WarmAccount& account : image.accounts) bytes += entry_bytes + account.id.size();
    return bytes;
}

/// What can be said without reading any further: that these bytes are whole, and an image at all.
std::expected<void, std::string> check_whole(std::span<const char> bytes) {
    const bool is_image =
        bytes.size() >= magic.size() && std::string_view{bytes.data(), magic.size()} == magic;
    if (!is_image) return wrong(fmt::format("expected a local image, which begins with {}", magic));
    if (bytes.size() < warm_image_bytes_min) {
        return wrong(fmt::format("torn: only {} bytes of an image", bytes.size()));
    }
    const auto version = get<std::uint32_t>(bytes.data() + magic.size());
    if (version != layout_version) {
        return wrong(fmt::format("expected version {}, found {}", layout_version, version));
    }
    const auto length = get<std::uint64_t>(bytes.data() + length_at);
    if (length != bytes.size()) {
        return wrong(fmt::format("torn: expected {} bytes, found {}", length, bytes.size()));
    }
    const auto said = get<std::uint64_t>(bytes.data() + bytes.size() - checksum_bytes);
    const std::uint64_t found = checksum_of(bytes.first(bytes.size() - checksum_bytes));
    if (said != found) {
        return wrong(fmt::format("torn: expected checksum {:016x}, found {:016x}", said, found));
    }
    return {};
}

std::expected<void, std::string> check_origin(Reader& reader, const WarmOrigin& origin) {
    const auto shard_index = reader.number<std::uint32_t>();
    const auto shard_count = reader.number<std::uint32_t>();
    if (shard_index != origin.shard_index || shard_count != origin.shard_count) {
        return wrong(fmt::format("expected accounts of shard {} of {}, found those of {} of {}",
                                 origin.shard_index, origin.shard_count, shard_index, shard_count));
    }
    const auto type_count = reader.number<std::uint32_t>();
    const auto store = reader.sized_text();
    if (!store) return wrong("broken: the store's name is cut off");
    if (*store != origin.store) {
        return wrong(
            fmt::format("expected accounts of {}, found those of {}", origin.store, *store));
    }
    std::vector<std::string_view> types;
    for (std::uint32_t i = 0; i < type_count; ++i) {
        const auto type = reader.sized_text();
        if (!type) return wrong("broken: the account types are cut off");
        types.push_back(*type);
    }
    if (!std::ranges::equal(types, origin.types)) {
        return wrong(fmt::format("expected account types {}, found {}",
                                 fmt::join(origin.types, ","), fmt::join(types, ",")));
    }
    return {};
}

std::expected<WarmAccount, std::string> read_account(Reader& reader, std::size_t type_count) {
    if (!reader.has(entry_bytes)) return wrong("an account is cut off");
    WarmAccount account;
    account.type = reader.number<std::uint8_t>();
    const auto flags = reader.number<std::uint8_t>();
    const auto id_bytes = reader.number<std::uint16_t>();
    account.positions = reader.number<std::uint32_t>();
    account.level = reader.number<std::int32_t>();
    if (account.type >= type_count) return wrong(fmt::format("there is no type {}", account.type));
    if (flags > flag_in_breach) return wrong(fmt::format("flags {} mean nothing", flags));
    if (id_bytes == 0 || !reader.has(id_bytes)) return wrong("an account's id is cut off");
    account.is_in_breach = flags == flag_in_breach;
    account.id = reader.text(id_bytes);
    return account;
}

}  // namespace

std::vector<char> encode_warm_image(const WarmOrigin& origin, WarmImage image) {
    std::ranges::sort(image.accounts, is_more_endangered);
    std::vector<char> bytes(size_of(origin, image));
    Writer writer{bytes};
    writer.text(magic).number(layout_version).number(std::uint64_t{0});
    writer.number(static_cast<std::uint64_t>(image.accounts.size())).number(image.written_ms);
    writer.number(origin.shard_index).number(origin.shard_count);
    writer.number(static_cast<std::uint32_t>(origin.types.size())).sized_text(origin.store);
    for (const std::string& type : origin.types) writer.sized_text(type);
    for (const WarmAccount& account : image.accounts) {
        MARGIND_ASSERT(!account.id.empty() && account.id.size() <= id_bytes_max);
        MARGIND_ASSERT(account.type < origin.types.size());
        writer.number(account.type);
        writer.number(account.is_in_breach ? flag_in_breach : std::uint8_t{0});
        writer.number(static_cast<std::uint16_t>(account.id.size()));
        writer.number(account.positions).number(account.level).text(account.id);
    }
    seal_warm_image(bytes);
    return bytes;
}

void seal_warm_image(std::span<char> bytes) {
    MARGIND_ASSERT(bytes.size() >= warm_image_bytes_min);
    put(bytes.data() + length_at, static_cast<std::uint64_t>(bytes.size()));
    const std::size_t end = bytes.size() - checksum_bytes;
    put(bytes.data() + end, checksum_of(bytes.first(end)));
}

std::expected<WarmImage, std::string> decode_warm_image(std::span<const char> bytes,
                                                        const WarmOrigin& origin) {
    if (auto whole = check_whole(bytes); !whole) return wrong(std::move(whole.error()));
    constexpr std::size_t counts_at = length_at + sizeof(std::uint64_t);
    Reader reader{bytes.first(bytes.size() - checksum_bytes).subspan(counts_at)};
    const auto count = reader.number<std::uint64_t>();
    WarmImage image;
    image.written_ms = reader.number<std::int64_t>();
    if (auto known = check_origin(reader, origin); !known) return wrong(std::move(known.error()));
    if (count > reader.left() / entry_bytes) {
        return wrong(fmt::format("broken: no room for {} accounts", count));
    }
    image.accounts.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto account = read_account(reader, origin.types.size());
        if (!account) return wrong(fmt::format("broken: account {}: {}", i, account.error()));
        image.accounts.push_back(*account);
    }
    if (reader.left() > 0) return wrong(fmt::format("broken: {} bytes too many", reader.left()));
    return image;
}

}  // namespace margind::wire
