#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "margind/core/base/moment.hpp"
#include "margind/core/book/account.hpp"
#include "margind/core/rules/instrument.hpp"
#include "margind/core/rules/rules.hpp"
#include "support/reference_model_market.hpp"
#include "support/reference_model_platform.hpp"
#include "support/reference_model_states.hpp"
#include "support/reference_model_valuation.hpp"

namespace margind::test {

struct ModelOptions {
    RuleSet rules;
    std::vector<std::string> types{"live", "demo"};
    std::string currency = "USD";
    std::map<std::string, int> currency_digits{{"JPY", 0}, {"KWD", 3}, {"BTC", 8}};  // others: 2
    std::int64_t image_overdue_ms = 1'000;
    std::size_t events_pending_max = 100'000;
    bool is_armed = false;
};

struct ModelEvent {
    std::string account;
    std::string kind;
    std::uint32_t breach = 0;
    std::uint32_t step = 0;
    bool is_armed = false;
    std::int64_t threshold_bp = 0;
    std::uint64_t data_epoch = 0;
    friend bool operator==(const ModelEvent&, const ModelEvent&) = default;
};

struct ModelAccount {
    AccountKey key;
    std::optional<AccountImage> image;  // the last one that said that the account exists
    bool is_gone = false;               // the newest one said that it does not
    std::uint64_t image_epoch = 0;
    bool is_wanted = false;  // its image must be read
    bool is_being_read = false;
    std::int64_t wanted_since_ms = 0;
    std::int64_t pending_since_ms = 0;  // either of the two, without a break

    // As of the last time it was evaluated:
    ModelValuation valuation{.causes = {"image_missing"}};
    PlatformModelFigures platform;
    std::string verdict = "unknown";
    ModelMemory memory;
    std::int64_t unknown_since_ms = 0;
};

/// The rules of `standard` and the figures of `platform`, written down as plainly as they can be:
/// names and maps, and everything worked out from the beginning at every beat. What the engine does
/// fast must come out the same. Independent of the core but for the input types.
class ReferenceModel {
public:
    explicit ReferenceModel(ModelOptions options) : options_{std::move(options)} {
        is_armed_ = options_.is_armed;
    }

    ModelMarket market;

    /// False for a type that is not configured.
    bool adopt(const AccountKey& key, Moment now);
    void invalidate(const AccountKey& key, Moment now);
    void started_reading(const AccountKey& key);
    void gave_back(const AccountKey& key);
    bool image(const AccountImage& image, Moment now);
    void spec(const InstrumentSpec& spec);
    void open_epoch(Moment now);
    void control(std::optional<bool> armed, bool is_killed, std::set<std::string> frozen);
    void restore(const AccountKey& key, const ModelMemory& memory, Moment now);
    /// `platform` reads back what was last written.
    void written(const std::string& account, const PlatformModelFigures& figures,
                 std::int64_t ts_ms);

    /// Works out every account whose image is not being waited for.
    void beat(Moment now);

    [[nodiscard]] const std::map<std::string, ModelAccount>& accounts() const { return accounts_; }
    /// Announced, oldest first; whoever takes them removes them.
    std::deque<ModelEvent> events;
    /// Not evaluated at the last beat, for want of an image or of room for events: what these
    /// accounts were is what they are.
    [[nodiscard]] const std::set<std::string>& waiting() const { return waiting_; }
    [[nodiscard]] std::uint64_t data_epoch() const { return data_epoch_; }
    [[nodiscard]] int digits(const std::string& currency) const;

private:
    ModelAccount& at(const AccountKey& key) { return accounts_.at(key.text()); }
    [[nodiscard]] ModelWorld world(Moment now) const;
    [[nodiscard]] CauseNames image_doubts(const ModelAccount& account, Moment now) const;
    [[nodiscard]] ModelReading reading(const ModelAccount& account) const;
    void disarm_events();
    void evaluate(ModelAccount& account, Moment now);
    [[nodiscard]] CauseNames platform_doubts(const ModelAccount& account) const;
    [[nodiscard]] std::int64_t owes(const ModelAccount& account) const;
    void conclude(ModelAccount& account, const ModelMemory& next,
                  const std::optional<std::string>& event);
    void announce(const ModelAccount& account, const std::string& kind);

    ModelOptions options_;
    std::map<std::string, ModelAccount> accounts_;
    std::vector<std::string> order_;  // in which accounts became known
    std::set<std::string> waiting_;
    ModelSpecs specs_;
    std::uint64_t data_epoch_ = 1;
    bool is_armed_ = false;
};

}  // namespace margind::test
