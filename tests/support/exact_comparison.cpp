#include "support/exact_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "support/exact_desk.hpp"
#include "support/exact_oracle.hpp"

namespace margind::test::exact {
namespace {

constexpr std::size_t kept_max = 5;
constexpr std::int64_t endless = std::numeric_limits<std::int64_t>::max();
/// Near 2⁵³ minor units either of both may be the first to refuse an amount.
constexpr double surely_fits = 0x1p53 - 64.0;
constexpr double surely_too_large = 0x1p53 + 64.0;

std::int64_t between(std::int64_t a, std::int64_t b) { return a < b ? b - a : a - b; }

bool has_figures(const ExactFigures& exact) {
    return exact.is_known && exact.fits && exact.largest_amount < surely_fits;
}

/// Minor units between the engine's figures and the exact ones.
std::int64_t distance(const Valuation& found, const ExactFigures& exact) {
    if (has_figures(exact)) {
        if (!found.causes.none()) return endless;
        return std::max({between(found.equity.minor(), exact.equity),
                         between(found.pnl.minor(), exact.pnl),
                         between(found.margin.minor(), exact.margin)});
    }
    const bool must_be_unknown =
        !exact.is_known || (!exact.fits && exact.largest_amount > surely_too_large);
    return must_be_unknown && found.causes.none() ? endless : 0;
}

/// The same between what makes them up: each position's P/L, each symbol's margin.
std::int64_t distance(const Explanation& found, const ExactFigures& exact,
                      const ExactMarket& market) {
    std::int64_t most = 0;
    for (const PositionExplained& position : found.positions) {
        const std::int64_t pnl = exact.pnls.at(std::stoul(position.id));
        most = std::max(most, position.is_pnl_known ? between(position.pnl.minor(), pnl) : endless);
    }
    for (const ExactSymbol& symbol : exact.symbols) {
        const auto same = std::ranges::find(found.symbols, market.symbol(symbol.instrument),
                                            &SymbolExplained::symbol);
        if (same == found.symbols.end() || !same->is_margin_known) return endless;
        most = std::max(most, between(same->margin.minor(), symbol.margin));
    }
    return most;
}

/// An account on its own, in an engine of its own.
std::int64_t distance_of(const ExactMarket& market, const ExactAccount& account) {
    ExactDesk desk{market};
    desk.give(0, market, account);
    desk.beat();
    return distance(desk.figures(0), ExactOracle{market}.value(account));
}

/// All accounts of a market.
class Comparison {
public:
    Comparison(std::uint64_t seed, const ExactComparison& options)
        : seed_{seed},
          options_{options},
          material_{seed, options.material},
          desk_{material_.market()} {
        for (std::size_t i = 0; i < options.accounts; ++i) {
            inputs_.push_back(material_.account());
            desk_.give(i, material_.market(), inputs_.back());
        }
        tally_.accounts = options.accounts;
    }

    ExactTally run() {
        value_all();
        material_.move_prices();
        desk_.quote(material_.market());
        value_all();
        return std::move(tally_);
    }

private:
    void value_all() {
        desk_.beat();
        ExactMarket market = material_.market();
        if (options_.tamper_market) options_.tamper_market(market);
        const ExactOracle oracle{market};
        for (std::size_t i = 0; i < inputs_.size(); ++i) value(i, oracle);
    }

    void value(std::size_t account, const ExactOracle& oracle) {
        constexpr std::size_t explained_each = 100;  // explanations take a while
        const ExactFigures exact = oracle.value(seen(account));
        const std::int64_t off = distance(desk_.figures(account), exact);
        ++tally_.valuations;
        count(account, exact, off);
        if (account % explained_each != 0 || off == endless || !has_figures(exact)) return;
        ++tally_.explanations;
        const Explanation explanation = desk_.explain(account);
        fail_above(account, distance(explanation, exact, material_.market()), exact);
        if (explanation.margin_initial) {
            fail_above(account,
                       between(explanation.margin_initial->minor(),
                               oracle.initial_margin(inputs_[account])),
                       exact);
        }
    }

    [[nodiscard]] ExactAccount seen(std::size_t account) const {
        ExactAccount input = inputs_[account];
        if (options_.tamper_rules) options_.tamper_rules(input.rules);
        return input;
    }

    void count(std::size_t account, const ExactFigures& exact, std::int64_t off) {
        const bool is_undecided = off > options_.allowed && is_allowed(off, exact);
        tally_.undecided += is_undecided ? 1 : 0;
        if (is_undecided) return;
        if (has_figures(exact) && off != endless) {
            ++tally_.by_distance[static_cast<std::size_t>(std::min<std::int64_t>(off, 3))];
            tally_.largest = std::max(tally_.largest, off);
            const auto bits = std::bit_width(static_cast<std::uint64_t>(exact.largest_amount));
            std::int64_t& most = tally_.largest_by_bits.at(static_cast<std::size_t>(bits));
            most = std::max(most, off);
        } else if (exact.is_known) {
            ++tally_.too_large;
        }
        fail_above(account, off, exact);
    }

    [[nodiscard]] bool is_allowed(std::int64_t off, const ExactFigures& exact) const {
        return off != endless && off <= options_.allowed + exact.undecided;
    }
    void fail_above(std::size_t account, std::int64_t off, const ExactFigures& exact) {
        if (is_allowed(off, exact)) return;
        ++tally_.failures;
        if (tally_.kept.size() == kept_max) return;
        tally_.kept.push_back({seed_, account, off, material_.market(), inputs_[account]});
    }

    std::uint64_t seed_;
    const ExactComparison& options_;
    ExactMaterial material_;
    ExactDesk desk_;
    std::vector<ExactAccount> inputs_;
    ExactTally tally_;
};

}  // namespace

ExactFailure ExactFailure::shortened(std::int64_t allowed) const {
    ExactFailure out = *this;
    for (std::size_t i = out.input.orders.size(); i-- > 0;) {
        ExactAccount fewer = out.input;
        fewer.orders.erase(fewer.orders.begin() + static_cast<std::ptrdiff_t>(i));
        const std::int64_t off = distance_of(market, fewer);
        if (off <= allowed) continue;
        out.input = std::move(fewer);
        out.distance = off;
    }
    return out;
}

std::string ExactFailure::text() const {
    ExactDesk desk{market};
    desk.give(0, market, input);
    desk.beat();
    const Valuation found = desk.figures(0);
    const ExactFigures exact = ExactOracle{market}.value(input);
    std::string causes;
    for (const auto& [cause, name] : cause_names) {
        if (found.causes.has(cause)) causes += fmt::format(" {}", name);
    }
    const std::string_view doubt = !exact.is_known ? " no_rate" : exact.fits ? "" : " overflow";
    return fmt::format(
        "market seed {}, account {}; equity, pnl, margin in minor units of {}:\n"
        "engine {} {} {}{}\nexact  {} {} {}{}\n{}",
        seed, account, input.currency, found.equity.minor(), found.pnl.minor(),
        found.margin.minor(), causes, exact.equity, exact.pnl, exact.margin, doubt,
        evaluate_document(market, input));
}

void ExactTally::add(const ExactTally& other) {
    accounts += other.accounts;
    valuations += other.valuations;
    explanations += other.explanations;
    too_large += other.too_large;
    for (std::size_t i = 0; i < by_distance.size(); ++i) by_distance[i] += other.by_distance[i];
    for (std::size_t i = 0; i < largest_by_bits.size(); ++i) {
        largest_by_bits[i] = std::max(largest_by_bits[i], other.largest_by_bits[i]);
    }
    largest = std::max(largest, other.largest);
    undecided += other.undecided;
    failures += other.failures;
    for (const ExactFailure& one : other.kept) {
        if (kept.size() < kept_max) kept.push_back(one);
    }
}

ExactTally compare(std::uint64_t seed, const ExactComparison& comparison) {
    return Comparison{seed, comparison}.run();
}

}  // namespace margind::test::exact
