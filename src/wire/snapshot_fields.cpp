#include "wire/snapshot_fields.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "wire/prop_text.hpp"

namespace margind::wire {
namespace {

constexpr std::array<std::uint64_t, digits_max + 1> integer_powers{
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};

char* write_text(char* to, std::string_view text) {
    return std::copy(text.begin(), text.end(), to);
}

template <class Integer>
char* write_integer(char* to, Integer number) {
    return std::to_chars(to, to + FieldList::value_max, number).ptr;
}

/// Two digits after the point.
char* write_cents(char* to, std::uint64_t cents) {
    *to++ = '.';
    *to++ = static_cast<char>('0' + cents / 10);
    *to++ = static_cast<char>('0' + cents % 10);
    return to;
}

/// Hundredths of a unit as text with two decimals.
char* write_hundredths(char* to, std::uint64_t hundredths, bool is_negative) {
    if (is_negative && hundredths != 0) *to++ = '-';
    return write_cents(write_integer(to, hundredths / 100), hundredths % 100);
}

struct Magnitude {
    std::uint64_t value;
    bool is_negative;
};

Magnitude magnitude(Money money) {
    const auto bits = static_cast<std::uint64_t>(money.minor());
    return money.minor() < 0 ? Magnitude{0 - bits, true} : Magnitude{bits, false};
}

/// The margin level in percent with two decimals, halves away from zero; 0.00 where nothing is
/// used. In integers: equity × 10,000 / margin are hundredths of a percent.
char* write_level(char* to, Money equity, Money margin) {
    __extension__ using Wide = unsigned __int128;
    if (margin.minor() <= 0) return write_text(to, "0.00");
    const auto [amount, is_negative] = magnitude(equity);
    const auto divisor = static_cast<std::uint64_t>(margin.minor());
    constexpr std::uint64_t narrow_max = UINT64_MAX / 10'000 / 2;
    if (amount <= narrow_max) {
        return write_hundredths(to, (amount * 10'000 + divisor / 2) / divisor, is_negative);
    }
    const Wide hundredths = (Wide{amount} * 10'000 + divisor / 2) / divisor;
    if (hundredths <= UINT64_MAX) {
        return write_hundredths(to, static_cast<std::uint64_t>(hundredths), is_negative);
    }
    return write_fixed(to, level_percent(equity, margin), 2);
}

/// Money as the shortest text of the nearest double.
char* write_shortest(char* to, Money money, Digits digits) {
    // Up to 15 digits, the decimal without its trailing zeros is that text.
    constexpr std::uint64_t shortest_max = 999'999'999'999'999;
    const auto [minor, is_negative] = magnitude(money);
    if (minor > shortest_max) return wire::write_shortest(to, money.to_double(digits));
    if (is_negative) *to++ = '-';
    const std::uint64_t scale = integer_powers[digits.value];
    to = write_integer(to, minor / scale);
    std::uint64_t rest = minor % scale;
    if (rest == 0) return to;
    *to++ = '.';
    for (std::uint64_t place = scale / 10; rest != 0; place /= 10) {
        *to++ = static_cast<char>('0' + rest / place);
        rest %= place;
    }
    return to;
}

/// Appends names to a list separated by commas.
class NameList {
public:
    explicit NameList(char* to) : begin_{to}, end_{to} {}
    void add(std::string_view name) {
        if (end_ != begin_) *end_++ = ',';
        end_ = write_text(end_, name);
    }
    [[nodiscard]] char* end() const { return end_; }

private:
    char* begin_;
    char* end_;
};

/// The platform's names for why figures are missing, in the order it writes them.
constexpr std::array<std::pair<Cause, std::string_view>, 3> platform_names{{
    {Cause::no_instrument, "missing_group_data"},
    {Cause::no_price, "missing_prices"},
    {Cause::no_rate, "missing_conversion"},
}};

constexpr std::array<std::pair<Degraded, std::string_view>, 4> degraded_names{{
    {Degraded::orders_skipped, "orders_skipped"},
    {Degraded::missing_group_data, "missing_group_data"},
    {Degraded::missing_prices, "missing_prices"},
    {Degraded::missing_conversion, "missing_conversion"},
}};

char* write_causes(char* to, Causes causes) {
    NameList list{to};
    for (const auto& [cause, name] : platform_names) {
        if (causes.has(cause)) list.add(name);
    }
    for (const auto& [cause, name] : cause_names) {
        const auto is_this = [&](const auto& entry) { return entry.first == cause; };
        if (causes.has(cause) && std::ranges::none_of(platform_names, is_this)) list.add(name);
    }
    return list.end();
}

std::string_view error_code(PlatformError error) {
    switch (error) {
        case PlatformError::none: return "";
        case PlatformError::missing_balance: return "missing_balance";
        case PlatformError::missing_contract_size:
            return "missing_contract_size_no_leverage_and_margin";
    }
    return "";
}

}  // namespace

char* write_two_decimals(char* to, Money money, Digits digits) {
    const auto [minor, is_negative] = magnitude(money);
    if (digits.value == 2) return write_hundredths(to, minor, is_negative);
    if (digits.value < 2) {
        if (is_negative && minor != 0) *to++ = '-';
        const std::uint64_t scale = integer_powers[digits.value];
        to = write_integer(to, minor / scale);
        return write_cents(to, minor % scale * integer_powers[2 - digits.value]);
    }
    const std::uint64_t divisor = integer_powers[digits.value - 2];
    return write_hundredths(to, (minor + divisor / 2) / divisor, is_negative);
}

char* write_fixed(char* to, double value, int decimals) {
    char* const limit = to + FieldList::value_max;
    char* const end = std::to_chars(to, limit, value, std::chars_format::fixed, decimals).ptr;
    const auto is_nothing = [](char c) { return c == '-' || c == '0' || c == '.'; };
    if (*to != '-' || !std::all_of(to, end, is_nothing)) return end;
    return std::copy(to + 1, end, to);
}

char* write_shortest(char* to, double value) {
    return std::to_chars(to, to + FieldList::value_max, value == 0.0 ? 0.0 : value).ptr;
}

void FieldList::add_text(std::string_view name, std::string_view text) {
    MARGIND_ASSERT(field_count_ < fields_max);
    fields_[field_count_++] = {name, text};
}

void FieldList::add_integer(std::string_view name, std::int64_t number) {
    add(name, [&](char* to) { return write_integer(to, number); });
}

void FieldList::add_natural(std::string_view name, std::uint64_t number) {
    add(name, [&](char* to) { return write_integer(to, number); });
}

void SnapshotEncoder::add_figures(const StandardFigures& figures) {
    const Valuation& valuation = figures.valuation;
    const auto money = [&](std::string_view name, Money amount) {
        list_.add(name, [&](char* to) { return write_two_decimals(to, amount, figures.digits); });
    };
    const auto exact = [&](char* to) {
        return write_shortest(to, valuation.margin, figures.digits);
    };
    money("equity", valuation.equity);
    money("balance", figures.balance);
    money("free_margin", valuation.free_margin());
    money("used_margin", valuation.margin);
    list_.add("margin_level", [&](char* to) {
        return write_level(to, valuation.level_equity(), valuation.margin);
    });
    money("open_pnl", valuation.pnl);
    money("total_pl", valuation.pnl);
    list_.add("used_margin_executed", exact);
    list_.add("used_margin_all", exact);
}

void SnapshotEncoder::add_figures(const PlatformFigures& figures) {
    const auto money = [&](std::string_view name, double amount) {
        list_.add(name, [&](char* to) { return write_fixed(to, amount, 2); });
    };
    const auto exact = [&](std::string_view name, double amount) {
        list_.add(name, [&](char* to) { return wire::write_shortest(to, amount); });
    };
    money("equity", figures.equity);
    money("balance", figures.balance);
    money("free_margin", figures.free_margin());
    money("used_margin", figures.used_margin_executed);
    money("margin_level", figures.level);
    money("open_pnl", figures.open_pnl);
    money("total_pl", figures.open_pnl);
    exact("used_margin_executed", figures.used_margin_executed);
    exact("used_margin_all", figures.used_margin_all);
}

void SnapshotEncoder::add_status(const Snapshot& snapshot) {
    const bool is_error = snapshot.causes.has(Cause::no_balance);
    const bool is_degraded = snapshot.verdict == Verdict::unknown;
    list_.add_text("calc_status", is_error ? "error" : is_degraded ? "degraded" : "ok");
    list_.add("degraded_fields", [&](char* to) { return write_causes(to, snapshot.causes); });
    list_.add_text("error_codes", is_error ? error_code(PlatformError::missing_balance) : "");
}

void SnapshotEncoder::add_platform_status(const PlatformFigures& figures) {
    list_.add_text("calc_status", figures.degraded != 0 ? "degraded" : "ok");
    list_.add("degraded_fields", [&](char* to) {
        NameList list{to};
        for (const auto& [bit, name] : degraded_names) {
            if ((figures.degraded & std::to_underlying(bit)) != 0) list.add(name);
        }
        return list.end();
    });
}

void SnapshotEncoder::add_origin(const Snapshot& snapshot, std::uint64_t term) {
    list_.add_text("verdict", to_string(snapshot.verdict));
    if (snapshot.prop != nullptr) {
        prop_text_.clear();
        append_prop_memory(prop_text_, *snapshot.prop);
        list_.add_text(prop_state_field, prop_text_);
    }
    list_.add_integer("price_age_ms", snapshot.price_age_ms);
    list_.add_natural("data_epoch", snapshot.data_epoch);
    list_.add_natural("term", term);
    list_.add_text("schema", schema_version);
}

std::span<const Field> SnapshotEncoder::encode(const Snapshot& snapshot, std::uint64_t term) {
    list_.clear();
    if (const auto* platform = std::get_if<PlatformFigures>(&snapshot.figures)) {
        if (platform->error != PlatformError::none) {
            list_.add_text("calc_status", "error");
            list_.add_text("error_codes", error_code(platform->error));
            add_origin(snapshot, term);
            return list_.fields();
        }
        add_figures(*platform);
        list_.add_integer("ts", snapshot.ts_ms);
        add_platform_status(*platform);
    } else {
        if (snapshot.has_figures()) {
            add_figures(std::get<StandardFigures>(snapshot.figures));
            list_.add_integer("ts", snapshot.ts_ms);
        }
        add_status(snapshot);
    }
    add_origin(snapshot, term);
    return list_.fields();
}

bool is_published(const Snapshot& snapshot) {
    const auto* platform = std::get_if<PlatformFigures>(&snapshot.figures);
    return platform == nullptr || platform->error == PlatformError::none;
}

}  // namespace margind::wire
