#include "margind/core/book/position_details.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace margind {
namespace {

constexpr std::uint64_t odd = ~std::uint64_t{0};
constexpr std::uint64_t text_bit = std::uint64_t{1} << 63;
constexpr std::size_t text_max = 7;      // letters beside a byte for their number
constexpr std::size_t digits_most = 18;  // of a number that certainly fits

/// A number as it is written, or a few letters.
std::optional<std::uint64_t> pack(std::string_view id) {
    std::uint64_t number = 0;
    const char* const end = id.data() + id.size();
    const bool is_plain = !id.empty() && id.size() <= digits_most && (id[0] != '0' || id == "0");
    if (is_plain && std::from_chars(id.data(), end, number).ptr == end) return number;
    if (id.size() > text_max) return std::nullopt;
    std::uint64_t packed = text_bit | (std::uint64_t{id.size()} << 56);
    for (std::size_t i = 0; i < id.size(); ++i) {
        packed |= std::uint64_t{static_cast<unsigned char>(id[i])} << (8 * i);
    }
    return packed;
}

void unpack(std::uint64_t packed, std::string& id) {
    char text[digits_most + 1];
    if ((packed & text_bit) == 0) {
        id.assign(text, std::to_chars(text, text + sizeof text, packed).ptr);
        return;
    }
    const std::size_t size = (packed >> 56) & 0x7f;
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((packed >> (8 * i)) & 0xff);
    id.assign(text, size);
}

double real_of(std::int32_t minor, Digits digits) { return minor / scale(digits); }

/// The amount as whole minor units, where that says it to the last bit.
std::optional<std::int32_t> small_minor(double amount, Digits digits) {
    const double minor = std::round(amount * scale(digits));
    if (!(std::abs(minor) <= std::numeric_limits<std::int32_t>::max())) return std::nullopt;
    const auto whole = static_cast<std::int32_t>(minor);
    const bool is_same =
        real_of(whole, digits) == amount && !(amount == 0.0 && std::signbit(amount));
    return is_same ? std::optional{whole} : std::nullopt;
}

/// The lots that make so many units. Where the contract is not known, units are lots.
std::optional<Volume> volume_of(double units, double contract_size) {
    const double lots = std::abs(units) / (contract_size > 0.0 ? contract_size : 1.0);
    const double raw = std::round(lots * static_cast<double>(Volume::per_lot));
    if (!(raw <= static_cast<double>(volume_raw_max))) return std::nullopt;
    return Volume::from_raw(static_cast<std::int64_t>(raw));
}

/// The record that columns and kind tell of a position, without what is in the details.
std::optional<PositionRecord> told(std::size_t slot, const PositionColumns& columns,
                                   const PositionKind& kind) {
    const auto volume = volume_of(columns.units[slot], kind.contract_size);
    if (!volume) return std::nullopt;
    PositionRecord record;
    record.symbol = kind.symbol;
    record.side = kind.is_short ? Side::sell : Side::buy;
    record.open_price = columns.open_price[slot];
    record.volume = *volume;
    record.quantity = volume->lots();
    return record;
}

/// True where nothing but ids, times, swap and commission is left to say.
bool says_all(const PositionRecord& told, const PositionRecord& record) {
    return told.symbol == record.symbol && told.side == record.side && !record.is_dangling &&
           told.open_price == record.open_price && told.volume == record.volume &&
           told.quantity == record.quantity && std::isnan(record.margin) && !record.given_pnl &&
           !record.is_isolated && !record.isolated_margin;
}

}  // namespace

void PositionDetails::reserve(std::size_t size) {
    ids_.reserve(size);
    opened_ms_.reserve(size);
    swaps_.reserve(size);
    commissions_.reserve(size);
}

void PositionDetails::resize(std::size_t size) {
    ids_.resize(size, 0);
    opened_ms_.resize(size, 0);
    swaps_.resize(size, 0);
    commissions_.resize(size, 0);
}

void PositionDetails::set(std::size_t slot, PositionRecord record, const PositionColumns& columns,
                          const PositionKind& kind) {
    clear(slot);
    const auto id = pack(record.id);
    const auto swap = small_minor(record.swap, kind.account_digits);
    const auto commission = small_minor(record.commission, kind.account_digits);
    const auto rest = told(slot, columns, kind);
    if (!id || !swap || !commission || !rest || !says_all(*rest, record)) {
        ids_[slot] = odd;
        odd_.insert_or_assign(slot, std::move(record));
        return;
    }
    ids_[slot] = *id;
    opened_ms_[slot] = record.opened_ms;
    swaps_[slot] = *swap;
    commissions_[slot] = *commission;
}

void PositionDetails::clear(std::size_t slot) {
    if (ids_[slot] == odd) odd_.erase(slot);
    ids_[slot] = 0;
}

void PositionDetails::read(std::size_t slot, const PositionColumns& columns,
                           const PositionKind& kind, PositionRecord& out) const {
    if (ids_[slot] == odd) {
        out = odd_.find(slot)->second;
        return;
    }
    std::string id = std::move(out.id);
    out = *told(slot, columns, kind);
    out.id = std::move(id);
    unpack(ids_[slot], out.id);
    out.opened_ms = opened_ms_[slot];
    out.swap = real_of(swaps_[slot], kind.account_digits);
    out.commission = real_of(commissions_[slot], kind.account_digits);
}

}  // namespace margind
