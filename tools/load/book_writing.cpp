#include "load/book_writing.hpp"

#include <fmt/format.h>

#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "adapters/redis/loader.hpp"
#include "common/interrupt.hpp"
#include "common/progress.hpp"
#include "wire/book_entries.hpp"

namespace margind::load {
namespace {

namespace asio = boost::asio;
using wire::BookEntry;
using wire::BookEntryWriter;

std::int64_t wall_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// The book being written, one account after the other.
class BookMaker {
public:
    explicit BookMaker(memory::BookGenerator generator) : generator_{std::move(generator)} {}

    void write_market(BookEntryWriter& writer, std::int64_t ts_ms) {
        for (const InstrumentSpec& spec : generator_.instruments()) writer.instrument(spec);
        for (const auto& [symbol, price] : generator_.prices(ts_ms)) writer.price(symbol, price);
    }
    /// False at the end, or when the user wants to stop.
    bool write_next(BookEntryWriter& writer) {
        if (accounts_ == generator_.account_count() || tools::is_interrupted()) return false;
        const AccountImage account = generator_.account(accounts_++);
        positions_ += account.orders.size();
        writer.account(account);
        progress_.show(accounts_, accounts_, generator_.account_count());
        return true;
    }
    [[nodiscard]] Counts counts() const {
        return {{"accounts", accounts_}, {"positions", positions_}};
    }

private:
    memory::BookGenerator generator_;
    tools::Progress progress_{"accounts"};
    std::uint32_t accounts_ = 0;
    std::uint64_t positions_ = 0;
};

/// Lines of a book file. What could not be written is found at the end.
class FileSink final : public wire::BookEntrySink {
public:
    static std::expected<FileSink, std::string> open(const std::string& path) {
        FileSink sink;
        sink.path_ = path;
        sink.file_.reset(path == "-" ? stdout : std::fopen(path.c_str(), "wb"));
        if (sink.file_ == nullptr) return std::unexpected{path + ": " + std::strerror(errno)};
        return sink;
    }
    void put(const BookEntry& entry) override {
        line_.clear();
        append_book_line(line_, entry);
        std::fwrite(line_.data(), 1, line_.size(), file_.get());
        ++keys_;
    }
    std::expected<std::uint64_t, std::string> close() {
        const bool is_written = std::ferror(file_.get()) == 0 && std::fflush(file_.get()) == 0;
        if (!is_written) return std::unexpected{path_ + ": " + std::strerror(errno)};
        return keys_;
    }

private:
    struct Closer {
        void operator()(std::FILE* file) const {
            if (file != stdout) std::fclose(file);
        }
    };
    std::string path_;
    std::unique_ptr<std::FILE, Closer> file_;
    std::string line_;
    std::uint64_t keys_ = 0;
};

/// Commands that leave exactly these entries behind. Of keys that other programs share (holder
/// sets, specifications, prices) only the given members and fields are touched.
class RedisSink final : public wire::BookEntrySink {
public:
    explicit RedisSink(redis::Loader& loader) : loader_{loader} {}

    void put(const BookEntry& entry) override {
        const bool is_of_an_account = entry.key.starts_with("user");
        if (is_of_an_account) loader_.pipeline().add({"DEL", entry.key});
        words_.assign({entry.type == wire::BookType::set ? "SADD" : "HSET", entry.key});
        words_.insert(words_.end(), entry.value.begin(), entry.value.end());
        loader_.pipeline().add(words_);
        ++entries_;
    }
    [[nodiscard]] std::uint64_t entries() const { return entries_; }

private:
    redis::Loader& loader_;
    std::vector<std::string_view> words_;
    std::uint64_t entries_ = 0;
};

std::expected<Counts, std::string> write_file(const Options& options, const wire::Keys& keys,
                                              BookMaker& maker) {
    auto sink = FileSink::open(options.out);
    if (!sink) return std::unexpected{std::move(sink.error())};
    BookEntryWriter writer{keys, *sink};
    // No stamp: the same seed makes the same bytes, and a feed of any day may follow.
    maker.write_market(writer, 0);
    while (maker.write_next(writer)) {}
    writer.holders();
    const auto written = sink->close();
    if (!written) return std::unexpected{written.error()};
    Counts counts = maker.counts();
    counts.emplace_back("keys", *written);
    return counts;
}

asio::awaitable<Result<void>> write_through(redis::Connection& connection, const wire::Keys& keys,
                                            BookMaker& maker, Counts& counts) {
    redis::Loader loader{connection};
    RedisSink sink{loader};
    BookEntryWriter writer{keys, sink, BookEntryWriter::HolderSets::at_once};
    maker.write_market(writer, wall_ms());
    while (connection.is_up() && maker.write_next(writer)) {
        if (loader.is_full()) co_await loader.send();
    }
    const auto finished = co_await loader.finish();
    if (!finished) co_return std::unexpected{finished.error()};
    counts = maker.counts();
    counts.emplace_back("entries", sink.entries());
    counts.emplace_back("commands_answered", finished->answered);
    if (finished->errors + finished->wrong_types > 0) {
        const std::string reason =
            finished->first_error.empty() ? "a key of another type" : finished->first_error;
        co_return std::unexpected{Error{
            Fault::refused,
            fmt::format("the server refused {} of {} commands: {}",
                        finished->errors + finished->wrong_types, finished->answered, reason)}};
    }
    co_return Result<void>{};
}

std::expected<Counts, std::string> write_server(const Options& options, const wire::Keys& keys,
                                                BookMaker& maker) {
    const auto login = tools::redis_options(options.redis);
    if (!login) return std::unexpected{login.error()};
    Counts counts;
    const auto written = tools::with_redis(*login, [&](redis::Connection& connection) {
        return write_through(connection, keys, maker, counts);
    });
    if (!written) return std::unexpected{written.error()};
    return counts;
}

}  // namespace

std::expected<Counts, std::string> write_book(const Options& options) {
    const auto keys = wire::compile_keys({}, 0);
    if (!keys) return std::unexpected{keys.error().front()};
    auto generator = memory::BookGenerator::make(options.book);
    if (!generator) return std::unexpected{std::move(generator.error())};
    BookMaker maker{std::move(*generator)};
    return options.command == Command::book ? write_file(options, *keys, maker)
                                            : write_server(options, *keys, maker);
}

}  // namespace margind::load
