#pragma once
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "margind/core/base/ids.hpp"

namespace margind {

/// Names of accounts ("live:1001") and their dense ids, in order of first sight. Names never move,
/// and take little more than their text.
class AccountNames {
public:
    AccountNames();
    AccountNames(const AccountNames&) = delete;
    AccountNames& operator=(const AccountNames&) = delete;

    /// Room for so many names at once.
    void reserve(std::uint32_t count);
    /// The id of `name`, a new one where it was never seen. Precondition: at most `name_max` long.
    AccountId intern(std::string_view name);
    /// The id of a name that was certainly never seen. Precondition: as above.
    AccountId add(std::string_view name);
    /// The id of a name seen before, else the none id.
    [[nodiscard]] AccountId find(std::string_view name) const;
    [[nodiscard]] std::string_view name(AccountId account) const { return text(account.value); }
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(places_.size()); }

    static constexpr std::size_t name_max = 0xffff;

private:
    static constexpr std::size_t block_bytes = std::size_t{1} << 20;

    struct Hash {
        using is_transparent = void;
        const AccountNames* names;
        std::size_t operator()(std::string_view text) const;
        std::size_t operator()(std::uint32_t id) const { return (*this)(names->text(id)); }
    };
    struct Equal {
        using is_transparent = void;
        const AccountNames* names;
        bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
        bool operator()(std::string_view a, std::uint32_t b) const { return a == names->text(b); }
        bool operator()(std::uint32_t a, std::string_view b) const { return names->text(a) == b; }
    };

    [[nodiscard]] std::string_view text(std::uint32_t id) const;
    std::uint32_t store(std::string_view name);

    std::vector<std::unique_ptr<char[]>> blocks_;  // lengths in two bytes, each before its text
    std::size_t used_ = block_bytes;               // of the last block
    std::vector<std::uint32_t> places_;            // by id: byte in the blocks, in steps of `step`
    boost::unordered_flat_set<std::uint32_t, Hash, Equal> ids_;

    static constexpr std::size_t step = 2;  // so that 32 bits reach 8 GiB of names
};

}  // namespace margind
