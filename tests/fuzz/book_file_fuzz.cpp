// A book file, through the decoders that read Redis, into an engine: no line may do harm.
#include "fuzz/fuzz.hpp"
#include "wire/book_file.hpp"
#include "wire/book_supply.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace margind;
    wire::BookReader reader{wire::Keys{}, {"live", "demo"}};
    fuzz::for_each_line(fuzz::text_of(data, size), [&](std::string_view line, bool is_whole) {
        is_whole ? reader.add_line(line) : reader.add_unterminated(line);
    });
    const wire::StoredBook book = reader.finish();
    Engine engine{EngineOptions{}};
    wire::open_book(engine, book, {1'000, 1'400'000'000'000});
    engine.recompute({1'200, 1'400'000'000'200});
    fuzz::must(engine.book().account_count() == book.accounts.size());
    return 0;
}
