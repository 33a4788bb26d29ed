#include "bench/written_book.hpp"

#include <fmt/format.h>

#include <map>
#include <stdexcept>

#include "adapters/memory/book_generator.hpp"
#include "bench/raw_socket.hpp"
#include "service/beat.hpp"
#include "support/redis_server.hpp"
#include "wire/snapshot_fields.hpp"

namespace margind::bench {
namespace {

memory::BookGenerator make_book(std::uint32_t accounts, std::uint64_t seed) {
    memory::BookOptions options;
    options.seed = seed;
    options.accounts = accounts;
    options.symbols = {"EURUSD", "NZDUSD", "XAUUSD", "GBPUSD", "USDJPY"};
    return memory::BookGenerator::make(options).value();
}

}  // namespace

WrittenBook::WrittenBook(std::uint32_t accounts, std::uint64_t seed, const wire::Keys& keys)
    : keys_{keys},
      batch_size_{service::BeatOptions{}.snapshots_per_write},
      engine_{std::make_unique<Engine>(EngineOptions{})} {
    const Moment now{1'000'000, 1'700'000'000'000};
    const memory::BookGenerator book = make_book(accounts, seed);
    for (const InstrumentSpec& spec : book.instruments()) engine_->apply(spec);
    for (std::uint32_t i = 0; i < book.account_count(); ++i) engine_->apply(book.account(i), now);
    for (const auto& [symbol, price] : book.prices(0)) {
        const SymbolId id = engine_->intern_symbol(symbol);
        engine_->apply(PriceTick{.symbol = id, .bid = price.bid, .ask = price.ask}, now);
    }
    engine_->recompute(now);
    for (auto batch = engine_->next_snapshots(batch_size_, now); !batch.empty();
         batch = engine_->next_snapshots(batch_size_, now)) {
        engine_->confirm(batch, Written::yes);
        snapshots_ += batch.size();
        batches_.push_back(std::move(batch));
    }
    if (snapshots_ != accounts) {
        throw std::runtime_error{
            fmt::format("expected {} snapshots, the engine made {}", accounts, snapshots_)};
    }
}

std::string WrittenBook::key_of(const Snapshot& snapshot) const {
    const std::size_t colon = snapshot.account.find(':');
    return keys_.portfolio.text(
        {.type = snapshot.account.substr(0, colon), .id = snapshot.account.substr(colon + 1)});
}

std::vector<WrittenBook::Piece> WrittenBook::encode(std::size_t piece_bytes) const {
    std::vector<Piece> pieces(1);
    wire::SnapshotEncoder encoder;
    for (const SnapshotBatch& batch : batches_) {
        for (const Snapshot& snapshot : batch) {
            if (pieces.back().bytes.size() >= piece_bytes) pieces.emplace_back();
            const std::string key = key_of(snapshot);
            Words words{"HSET", key};
            for (const wire::Field& field : encoder.encode(snapshot, term)) {
                words.push_back(field.name);
                words.push_back(field.value);
            }
            Piece& piece = pieces.back();
            append_command(piece.bytes, words);
            append_command(piece.bytes, Words{"PUBLISH", keys_.update_channel, snapshot.account});
            piece.commands += 2;
        }
    }
    return pieces;
}

void WrittenBook::compare_with(std::uint16_t port) const {
    test::ServerClient client{port};
    wire::SnapshotEncoder encoder;
    for (const SnapshotBatch& batch : batches_) {
        for (const Snapshot& snapshot : batch) {
            std::map<std::string, std::string> expected;
            for (const wire::Field& field : encoder.encode(snapshot, term)) {
                expected.emplace(field.name, field.value);
            }
            const std::string key = key_of(snapshot);
            const test::ServerReply reply = client.call({"HGETALL", key});
            std::map<std::string, std::string> found;
            for (std::size_t i = 0; i + 1 < reply.elements.size(); i += 2) {
                found.emplace(reply.elements[i].text, reply.elements[i + 1].text);
            }
            if (found != expected) throw std::runtime_error{key + ": not what was written"};
        }
    }
    if (client.text({"DBSIZE"}) != std::to_string(snapshots_)) {
        throw std::runtime_error{"the server has keys that nobody wrote"};
    }
}

}  // namespace margind::bench
