#include "wire/book_supply.hpp"

namespace margind::wire {
namespace {

constexpr std::uint32_t accounts_at_once = 10'000;

void supply_account(Engine& engine, const StoredBook& book, AccountId id, Moment now) {
    const AccountKey key = engine.account_key(id);
    if (const AccountImage* image = book.account(key)) {
        engine.apply(*image, now);
        return;
    }
    AccountImage none;
    none.key = key;
    none.exists = false;
    engine.apply(none, now);
}

void supply_price(Engine& engine, const StoredBook& book, SymbolId symbol, Moment now) {
    const StoredPrice price = book.price(engine.symbols().name(symbol));
    if (price.exists) {
        engine.apply(PriceTick{.symbol = symbol, .bid = price.bid, .ask = price.ask}, now);
    } else {
        engine.forget_price(symbol);
    }
}

}  // namespace

void supply(Engine& engine, const StoredBook& book, Moment now) {
    while (engine.needs_anything()) {
        const Need need = engine.plan(accounts_at_once);
        for (const AccountId id : need.accounts) supply_account(engine, book, id, now);
        for (const InstrumentKey& key : need.instruments) engine.apply(book.instrument(key));
        for (const SymbolId symbol : need.prices) supply_price(engine, book, symbol, now);
    }
}

void open_book(Engine& engine, const StoredBook& book, Moment now) {
    for (const AccountImage& image : book.accounts) engine.adopt(image.key, now);
    supply(engine, book, now);
}

}  // namespace margind::wire
