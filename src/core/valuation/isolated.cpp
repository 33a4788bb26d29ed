#include "margind/core/valuation/isolated.hpp"

namespace margind {

IsolatedAccount isolated_account(const AccountRow& row, const GeneralAccount& whole,
                                 const Exposure& position) {
    IsolatedAccount out{row, {}};
    out.row.balance = position.isolated_margin;
    out.row.carry = position.carry;
    out.row.cash = position.isolated_margin + position.carry;
    out.row.count = 1;
    out.account.rules = whole.rules;
    out.account.margin_mode = whole.margin_mode;
    out.account.leverage = whole.leverage;
    out.account.exposures = {position};
    return out;
}

AccountRow crossed_row(const AccountRow& row, const GeneralAccount& account) {
    AccountRow crossed = row;
    crossed.count -= static_cast<std::uint32_t>(account.isolated.size());
    return crossed;
}

std::vector<Valuation> value_isolated(const AccountRow& row, const GeneralAccount& account,
                                      const GeneralMarket& market) {
    std::vector<Valuation> out;
    out.reserve(account.isolated.size());
    for (const Exposure& position : account.isolated) {
        const IsolatedAccount alone = isolated_account(row, account, position);
        out.push_back(value_general(alone.row, alone.account, market).totals);
    }
    return out;
}

}  // namespace margind
