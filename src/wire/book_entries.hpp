#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "margind/core/book/account.hpp"
#include "margind/core/rules/instrument.hpp"
#include "margind/ports/directory.hpp"
#include "wire/book_line.hpp"
#include "wire/redis_keys.hpp"

namespace margind::wire {

/// Takes entries one by one; each is valid during the call only.
class BookEntrySink {
public:
    virtual ~BookEntrySink() = default;
    virtual void put(const BookEntry& entry) = 0;
};

/// Turns accounts, specifications and prices into the keys a platform keeps them in (CONTRACT
/// section 1): the other way of the decoders in redis_account.hpp.
class BookEntryWriter {
public:
    /// `collected`: each holder set is one entry, put by `holders`, as a file wants it. `at_once`:
    /// with each account an entry of one member for each of its symbols, as SADD takes it.
    enum class HolderSets : std::uint8_t { collected, at_once };

    BookEntryWriter(const Keys& keys, BookEntrySink& sink,
                    HolderSets holder_sets = HolderSets::collected)
        : keys_{keys}, sink_{sink}, holder_sets_{holder_sets} {}

    /// Configuration, index of orders and orders; the account joins the holders of its symbols.
    void account(const AccountImage& image);
    void instrument(const InstrumentSpec& spec);
    void price(std::string_view symbol, const StoredPrice& price);
    /// Writes the holder sets collected so far, each once. Call after the last account.
    void holders();

private:
    void hold(std::string_view symbol, const AccountKey& account);
    void order(const KeyParts& account, const OrderImage& order);
    void field(std::string_view name, std::string value);
    void put_hash(std::string_view key);

    const Keys& keys_;
    BookEntrySink& sink_;
    HolderSets holder_sets_;
    std::vector<std::pair<std::string_view, std::string>> fields_;
    std::vector<std::string_view> texts_;
    // By symbol and type; members in the order of the accounts.
    std::map<std::pair<std::string, std::string>, std::vector<std::string>> holders_;
};

/// Exact decimal text of lots: "0.3", "12".
[[nodiscard]] std::string volume_text(Volume volume);

}  // namespace margind::wire
