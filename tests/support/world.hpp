#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "margind/core/engine/engine.hpp"
#include "support/random.hpp"
#include "support/reference_model.hpp"
#include "support/world_material.hpp"

namespace margind::test {

/// What a world is made of, beside its seed.
struct WorldOptions {
    RuleSetKind rules = RuleSetKind::standard;
    std::uint32_t accounts = 24;
    std::uint32_t snapshots_max = 0;  // snapshots asked for at once; 0 = by chance
};

/// A platform, its feed and its accidents, made from a seed: the same events go into an Engine and
/// into a ReferenceModel, and whatever differs between the two is a complaint.
class World {
public:
    explicit World(std::uint64_t seed, WorldOptions options = {});

    /// Something happens. Time passes.
    void random_event();
    /// One beat of both, compared.
    void beat();
    /// What has been wrong so far; must stay empty.
    [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }
    /// Writes whatever is left to write; then the store must have what the engine says.
    void drain();
    [[nodiscard]] Engine& engine() { return *engine_; }
    [[nodiscard]] const ReferenceModel& model() const { return *model_; }
    [[nodiscard]] Moment now() const { return now_; }
    /// Every event announced so far, in order, a line each.
    [[nodiscard]] const std::vector<std::string>& history() const { return history_; }
    [[nodiscard]] std::size_t beats_of_unknown_accounts() const { return unknown_beats_; }

private:
    using Chance = void (World::*)();

    // What may happen (world.cpp).
    void pass(std::int64_t ms);
    void tick();
    void change_account();
    void push_image();
    void invent_account();
    void read_wanted();
    void late_answer();
    void change_spec();
    void lose_connection();
    void operate();
    void force();
    void forget_price();
    void write_snapshots();
    void late_confirmation();
    void take_events();
    void restore();
    void fall_silent();
    void shift_wall_clock();

    // The same to both (world.cpp).
    void send(const ModelTick& tick);
    void give(const AccountImage& image);
    void give(const InstrumentSpec& spec);
    void answer(const Need& need);
    void write(SnapshotBatch batch, Written written);
    void confirm(const SnapshotBatch& batch, Written written);

    // What must hold (world_checks.cpp).
    void complain(std::string text);
    void compare_accounts();
    void compare_events();
    void check_explanation(AccountId account);
    void check_batch(const SnapshotBatch& batch);
    void check_dirty_counts();
    void check_portfolio();
    AccountImage& any_account();

    WorldOptions options_;
    Random random_;
    Random writer_;  // apart, so that the size of a batch does not change what happens
    Material material_;
    Moment now_{1'000'000, 1'400'000'000'000};
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<ReferenceModel> model_;

    std::vector<AccountImage> store_;  // what the platform's store has
    std::map<std::pair<std::string, std::string>, InstrumentSpec> spec_store_;
    std::map<std::string, ModelTick> price_store_;
    std::vector<AccountImage> under_way_;                         // read, not yet here
    std::vector<std::pair<SnapshotBatch, Written>> unconfirmed_;  // written, answer under way
    std::map<std::string, std::uint64_t> written_;    // by account: fingerprint last confirmed
    std::map<std::string, std::uint64_t> portfolio_;  // by account: what the store shows
    std::map<std::string, std::string> ids_;          // event id → what it stands for
    std::vector<std::string> history_;
    std::size_t events_compared_ = 0;
    std::set<std::string> restored_;  // and not valued since
    std::size_t unknown_beats_ = 0;
    std::vector<std::string> complaints_;
};

}  // namespace margind::test
