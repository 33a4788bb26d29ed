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
    const AccountProfile profile = book_.profile(account);
    const GroupId standard = instruments_.intern_group(fallback_group);
    const AccountTerms terms = rules_.settle(account, profile.group, standard);
    book_.set_terms(account, terms.margin_call, terms.stop_out, terms.margin_mode);
    if (!terms.is_settled) return Cause::bad_setting;
    const bool is_known = !options_.has_group_rules || (rules_.book().is_known(profile.group) &&
                                                        rules_.book().is_known(standard));
    if (!is_known) return Cause::no_instrument;
    // Prop-firm rules act on what is remembered: half of them must not. Until all is known they
    // stay as they were.
    if (book_.setting_causes(account).has(Cause::bad_setting)) return {};
    const Digits digits = is_platform() ? Digits{2} : book_.line(account).digits;
    return prop_.settle(account, terms.prop, currencies_.code(profile.currency), digits);
}

void Engine::apply_group_rules(const InstrumentSpec& spec) {
    if (!options_.has_group_rules) return;
    const GroupId group = instruments_.intern_group(spec.group);
    auto overrides = spec.exists ? std::optional{spec.rules} : std::nullopt;
    rules_.book().apply(group, std::move(overrides), spec.has_bad_rules);
    const bool is_fallback = spec.group == fallback_group;
    for (std::uint32_t id = 0; id < book_.account_count(); ++id) {
        const AccountId account{id};
        const bool is_of_group = is_fallback || book_.profile(account).group == group;
        if (!book_.has_image(account) || !is_of_group || is_gone(account)) continue;
        install_again(account);
    }
}

}  // namespace margind
