#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "margind/core/engine/engine.hpp"
#include "support/exact_market.hpp"

namespace margind::test::exact {

/// An engine that is given what an exact market and its accounts say, as doubles.
class ExactDesk {
public:
    explicit ExactDesk(const ExactMarket& market);

    /// Account `number`, new or replaced.
    void give(std::size_t number, const ExactMarket& market, const ExactAccount& account);
    void give(std::size_t number, const AccountImage& image);
    void quote(const ExactMarket& market);
    void beat();
    [[nodiscard]] Valuation figures(std::size_t number) const;
    [[nodiscard]] Explanation explain(std::size_t number) const;
    /// Over all that a snapshot says: equal where every bit of it is.
    [[nodiscard]] std::uint64_t fingerprint(std::size_t number) const;

private:
    Engine engine_;
    Moment now_{1'000'000, 1'700'000'000'000};
    std::vector<AccountId> ids_;
};

/// Account `number` as a store would have it; its orders are named by their places.
[[nodiscard]] AccountImage image_of(std::size_t number, const ExactMarket& market,
                                    const ExactAccount& account);

/// The market's quotes, instruments and options with one account, as a document for
/// `margind evaluate` (docs/evaluate.md).
[[nodiscard]] std::string evaluate_document(const ExactMarket& market, const ExactAccount& account);

}  // namespace margind::test::exact
