// margind-load: seeded accounts and a seeded market, into a book file or a Redis.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <variant>

#include "common/interrupt.hpp"
#include "common/progress.hpp"
#include "load/book_writing.hpp"
#include "load/market_writing.hpp"
#include "load/options.hpp"
#include "wire/json_writer.hpp"

namespace margind::load {
namespace {

std::string as_json(const Counts& counts, double seconds) {
    std::string out;
    wire::JsonWriter json{out};
    json.begin_object();
    for (const auto& [name, count] : counts) json.field(name, count);
    json.key("seconds").fixed(seconds, 6).end_object();
    out += '\n';
    return out;
}

std::string as_text(const Counts& counts, double seconds) {
    std::size_t width = std::string{"seconds"}.size();
    for (const auto& [name, count] : counts) width = std::max(width, name.size());
    std::string out;
    for (const auto& [name, count] : counts) {
        out += fmt::format("{:<{}}  {}\n", name, width, tools::grouped(count));
    }
    return out + fmt::format("{:<{}}  {:.3f}\n", "seconds", width, seconds);
}

int run(int argc, const char* const* argv) {
    const auto parsed = parse_options(argc, argv);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    const Options& options = std::get<Options>(parsed);
    tools::catch_interrupts();
    const auto start = std::chrono::steady_clock::now();
    const auto counts =
        options.command == Command::market ? run_market(options) : write_book(options);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    if (!counts) {
        fmt::print(stderr, "margind-load: {}\n", counts.error());
        return 1;
    }
    const bool is_cut_short = tools::is_interrupted() && options.command != Command::market;
    if (is_cut_short) fmt::print(stderr, "margind-load: interrupted; so far:\n");
    // With the book on the standard output the statistics must not run into it.
    std::FILE* const to = options.command == Command::book && options.out == "-" ? stderr : stdout;
    const std::string text =
        options.as_json ? as_json(*counts, elapsed.count()) : as_text(*counts, elapsed.count());
    std::fwrite(text.data(), 1, text.size(), to);
    return is_cut_short ? 1 : 0;
}

}  // namespace
}  // namespace margind::load

int main(int argc, char** argv) {
    try {
        return margind::load::run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "margind-load: {}\n", error.what());
        return 1;
    }
}
