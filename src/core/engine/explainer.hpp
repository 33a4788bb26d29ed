#pragma once
#include <vector>

#include "margind/core/engine/engine.hpp"
#include "margind/core/stop_out/close_plan.hpp"

namespace margind {

struct StepSource;
struct FigureSource;

/// Puts together what an engine's verdict on one account rests on, in figures and words. Off the
/// hot path; lives for one explanation.
class Explainer {
public:
    Explainer(const Engine& engine, AccountId account, Moment now);

    [[nodiscard]] Explanation explain();

private:
    [[nodiscard]] const RuleSet& rules() const { return engine_.rules_of(account_); }
    // explainer.cpp
    void explain_account();
    void explain_prices();
    void explain_positions();
    void explain_platform();
    void explain_standard();
    // What the general valuation says (explainer_general.cpp).
    void explain_general(const GeneralAccount& account);
    void explain_isolated(const GeneralAccount& account);
    void explain_plan();
    void add_plan(const StepSource& source, const ClosePlan& plan);

    const Engine& engine_;
    const Book& book_;
    const Symbols& symbols_;
    const QuoteBoard& quotes_;
    const RateTable& rates_;
    const GeneralBook& general_;
    const AccountId account_;
    const Moment now_;
    const AccountRow row_;
    const std::vector<PositionRecord> records_;
    Explanation out_;
};

}  // namespace margind
