#include "app/field_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/config_schema.hpp"
#include "margind/core/book/own_rules.hpp"
#include "wire/instrument_fields.hpp"
#include "wire/nearest_name.hpp"
#include "wire/redis_account.hpp"
#include "wire/rule_fields.hpp"

namespace margind::app {
namespace {

/// What the platform keeps with an account; the rest of it is the platform's alone.
constexpr auto account_names =
    std::to_array<std::string_view>({"wallet_balance", "leverage", "group", "currency", "credit",
                                     "auto_cutoff_level", "auto_liquidation_level"});

/// An account's levels, by the name that they have in a group.
constexpr auto level_names = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"auto_cutoff_level", "margin_call_level"}, {"auto_liquidation_level", "stop_out_level"}});

bool is_option(std::string_view name) {
    RuleOverrides rules;
    return wire::read_rule(name, "", rules) != wire::RuleRead::no_option;
}

/// The options of the rules, as the keys of the configuration name them.
std::vector<std::string> option_names() {
    Config config;
    std::vector<std::string> names;
    for (const Field& field : schema(config)) {
        const std::string name = field.name.substr(field.name.find('.') + 1);
        const bool is_rule = field.name.starts_with("rules.") || field.name.starts_with("prop.");
        if (is_rule && is_option(name)) names.push_back(name);
    }
    return names;
}

bool has(std::span<const std::string_view> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

InstrumentKey instrument_key(const wire::KeyParts& key) {
    std::string symbol{key.symbol};
    for (char& c : symbol) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return {std::string{key.group}, std::move(symbol)};
}

/// What `is_bad` says of each field by itself; where of none, they contradict each other.
template <class IsBad>
void find_bad_values(wire::FlatReply hash, IsBad is_bad, RuleFindings& findings) {
    if (!is_bad(hash)) return;
    const std::size_t before = findings.size();
    for (std::size_t i = 0; i + 1 < hash.size(); i += 2) {
        if (!is_bad(hash.subspan(i, 2))) continue;
        findings.push_back(fmt::format("{}: \"{}\" means nothing", hash[i], hash[i + 1]));
    }
    if (findings.size() == before) {
        findings.emplace_back(
            "margin_conversion: exposure_conversion, its other name, says otherwise");
    }
}

bool is_bad_account(wire::FlatReply hash) {
    AccountImage image;
    wire::decode_account(hash, image);
    Causes causes;
    static_cast<void>(own_rules(image, RuleSetKind::standard, causes));  // for its causes
    return image.has_bad_setting || !causes.none();
}

}  // namespace

FieldCheck::FieldCheck(wire::Keys keys)
    : keys_{std::move(keys)},
      option_names_{option_names()},
      options_{option_names_.begin(), option_names_.end()},
      specification_{"type", "tiers"},
      account_{account_names.begin(), account_names.end()} {
    for (const auto& [name, number] : wire::instrument_numbers) specification_.push_back(name);
    for (const auto& [name, text] : wire::instrument_texts) specification_.push_back(name);
    account_.insert(account_.end(), options_.begin(), options_.end());
}

void FieldCheck::add(const wire::BookEntry& entry) {
    if (entry.type != wire::BookType::hash || entry.value.empty()) return;
    if (const auto key = keys_.group.match(entry.key)) return add_group(*key, entry);
    const auto keep = [&](const wire::KeyParts& key, auto& accounts) {
        RuleFindings findings = account_findings(entry);
        if (findings.empty()) return;
        accounts.insert_or_assign({std::string{key.type}, std::string{key.id}},
                                  std::move(findings));
    };
    if (const auto key = keys_.account.match(entry.key)) {
        with_settings_.insert(fmt::format("{}:{}", key->type, key->id));
        keep(*key, accounts_);
    } else if (keys_.account_fallback) {
        if (const auto fallback = keys_.account_fallback->match(entry.key)) {
            keep(*fallback, fallbacks_);
        }
    }
}

std::string FieldCheck::wrong_in_specification(std::string_view field) const {
    if (has(specification_, field)) return {};
    if (has(options_, field)) return "is of a whole group: it counts in groups:{NAME}:* only";
    return "unknown field" + wire::did_you_mean(wire::nearest_name(field, specification_));
}

std::string FieldCheck::wrong_in_options(std::string_view field) const {
    if (has(options_, field)) return {};
    if (has(specification_, field)) {
        return "is of a symbol: it counts in groups:{NAME}:SYMBOL only";
    }
    const auto level = std::ranges::find(level_names, field,
                                         &std::pair<std::string_view, std::string_view>::first);
    if (level != level_names.end()) {
        return fmt::format("is of an account: that of a group is {}", level->second);
    }
    return "unknown field" + wire::did_you_mean(wire::nearest_name(field, options_));
}

void FieldCheck::add_group(const wire::KeyParts& parts, const wire::BookEntry& entry) {
    const InstrumentKey key = instrument_key(parts);
    const bool is_whole = key.symbol == whole_group;
    RuleFindings findings;
    for (std::size_t i = 0; i + 1 < entry.value.size(); i += 2) {
        if (entry.value[i + 1].empty()) continue;  // not set
        const std::string_view field = entry.value[i];
        const std::string wrong =
            is_whole ? wrong_in_options(field) : wrong_in_specification(field);
        if (!wrong.empty()) findings.push_back(fmt::format("{}: {}", field, wrong));
    }
    const auto is_bad = [&](wire::FlatReply hash) {
        return wire::decode_instrument(key, hash).has_bad_rules;
    };
    if (is_whole) find_bad_values(entry.value, is_bad, findings);
    if (!findings.empty()) groups_.insert_or_assign(key, std::move(findings));
}

const std::string& FieldCheck::slip_in_account(std::string_view field) {
    const auto known = slips_.find(field);
    if (known != slips_.end()) return known->second;
    const bool is_known = has(account_, field);
    const std::string_view meant = is_known ? std::string_view{} : wire::slip_of(field, account_);
    return slips_.emplace(field, wire::did_you_mean(meant)).first->second;
}

RuleFindings FieldCheck::account_findings(const wire::BookEntry& entry) {
    RuleFindings findings;
    for (std::size_t i = 0; i + 1 < entry.value.size(); i += 2) {
        if (entry.value[i + 1].empty()) continue;
        const std::string& slip = slip_in_account(entry.value[i]);
        if (slip.empty()) continue;
        findings.push_back(fmt::format("{}: unknown field{}", entry.value[i], slip));
    }
    find_bad_values(entry.value, is_bad_account, findings);
    return findings;
}

RuleFindings FieldCheck::of_group(const InstrumentKey& key) const {
    const auto found = groups_.find(key);
    return found == groups_.end() ? RuleFindings{} : found->second;
}

RuleFindings FieldCheck::of_account(const AccountKey& key) const {
    const auto& accounts = with_settings_.contains(key.text()) ? accounts_ : fallbacks_;
    const auto found = accounts.find(key);
    return found == accounts.end() ? RuleFindings{} : found->second;
}

}  // namespace margind::app
