#pragma once
#include <string>

namespace margind::app {

/// Where a running service is asked, and how the answer is shown.
struct Query {
    std::string url = "http://127.0.0.1:8600";
    std::string token_file;
    bool as_json = false;
    int limit = 100;     // of a page
    std::string cursor;  // of the page before; empty = the first
};

// Each prints its answer on standard output, problems on standard error, and gives the exit code.

int evaluate_file(const std::string& path);
/// A document a line; the answer to one that cannot be worked out is `null`.
int evaluate_lines(const std::string& path);
int ask_status(const Query& query);
int ask_dirty(const Query& query, const std::string& type);
int ask_account(const Query& query, const std::string& id);
int ask_health(const Query& query, bool asks_readiness);

}  // namespace margind::app
