// Lines of an explanation: what closing perpetuals costs. Source: docs/formulas.md §8.2.
#include <cmath>

#include "core/explain/formula_names.hpp"
#include "core/explain/formula_steps.hpp"

namespace margind {
namespace {

/// "1.2", "(1.1 + 1.2)", and of inverse contracts "(1 / 1.2)": what one unit counts for.
std::string unit_text(const ClosingFeeWorkings& fee, bool is_covered) {
    const bool is_inverse = fee.instrument->mode == CalcMode::perpetual_inverse;
    const auto price = [&](bool is_short) {
        return (is_inverse ? "1 / " : "") + number(std::abs(fee.prices[is_short]));
    };
    if (is_covered) return "(" + price(false) + " + " + price(true) + ")";
    return is_inverse ? "(" + price(fee.is_short) + ")" : price(fee.is_short);
}

/// "0.00075 (fee)", with the conversion where there is any.
std::string share_text(const StepSource& source, const ClosingFeeWorkings& fee) {
    const Instrument& instrument = *fee.instrument;
    std::string text = number(instrument.taker_fee) + " (fee)";
    if (instrument.margin_currency != source.all.currency) {
        text += " * " + number(fee.conversion.rate) + " (" + instrument.margin_currency + "->" +
                source.all.currency + " ask)";
    }
    return text;
}

std::string volume_text(const StepSource& source, const ClosingFeeWorkings& fee, Volume volume,
                        bool is_covered) {
    return lots(volume) + " * " + number(fee.instrument->contract_size) + " * " +
           unit_text(fee, is_covered) + " (price) * " + share_text(source, fee);
}

/// What a loss of one adds to the fee of what is net: the growth of the fee by that of the equity.
std::string growth_text(const StepSource& source, const ClosingFeeWorkings& fee) {
    const bool is_inverse = fee.instrument->mode == CalcMode::perpetual_inverse;
    const std::string sign = fee.is_short != is_inverse ? "-" : "";
    const std::string growth = share_text(source, fee);
    std::string gain = "1";
    if (fee.instrument->profit_currency != source.all.currency) {
        gain = number(fee.loss_rate) + " (" + fee.instrument->profit_currency + "->" +
               source.all.currency + " of a loss)";
    }
    return growth + " / (" + sign + gain + " - " + growth + ") = " + number(fee.fee.share);
}

}  // namespace

void add_closing_fee_step(const StepSource& source, const ClosingFeeWorkings& fee, Steps& steps) {
    if (fee.covered.raw() == 0 && fee.net.raw() == 0) return;
    std::vector<std::string> statements;
    std::string covered;
    if (fee.covered.raw() > 0) {
        statements.push_back("covered " + volume_text(source, fee, fee.covered, true) + " = " +
                             number(fee.fee.covered));
        covered = number(fee.fee.covered) + " (covered)";
    }
    std::string total = covered;
    if (fee.net.raw() > 0) {
        const std::string net = number(fee.fee.net);
        statements.push_back("net " + volume_text(source, fee, fee.net, false) + " = " + net);
        std::string bankrupt = net;
        if (fee.fee.share != 0.0) {
            statements.push_back("growth " + growth_text(source, fee));
            bankrupt =
                "max(0, " + net + " + " + number(fee.fee.share) + " * (" +
                (covered.empty() ? net : number(fee.fee.covered) + " + " + net) + " - " +
                (std::signbit(fee.equity) ? "(" + number(fee.equity) + ")" : number(fee.equity)) +
                " (equity)))";
        }
        total += (covered.empty() ? "" : " + ") + bankrupt;
    }
    const std::string held = number(fee.fee.held_back(fee.equity));
    if (total != held) statements.push_back("at its bankruptcy " + total + " = " + held);
    std::string text;
    for (const std::string& statement : statements) {
        text += (text.empty() ? "" : "; ") + statement;
    }
    steps.push_back(step("closing fee " + source.name(fee.symbol), formula::bankruptcy, text));
}

}  // namespace margind
