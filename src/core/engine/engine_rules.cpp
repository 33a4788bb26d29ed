// Which rules an account has: the configured ones, what its group changes of them, and of that what
// the account itself changes.
#include <utility>

#include "margind/core/engine/engine.hpp"

namespace margind {

void Engine::want_group(GroupId group) {
    mirror_.want_instrument({instruments_.group_name(group), std::string{whole_group}});
}

/// A group's options, and those that stand in for them.
void Engine::ask_for_group(GroupId group) {
    for (const GroupId asked : {group, instruments_.intern_group(fallback_group)}) {
        if (rules_.book().ask(asked)) want_group(asked);
    }
}

/// The rules an account has now, by its image and what is known of its group.
Causes Engine::settle_rules(AccountId account) {
    AccountRecord& record = book_.record(account);
    AccountRow& row = book_.row(account);
    const GroupId standard = instruments_.intern_group(fallback_group);
    const AccountTerms terms = rules_.settle(account, record.group, standard);
    row.margin_call = terms.margin_call;
    row.stop_out = terms.stop_out;
    record.margin_mode = terms.margin_mode;
    if (!terms.is_settled) return Cause::bad_setting;
    const bool is_known = !options_.has_group_rules || (rules_.book().is_known(record.group) &&
                                                        rules_.book().is_known(standard));
    if (!is_known) return Cause::no_instrument;
    // Prop-firm rules act on what is remembered: half of them must not. Until all is known they
    // stay as they were.
    if (setting_causes_[account.value].has(Cause::bad_setting)) return {};
    const Digits digits = is_platform() ? Digits{2} : row.digits;
    return prop_.settle(account, terms.prop, currencies_.code(record.currency), digits);
}

void Engine::apply_group_rules(const InstrumentSpec& spec) {
    if (!options_.has_group_rules) return;
    const GroupId group = instruments_.intern_group(spec.group);
    auto overrides = spec.exists ? std::optional{spec.rules} : std::nullopt;
    rules_.book().apply(group, std::move(overrides), spec.has_bad_rules);
    const bool is_fallback = spec.group == fallback_group;
    for (std::uint32_t id = 0; id < book_.account_count(); ++id) {
        const AccountId account{id};
        const AccountRecord& record = book_.record(account);
        if (!record.has_image || (!is_fallback && record.group != group)) continue;
        if (setting_causes_[id].has(Cause::image_missing)) continue;
        const auto held = book_.position_records(account);
        install(account, {held.begin(), held.end()});
        dirty_.calm.erase(id);
        mark(account);
    }
}

}  // namespace margind
