#include "app/config_sessions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "app/config_values.hpp"

namespace margind::app {
namespace {

class SessionReader {
public:
    SessionReader(const std::string& path, LoadedConfig& out) : path_{path}, out_{out} {}

    void read(const toml::node& node) {
        const toml::array* tables = node.as_array();
        const auto is_table = [](const toml::node& element) { return element.is_table(); };
        if (tables == nullptr || !std::all_of(tables->begin(), tables->end(), is_table)) {
            problem(node.source(), "sessions", "expected tables, each under its own [[sessions]]");
            return;
        }
        for (const toml::node& table : *tables) read_table(*table.as_table());
        for (const SessionProblem& wrong : problems_of(sessions())) {
            if (follows_from_failed(wrong)) continue;
            const toml::table& table = *tables->get_as<toml::table>(wrong.session);
            problem(place_of(wrong, table), name_of(wrong.session, wrong.key), wrong.text);
        }
    }

private:
    void read_table(const toml::table& table) {
        const std::size_t index = sessions().size();
        const std::vector<Field> fields = session_fields(sessions().emplace_back());
        for (const Field& field : fields) read_value(index, field, table);
        for (const auto& [key, node] : table) {
            const std::string name{key.str()};
            if (std::ranges::find(fields, name, &Field::name) != fields.end()) continue;
            const std::string close = nearest(name, fields);
            const std::string hint = close.empty() ? "" : fmt::format("; did you mean {}?", close);
            problem(key.source(), name_of(index, name), "unknown key" + hint);
            if (!table.contains(close)) failed_.emplace(index, close);  // that it is missing
        }
    }

    void read_value(std::size_t index, const Field& field, const toml::table& table) {
        const auto found = table.find(field.name);
        if (found == table.end()) {
            out_.sources[name_of(index, field.name)] = "default";
            return;
        }
        const toml::source_region& place = found->first.source();
        const std::string wrong = set_from_toml(field, found->second);
        out_.sources[name_of(index, field.name)] = fmt::format("{}:{}", path_, place.begin.line);
        if (wrong.empty()) return;
        failed_.emplace(index, field.name);
        problem(place, name_of(index, field.name), wrong);
    }

    /// What would only follow from a value that was refused is not told.
    [[nodiscard]] bool follows_from_failed(const SessionProblem& wrong) const {
        const auto has_failed = [&](std::string_view key) {
            return failed_.contains({wrong.session, std::string{key}});
        };
        // Of the class itself all that can be wrong is that it has no members.
        if (wrong.key.empty()) return has_failed("symbols") || has_failed("asset_classes");
        return has_failed(wrong.key);
    }

    /// Of the list's element; else of the key; else of the table.
    static toml::source_region place_of(const SessionProblem& wrong, const toml::table& table) {
        const auto found = table.find(wrong.key);
        if (found == table.end()) return table.source();
        const toml::array* list = found->second.as_array();
        const toml::node* element = list == nullptr ? nullptr : list->get(wrong.element);
        return element == nullptr ? found->first.source() : element->source();
    }

    void problem(const toml::source_region& place, const std::string& name,
                 const std::string& text) {
        out_.problems.push_back(fmt::format("{}:{}:{}: {}: {}", path_, place.begin.line,
                                            place.begin.column, name, text));
    }

    [[nodiscard]] std::string name_of(std::size_t index, std::string_view key) const {
        return session_key(out_.config.sessions, index, key);
    }
    std::vector<SessionSettings>& sessions() { return out_.config.sessions; }

    const std::string& path_;
    LoadedConfig& out_;
    std::set<std::pair<std::size_t, std::string>> failed_;
};

}  // namespace

std::vector<Field> session_fields(SessionSettings& session) {
    return {
        {.name = "name", .target = &session.name, .why = "how the class is called"},
        {.name = "time_zone",
         .target = &session.time_zone,
         .why = "IANA time zone of all its times"},
        {.name = "open",
         .target = &session.open,
         .why = R"(weekly hours: "Sun 17:05-Fri 16:55", "Mon-Fri 09:30-16:00", "always")"},
        {.name = "holidays",
         .target = &session.holidays,
         .why = R"(dates: all day, "… until 13:00", "… from 18:00", "… closed 13:00-18:00")"},
        {.name = "symbols",
         .target = &session.symbols,
         .why = "its symbols; * stands for any text"},
        {.name = "asset_classes",
         .target = &session.asset_classes,
         .why = "asset classes, or families of them, whose symbols belong to it"},
    };
}

void read_sessions(const toml::node& node, const std::string& path, LoadedConfig& out) {
    SessionReader{path, out}.read(node);
}

std::string print_sessions(const LoadedConfig& loaded, bool as_json) {
    std::vector<SessionSettings> sessions = loaded.config.sessions;
    std::string out;
    for (std::size_t i = 0; i < sessions.size(); ++i) {
        std::string table;
        for (const Field& field : session_fields(sessions[i])) {
            const std::string& source = loaded.sources.at(session_key(sessions, i, field.name));
            const std::string value = toml_text(field);
            table += as_json
                         ? fmt::format("{}\"{}\":{{\"value\":{},\"source\":\"{}\"}}",
                                       table.empty() ? "" : ",", field.name, value, source)
                         : fmt::format("{} = {}  # {}; {}\n", field.name, value, field.why, source);
        }
        out += as_json ? fmt::format("{}{{{}}}", out.empty() ? "" : ",", table)
                       : "\n[[sessions]]\n" + table;
    }
    return as_json ? fmt::format(",\"sessions\":[{}]", out) : out;
}

}  // namespace margind::app
