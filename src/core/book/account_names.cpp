#include "margind/core/book/account_names.hpp"

#include <cstring>

#include "core/base/hash.hpp"
#include "margind/core/base/assert.hpp"

namespace margind {

AccountNames::AccountNames() : ids_{0, Hash{this}, Equal{this}} {}

std::size_t AccountNames::Hash::operator()(std::string_view text) const {
    Hasher hash;
    hash.add(text);
    return static_cast<std::size_t>(hash.value());
}

std::string_view AccountNames::text(std::uint32_t id) const {
    const std::size_t at = std::size_t{places_[id]} * step;
    const char* place = blocks_[at / block_bytes].get() + at % block_bytes;
    std::uint16_t length = 0;
    std::memcpy(&length, place, sizeof length);
    return {place + sizeof length, length};
}

/// Where the name was put.
std::uint32_t AccountNames::store(std::string_view name) {
    const auto length = static_cast<std::uint16_t>(name.size());
    std::size_t bytes = sizeof length + name.size();
    bytes += bytes % step;
    if (block_bytes - used_ < bytes) {
        blocks_.push_back(std::make_unique_for_overwrite<char[]>(block_bytes));
        used_ = 0;
    }
    char* place = blocks_.back().get() + used_;
    std::memcpy(place, &length, sizeof length);
    std::memcpy(place + sizeof length, name.data(), name.size());
    const std::size_t at = (blocks_.size() - 1) * block_bytes + used_;
    used_ += bytes;
    MARGIND_ASSERT(at / step <= 0xffffffffu);
    return static_cast<std::uint32_t>(at / step);
}

void AccountNames::reserve(std::uint32_t count) {
    places_.reserve(count);
    ids_.reserve(count);
}

AccountId AccountNames::intern(std::string_view name) {
    const AccountId known = find(name);
    return known.is_none() ? add(name) : known;
}

AccountId AccountNames::add(std::string_view name) {
    MARGIND_ASSERT(name.size() <= name_max);
    const AccountId id{size()};
    places_.push_back(store(name));
    ids_.insert(id.value);
    return id;
}

AccountId AccountNames::find(std::string_view name) const {
    const auto found = ids_.find(name);
    return found == ids_.end() ? AccountId{} : AccountId{*found};
}

}  // namespace margind
