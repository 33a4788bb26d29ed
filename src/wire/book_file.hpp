#pragma once
#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "margind/core/book/account.hpp"
#include "margind/core/engine/mirror_state.hpp"
#include "margind/core/rules/instrument.hpp"
#include "margind/ports/directory.hpp"
#include "wire/book_line.hpp"
#include "wire/redis_keys.hpp"

namespace margind::wire {

/// A store's content as values: what a directory would answer.
struct StoredBook {
    std::vector<AccountImage> accounts;  // sorted by key
    std::map<InstrumentKey, InstrumentSpec> instruments;
    std::map<std::string, StoredPrice> prices;  // by symbol

    /// The account, or null.
    [[nodiscard]] const AccountImage* account(const AccountKey& key) const;
    /// The specification, or one that does not exist. The symbol is looked up in capitals, as the
    /// keys of the store have it.
    [[nodiscard]] InstrumentSpec instrument(const InstrumentKey& key) const;
    [[nodiscard]] StoredPrice price(const std::string& symbol) const;
};

/// What became of the lines of a book file.
struct BookFileCounts {
    std::uint64_t lines = 0;
    std::uint64_t foreign_keys = 0;   // not of the contract, or not needed: skipped
    std::uint64_t orphan_orders = 0;  // order hashes that no index names: skipped
    std::array<std::uint64_t, book_fault_names.size() + 1> refused{};  // by BookFault

    [[nodiscard]] std::uint64_t refused_total() const;
};

/// Reads a book file, its lines in any order, with the decoders that read Redis.
class BookReader {
public:
    BookReader(Keys keys, std::vector<std::string> types);
    ~BookReader();
    BookReader(const BookReader&) = delete;
    BookReader& operator=(const BookReader&) = delete;

    /// Takes one line without its break; empty lines say nothing. The reason is counted as well.
    BookFault add_line(std::string_view line);
    /// The last line of a file, which had no line break: torn where it is no whole JSON.
    BookFault add_unterminated(std::string_view line);
    /// Counts a line that the caller could not even hand over (too_long, torn).
    void refuse(BookFault fault) { ++counts_.refused[static_cast<std::size_t>(fault)]; }
    [[nodiscard]] const BookFileCounts& counts() const { return counts_; }
    /// Puts everything together. Call once, after the last line.
    StoredBook finish();

private:
    struct Parts;  // of one account, as far as they have been seen

    BookFault read(std::string_view line);
    BookFault add(const BookEntry& entry);
    BookFault add_for_account(const BookEntry& entry);
    BookFault add_config(Parts& parts, const BookEntry& entry, bool is_fallback);
    BookFault add_index(Parts& parts, const BookEntry& entry);
    BookFault add_order(Parts& parts, std::string_view id, const BookEntry& entry);
    BookFault add_portfolio(Parts& parts, const BookEntry& entry);
    BookFault add_holders(std::string_view type, const BookEntry& entry);
    BookFault add_instrument(const KeyParts& key, const BookEntry& entry);
    BookFault add_price(std::string_view symbol, const BookEntry& entry);
    [[nodiscard]] bool is_known_type(std::string_view type) const;
    Parts& parts_of(std::string_view type, std::string_view id);
    AccountImage assemble(Parts& parts);

    Keys keys_;
    std::vector<std::string> types_;
    BookLineParser parser_;
    BookFileCounts counts_;
    boost::unordered_flat_map<std::string, std::uint32_t> index_;  // "live:1001" → accounts_
    std::deque<Parts> accounts_;
    std::string name_;  // of the account looked up last
    StoredBook book_;
};

}  // namespace margind::wire
