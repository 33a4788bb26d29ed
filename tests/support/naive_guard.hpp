#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace margind::test {

/// A guard that keeps everything it has ever seen and works each answer out of that. Prices are
/// whole points. docs/guards.md is what it is made of, and it shares no code with the guard.
class NaiveGuard {
public:
    using Points = std::int64_t;
    struct Settings {
        Points soft = 0;  // 0 = none, as of all limits
        Points discard = 0;
        Points min_spread = 0;
        Points max_spread = 0;
        std::int64_t confirm_ticks = 3;
        std::int64_t confirm_ms = 800;
        std::int64_t freeze_after_ms = 0;
        bool has_reference = false;
        double band_percent = 0.0;
    };
    struct Tick {
        std::optional<Points> bid;
        std::optional<Points> ask;
        std::int64_t ts_ms = 0;
        std::int64_t at_ms = 0;
    };
    struct Sides {
        Points bid = 0;
        Points ask = 0;
        friend bool operator==(Sides, Sides) = default;
    };

    explicit NaiveGuard(Settings settings) : settings_{settings} {}

    /// What becomes of the tick, by the names of docs/guards.md.
    std::string tick(const Tick& tick);
    void reference(std::optional<Sides> usable) { reference_ = usable; }
    void beat(std::int64_t now_ms);
    /// A gap: nothing counts until it has come again.
    void gap();

    /// What values accounts; nothing while it is in doubt.
    [[nodiscard]] std::optional<Sides> usable() const;
    [[nodiscard]] bool is_holding() const { return bid_.is_holding() || ask_.is_holding(); }

private:
    /// What one side saw, oldest first.
    struct Seen {
        Points price = 0;
        std::int64_t ts_ms = 0;
        std::int64_t since_ms = 0;  // of a side that waits with the other one: since when that does
        bool is_up = false;
        bool is_held = false;
        bool is_outlier = false;
    };
    /// The doubt that a side is in: its held prices of one direction since the last that entered.
    struct Doubt {
        std::int64_t since_ms = 0;
        std::int64_t outliers = 0;
        bool is_up = false;
    };
    enum class Judged : std::uint8_t { not_given, passes, confirmed, held };
    struct Side {
        std::vector<Seen> seen;
        bool has_come = false;  // since the last break

        [[nodiscard]] std::optional<Points> standing() const;
        [[nodiscard]] std::optional<Doubt> doubt() const;
        [[nodiscard]] bool is_holding() const { return !seen.empty() && seen.back().is_held; }
        Judged judge(std::optional<Points> price, const Tick& tick, const Settings& settings);
        void enter(Points price, const Tick& tick);
        void wait_with(const Side& other);
        std::optional<Points> confirmed_by(std::int64_t now_ms, std::int64_t confirm_ms) const;
    };

    [[nodiscard]] std::string refusal(const Tick& tick) const;
    std::string judge_sides(const Tick& tick);
    void settle(bool has_changed, std::int64_t at_ms);

    Settings settings_;
    Side bid_;
    Side ask_;
    std::optional<Sides> reference_;
    std::optional<Tick> awaiting_;
    std::optional<Sides> good_;
    std::int64_t newest_ts_ms_ = 0;
    std::int64_t changed_ms_ = 0;
    bool is_crossed_ = false;
    bool is_unchanged_ = false;
};

}  // namespace margind::test
