#pragma once
#include <boost/unordered/unordered_flat_set.hpp>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "margind/core/book/account.hpp"
#include "margind/core/rules/rule_check.hpp"
#include "margind/ports/directory.hpp"
#include "wire/book_line.hpp"
#include "wire/redis_keys.hpp"

namespace margind::app {

/// What the decoders pass over in the hashes of groups and accounts: fields that nothing reads,
/// with the name they may have been meant for, and options whose value means nothing.
class FieldCheck {
public:
    explicit FieldCheck(wire::Keys keys);

    /// Looks at an entry of a store; of other keys than those of groups and accounts nothing.
    void add(const wire::BookEntry& entry);

    /// What was found in a group's specification, or in its options (symbol `whole_group`).
    [[nodiscard]] RuleFindings of_group(const InstrumentKey& key) const;
    /// What was found in the settings of an account.
    [[nodiscard]] RuleFindings of_account(const AccountKey& key) const;

private:
    using Names = std::vector<std::string_view>;

    void add_group(const wire::KeyParts& key, const wire::BookEntry& entry);
    RuleFindings account_findings(const wire::BookEntry& entry);
    [[nodiscard]] std::string wrong_in_specification(std::string_view field) const;
    [[nodiscard]] std::string wrong_in_options(std::string_view field) const;
    /// An account has fields of the platform's own: what is no slip of the pen is one of those.
    [[nodiscard]] const std::string& slip_in_account(std::string_view field);

    wire::Keys keys_;
    std::vector<std::string> option_names_;  // of the rules
    Names options_;
    Names specification_;
    Names account_;
    std::map<std::string, std::string, std::less<>> slips_;  // by field, whether it is one or not
    std::map<InstrumentKey, RuleFindings> groups_;
    std::map<AccountKey, RuleFindings> accounts_;
    std::map<AccountKey, RuleFindings> fallbacks_;  // of the hash that is read in place of none
    boost::unordered_flat_set<std::string> with_settings_;  // accounts that have their own hash
};

}  // namespace margind::app
