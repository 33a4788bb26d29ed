// Which rules an account has: the configured ones, what its group changes of them, and of that what
// the account itself changes.
#include <utility>

#include "margind/core/engine.hpp"

namespace margind {
namespace {

/// A level in hundredths; a cause where it is none.
std::optional<Level> level_of(const std::optional<double>& level, Causes& causes) {
    if (!level) return std::nullopt;
    const double hundredths = *level * 100.0;
    if (!(hundredths >= 0.0) || hundredths > 1e12) {
        causes |= Cause::bad_setting;
        return std::nullopt;
    }
    return Level{round_half_away(hundredths)};
}

}  // namespace

void Engine::want_group(GroupId group) {
    mirror_.want_instrument({instruments_.group_name(group), std::string{whole_group}});
}

/// A group's options, and those that stand in for them.
void Engine::ask_for_group(GroupId group) {
    for (const GroupId asked : {group, instruments_.intern_group(fallback_group)}) {
        if (rule_book_.ask(asked)) want_group(asked);
    }
}

void Engine::keep_own_rules(AccountId account, const AccountImage& image, Causes& causes) {
    RuleOverrides own = is_platform() ? RuleOverrides{} : image.rules;
    own.margin_mode = image.margin_mode;
    own.margin_call = level_of(image.margin_call_level, causes);
    own.stop_out = level_of(image.stop_out_level, causes);
    if (own == RuleOverrides{}) {
        own_rules_.erase(account.value);
    } else {
        own_rules_.insert_or_assign(account.value, own);
    }
}

/// The rules an account has now, by its image and what is known of its group. Its margin-call
/// and stop-out level are its row's, so that accounts which differ in nothing else share a set.
Causes Engine::settle_rules(AccountId account) {
    AccountRecord& record = book_.record(account);
    AccountRow& row = book_.row(account);
    const GroupId standard = instruments_.intern_group(fallback_group);
    const auto found = own_rules_.find(account.value);
    RuleOverrides own = found == own_rules_.end() ? RuleOverrides{} : found->second;
    const auto margin_call = std::exchange(own.margin_call, std::nullopt);
    const auto stop_out = std::exchange(own.stop_out, std::nullopt);
    const auto margin_mode = std::exchange(own.margin_mode, std::nullopt);
    const auto index = rule_book_.resolve(record.group, standard, own);
    rules_[account.value] = index.value_or(RuleIndex{0});
    const RuleSet& rules = rules_of(account);
    row.margin_call = margin_call.value_or(rules.margin_call);
    row.stop_out = stop_out.value_or(rules.stop_out);
    record.margin_mode = margin_mode.value_or(rules.margin_mode);
    if (!index) return Cause::bad_setting;
    const bool is_known = !options_.has_group_rules ||
                          (rule_book_.is_known(record.group) && rule_book_.is_known(standard));
    return is_known ? Causes{} : Causes{Cause::no_instrument};
}

void Engine::apply_group_rules(const InstrumentSpec& spec) {
    if (!options_.has_group_rules) return;
    const GroupId group = instruments_.intern_group(spec.group);
    auto overrides = spec.exists ? std::optional{spec.rules} : std::nullopt;
    rule_book_.apply(group, std::move(overrides), spec.has_bad_rules);
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
