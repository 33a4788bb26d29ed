#pragma once
#include <cstdint>

#include "margind/core/engine/engine.hpp"
#include "wire/book_file.hpp"

namespace margind::wire {

/// Makes every account of the book known to the engine and answers all it needs. Prices of the book
/// carry no stamp into the engine, so that a feed of any day may follow them.
void open_book(Engine& engine, const StoredBook& book, Moment now);

/// Answers everything the engine needs now from the book: images, specifications, prices. What the
/// book lacks is said not to exist.
void supply(Engine& engine, const StoredBook& book, Moment now);

}  // namespace margind::wire
