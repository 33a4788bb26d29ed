#include "margind/core/rules/guard_settings.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace margind {
namespace {

constexpr int digits_most = 15;
constexpr double points_most = 1e15;
constexpr double day_ms = 86'400'000.0;
constexpr double age_ms_most = 9e15;
constexpr std::size_t name_bytes_most = 64;

constexpr std::array<double, digits_most + 1> points_per_unit{
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

using Failed = std::unexpected<std::string>;

/// Reads what is given of a specification; the first problem is kept.
class Reader {
public:
    void number(std::string_view name, const std::optional<double>& from, double least, double most,
                double& to) {
        if (!from) return;
        if (!(*from >= least) || !(*from <= most)) return fail(name, "a number", least, most);
        to = *from;
    }
    void integer(std::string_view name, const std::optional<double>& from, double least,
                 double most, std::int64_t& to) {
        if (!from) return;
        const bool is_good = *from >= least && *from <= most && *from == std::floor(*from);
        if (!is_good) return fail(name, "an integer", least, most);
        to = static_cast<std::int64_t>(*from);
    }
    void truth(std::string_view name, std::string_view from, bool& to) {
        constexpr std::array<std::string_view, 4> yes{"true", "1", "yes", "on"};
        constexpr std::array<std::string_view, 4> no{"false", "0", "no", "off"};
        if (from.empty()) return;
        to = std::ranges::find(yes, from) != yes.end();
        const bool is_no = std::ranges::find(no, from) != no.end();
        expect(to || is_no, std::string{name} + ": expected true or false");
    }
    void expect(bool holds, std::string text) {
        if (!holds && problem_.empty()) problem_ = std::move(text);
    }
    [[nodiscard]] std::string& problem() { return problem_; }

private:
    static std::string text_of(double limit) {
        return std::to_string(static_cast<std::int64_t>(limit));
    }
    void fail(std::string_view name, std::string_view what, double least, double most) {
        expect(false, std::string{name} + ": expected " + std::string{what} + " from " +
                          text_of(least) + " to " + text_of(most));
    }

    std::string problem_;
};

bool is_symbol_name(std::string_view name) {
    return name.size() <= name_bytes_most &&
           std::ranges::all_of(name, [](char c) { return c != '\x7f' && (c >= ' ' || c < 0); });
}

bool has_points(const GuardSettings& guard) {
    return guard.soft_points > 0.0 || guard.discard_points > 0.0 || guard.min_spread > 0.0 ||
           guard.max_spread > 0.0;
}

/// What makes no sense together.
void check_together(const InstrumentSpec& spec, const GuardSettings& guard, Reader& reader) {
    reader.expect(guard.digits || !has_points(guard),
                  "digits: expected the decimals of the price, which limits in points need");
    reader.expect(guard.discard_points == 0.0 || guard.discard_points > guard.soft_points,
                  "discard_points: expected more than soft_points");
    reader.expect(guard.max_spread == 0.0 || guard.max_spread >= guard.min_spread,
                  "max_spread: expected no less than min_spread");
    reader.expect(is_symbol_name(guard.ref_symbol),
                  "ref_symbol: expected 1 to 64 bytes without control characters");
    reader.expect(guard.ref_symbol != spec.symbol || spec.symbol.empty(),
                  "ref_symbol: expected another symbol than its own");
    reader.expect(guard.ref_symbol.empty() || guard.ref_band_percent > 0.0,
                  "ref_band_percent: expected a number above 0 beside ref_symbol");
    reader.expect(!guard.ref_symbol.empty() || !spec.ref_band_percent,
                  "ref_symbol: expected a symbol beside ref_band_percent");
}

}  // namespace

double GuardSettings::points(double distance) const {
    return std::abs(distance) * points_per_unit[static_cast<std::size_t>(digits.value_or(0))];
}

std::expected<GuardSettings, std::string> derive_guard(const InstrumentSpec& spec,
                                                       const GuardSettings& defaults) {
    if (!spec.is_readable) return Failed{"the specification cannot be read"};
    GuardSettings guard = defaults;
    Reader reader;
    std::int64_t digits = 0;
    reader.integer("digits", spec.digits, 0, digits_most, digits);
    if (spec.digits) guard.digits = static_cast<int>(digits);
    reader.number("soft_points", spec.soft_points, 0, points_most, guard.soft_points);
    reader.number("discard_points", spec.discard_points, 0, points_most, guard.discard_points);
    reader.number("min_spread", spec.min_spread, 0, points_most, guard.min_spread);
    reader.number("max_spread", spec.max_spread, 0, points_most, guard.max_spread);
    reader.number("ref_band_percent", spec.ref_band_percent, 0, 100, guard.ref_band_percent);
    reader.integer("confirm_ticks", spec.confirm_ticks, 1, 1'000, guard.confirm_ticks);
    reader.integer("confirm_ms", spec.confirm_ms, 1, 60'000, guard.confirm_ms);
    reader.integer("freeze_after_ms", spec.freeze_after_ms, 0, 7 * day_ms, guard.freeze_after_ms);
    reader.integer("max_age_ms", spec.max_age_ms, 0, age_ms_most, guard.max_age_ms);
    reader.truth("allow_negative", spec.allow_negative, guard.allow_negative);
    if (!spec.ref_symbol.empty()) guard.ref_symbol = spec.ref_symbol;
    check_together(spec, guard, reader);
    if (!reader.problem().empty()) return Failed{std::move(reader.problem())};
    return guard;
}

}  // namespace margind
