#include "app/config.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <set>

#include "app/config_schema.hpp"
#include "app/config_sessions.hpp"
#include "app/config_values.hpp"

namespace margind::app {
namespace {

class Loader {
public:
    Loader() : fields_{schema(out_.config)} {
        for (const Field& field : fields_) out_.sources[field.name] = "default";
    }
    // The fields point into out_.
    Loader(const Loader&) = delete;
    Loader& operator=(const Loader&) = delete;

    void read_file(const std::string& path) {
        try {
            const toml::table file = toml::parse_file(path);
            walk(file, "", path);
        } catch (const toml::parse_error& error) {
            const auto at = error.source().begin;
            out_.is_read = false;
            problem(fmt::format("{}:{}:{}: {}", path, at.line, at.column, error.description()));
        }
    }

    void read_environment(const std::map<std::string, std::string>& environment) {
        for (const Field& field : fields_) {
            std::string name = "MARGIND_";
            for (const char c : field.name) {
                name += c == '.' ? '_' : static_cast<char>(std::toupper(c));
            }
            const auto found = environment.find(name);
            if (found == environment.end()) continue;
            set(field, set_from_text(field, found->second), name, name);
        }
    }

    void read_override(const std::string& assignment) {
        const std::size_t equals = assignment.find('=');
        const std::string name = assignment.substr(0, equals);
        const std::string where = "--set " + name;
        if (equals == std::string::npos) {
            problem(where + ": expected section.key=value");
            return;
        }
        const std::string text = assignment.substr(equals + 1);
        constexpr std::string_view currencies = "currencies.";
        if (name.starts_with(currencies)) {
            set_currency(name.substr(currencies.size()), whole_number(text), where, "--set");
        } else if (const Field* field = find(name)) {
            set(*field, set_from_text(*field, text), where, "--set");
        } else {
            unknown(name, where);
        }
    }

    LoadedConfig finish() {
        // Without the file's values nothing can be said of what goes together.
        if (!out_.is_read) return std::move(out_);
        join_conversions();
        for (const std::string& text : check_together(out_.config, failed_)) {
            const auto where = wheres_.find(text.substr(0, text.find(": ")));
            problem(where == wheres_.end() ? text : where->second + ": " + text);
        }
        restore_refused();
        return std::move(out_);
    }

private:
    void walk(const toml::table& table, const std::string& prefix, const std::string& path) {
        for (const auto& [key, node] : table) {
            const std::string name = prefix + std::string{key.str()};
            const auto at = key.source().begin;
            const std::string where = fmt::format("{}:{}:{}", path, at.line, at.column);
            if (prefix == "currencies.") {
                set_currency(std::string{key.str()}, node.value_exact<std::int64_t>(), where,
                             where);
            } else if (name == "sessions") {
                read_sessions(node, path, out_);
            } else if (const toml::table* inner = node.as_table()) {
                walk(*inner, name + ".", path);
            } else if (const Field* field = find(name)) {
                set(*field, set_from_toml(*field, node), where,
                    fmt::format("{}:{}", path, at.line));
            } else {
                unknown(name, where);
            }
        }
    }

    void set_currency(const std::string& code, std::optional<std::int64_t> digits,
                      const std::string& where, const std::string& source) {
        if (code.empty() || !digits) {
            problem(fmt::format("{}: currencies.{}: expected a code with a whole number of digits",
                                where, code));
            return;
        }
        out_.config.currency_digits[code] = *digits;
        out_.sources["currencies." + code] = source;
    }

    const Field* find(std::string_view name) const {
        const auto found = std::ranges::find(fields_, name, &Field::name);
        return found == fields_.end() ? nullptr : &*found;
    }

    void set(const Field& field, const std::string& wrong, const std::string& where,
             const std::string& source) {
        out_.sources[field.name] = source;
        wheres_[field.name] = where;
        failed_.erase(field.name);
        if (wrong.empty()) return;
        failed_.insert(field.name);
        problem(fmt::format("{}: {}: {}", where, field.name, wrong));
    }

    void unknown(const std::string& name, const std::string& where) {
        const std::string close = nearest(name, fields_);
        const std::string hint = close.empty() ? "" : fmt::format("; did you mean {}?", close);
        problem(fmt::format("{}: {}: unknown key{}", where, name, hint));
    }

    /// One choice under two names; who says both has to say the same.
    void join_conversions() {
        const std::string first = "rules.margin_conversion";
        const std::string second = "rules.exposure_conversion";
        auto& rules = out_.config.rules;
        if (rules.exposure_conversion.empty() || failed_.contains(second)) return;
        if (rules.exposure_conversion == rules.margin_conversion) return;
        if (const auto said = wheres_.find(first); said != wheres_.end()) {
            problem(fmt::format("{}: {}: {}, but {} is {} ({}): one choice under two names",
                                wheres_[second], second, rules.exposure_conversion, first,
                                rules.margin_conversion, said->second));
            return;
        }
        rules.margin_conversion = rules.exposure_conversion;
        out_.sources[first] = out_.sources[second];
    }

    void restore_refused() {
        Config defaults;
        const std::vector<Field> sound = schema(defaults);
        for (std::size_t i = 0; i < fields_.size(); ++i) {
            if (!failed_.contains(fields_[i].name)) continue;
            std::visit([&](auto* value) { *value = *std::get<decltype(value)>(sound[i].target); },
                       fields_[i].target);
        }
        out_.refused = failed_;
    }

    void problem(std::string text) { out_.problems.push_back(std::move(text)); }

    LoadedConfig out_;
    std::vector<Field> fields_;
    std::map<std::string, std::string> wheres_;  // of keys that somebody has set
    std::set<std::string> failed_;               // keys whose last value was refused
};

}  // namespace

LoadedConfig load_config(const std::string& path,
                         const std::map<std::string, std::string>& environment,
                         const Strings& overrides) {
    Loader loader;
    if (!path.empty()) loader.read_file(path);
    loader.read_environment(environment);
    for (const std::string& assignment : overrides) loader.read_override(assignment);
    return loader.finish();
}

std::map<std::string, std::string> margind_environment() {
    std::map<std::string, std::string> found;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        const std::size_t equals = text.find('=');
        if (!text.starts_with("MARGIND_") || equals == std::string_view::npos) continue;
        found.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return found;
}

std::string print_config(const LoadedConfig& loaded, bool as_json) {
    Config config = loaded.config;
    std::string out;
    std::string section;
    for (const Field& field : schema(config)) {
        const std::size_t dot = field.name.find('.');
        const std::string& source = loaded.sources.at(field.name);
        const std::string value = toml_text(field);
        if (as_json) {
            out += fmt::format("{}\"{}\":{{\"value\":{},\"source\":\"{}\"}}",
                               out.empty() ? "{" : ",", field.name, value, source);
            continue;
        }
        if (field.name.substr(0, dot) != section) {
            section = field.name.substr(0, dot);
            out += fmt::format("{}[{}]\n", out.empty() ? "" : "\n", section);
        }
        out += fmt::format("{} = {}  # {}; {}\n", field.name.substr(dot + 1), value, field.why,
                           source);
    }
    if (as_json) return out + print_sessions(loaded, as_json) + "}\n";
    if (!config.currency_digits.empty()) out += "\n[currencies]\n";
    for (const auto& [code, digits] : config.currency_digits) {
        out += fmt::format("{} = {}\n", code, digits);
    }
    return out + print_sessions(loaded, as_json);
}

}  // namespace margind::app
