// What an operator writes of opening hours and holidays: a stretch of time that can be, or refused
// with a reason.
#include "app/session_calendar.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace margind;
    using std::chrono::minutes;
    const std::string_view text = fuzz::text_of(data, size);
    const auto intervals = app::parse_weekly(text);
    fuzz::must(intervals ? !intervals->empty() : !intervals.error().empty());
    if (intervals) {
        for (const auto [open, close] : *intervals) {
            fuzz::must(open >= minutes{0} && open < close && close <= app::whole_week);
        }
    }
    const auto closure = app::parse_holiday(text);
    fuzz::must(closure || !closure.error().empty());
    if (closure) {
        const auto date = std::chrono::floor<std::chrono::days>(closure->from);
        fuzz::must(closure->until > closure->from && closure->until <= date + std::chrono::days{1});
    }
    const auto time = app::parse_time_of_day(text);
    fuzz::must(!time || (*time >= minutes{0} && *time < std::chrono::days{1}));
    const std::size_t half = size / 2;
    const bool is_fit = app::fits(text.substr(0, half), text.substr(half));
    if (!text.substr(0, half).contains('*')) {
        fuzz::must(is_fit == (text.substr(0, half) == text.substr(half)));
    }
    return 0;
}
