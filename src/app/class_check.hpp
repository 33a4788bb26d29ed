#pragma once
#include "app/config.hpp"
#include "app/lint_report.hpp"
#include "wire/book_file.hpp"

namespace margind::app {

/// Asset classes that nothing else knows: of the sessions one that is not listed
/// (core/rules/asset_class.hpp) and that no specification of the book has, of a specification one
/// that is not listed and has no session. `book` may be null: then of the sessions only what must
/// be a slip of the pen, since a broker may have classes of its own.
void check_classes(const Config& config, const wire::StoredBook* book, LintReport& report);

}  // namespace margind::app
