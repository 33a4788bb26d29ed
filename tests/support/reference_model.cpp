#include "support/reference_model.hpp"

#include <algorithm>
#include <cmath>

namespace margind::test {

int ReferenceModel::digits(const std::string& currency) const {
    const auto found = options_.currency_digits.find(currency);
    return found == options_.currency_digits.end() ? 2 : found->second;
}

bool ReferenceModel::adopt(const AccountKey& key, Moment now) {
    if (accounts_.contains(key.text())) return true;
    if (std::ranges::find(options_.types, key.type) == options_.types.end()) return false;
    accounts_[key.text()] = {.key = key};
    order_.push_back(key.text());
    invalidate(key, now);
    return true;
}

void ReferenceModel::invalidate(const AccountKey& key, Moment now) {
    ModelAccount& account = at(key);
    if (!account.is_wanted && !account.is_being_read) account.pending_since_ms = now.steady_ms;
    if (!account.is_wanted) account.wanted_since_ms = now.steady_ms;
    account.is_wanted = true;
}

void ReferenceModel::started_reading(const AccountKey& key) {
    at(key).is_wanted = false;
    at(key).is_being_read = true;
}

void ReferenceModel::gave_back(const AccountKey& key) {
    ModelAccount& account = at(key);
    if (!account.is_being_read) return;
    account.is_being_read = false;
    account.is_wanted = true;
}

bool ReferenceModel::image(const AccountImage& image, Moment now) {
    const auto known = accounts_.find(image.key.text());
    const bool is_new = known == accounts_.end();
    if (!is_new && known->second.image && image.version != 0 &&
        image.version < known->second.image->version) {
        gave_back(image.key);  // what was asked for has not come
        return false;
    }
    if (!adopt(image.key, now)) return false;
    ModelAccount& account = at(image.key);
    // A wish that is older than the reading stays: its change may not be in this image.
    account.is_being_read = false;
    if (is_new) account.is_wanted = false;
    if (account.is_wanted) account.pending_since_ms = account.wanted_since_ms;
    account.image_epoch = data_epoch_;
    account.is_gone = !image.exists;
    // Gone from the store is not flat: what was known stays known, and is not valued.
    if (image.exists) account.image = image;
    return true;
}

void ReferenceModel::spec(const InstrumentSpec& spec) { specs_[{spec.group, spec.symbol}] = spec; }

void ReferenceModel::open_epoch(Moment now) {
    ++data_epoch_;
    market.distrust_all();
    specs_.clear();
    for (auto& [text, account] : accounts_) {
        invalidate(account.key, now);
        account.memory.must_reassert = account.memory.state != "ok";
        account.memory.has_told_deficit = false;
    }
}

void ReferenceModel::control(std::optional<bool> armed, bool is_killed,
                             std::set<std::string> frozen) {
    const bool was_armed = is_armed_;
    is_armed_ = !is_killed && armed.value_or(options_.is_armed);
    if (was_armed && !is_armed_) disarm_events();
    market.freeze(std::move(frozen));
}

/// What is not yet in the stream stops nobody out any more.
void ReferenceModel::disarm_events() {
    for (ModelEvent& event : events) {
        event.is_armed = false;
        if (event.kind != "stop_out") continue;
        event.kind = "would_stop_out";
        ModelMemory& memory = accounts_.at(event.account).memory;
        if (memory.breach == event.breach) memory.announced_armed = false;
    }
}

void ReferenceModel::restore(const AccountKey& key, const ModelMemory& memory, Moment now) {
    if (!adopt(key, now)) return;
    at(key).memory = memory;
    at(key).memory.must_reassert = memory.state != "ok";
    at(key).memory.above_since_ms.reset();
    at(key).memory.has_told_deficit = false;
}

void ReferenceModel::written(const std::string& account, const PlatformModelFigures& figures,
                             std::int64_t ts_ms) {
    accounts_.at(account).image->stored = {figures.used_margin_executed, figures.used_margin_all,
                                           ts_ms};
}

ModelWorld ReferenceModel::world(Moment now) const {
    return {options_.rules,
            specs_,
            market,
            options_.currency,
            [this](const std::string& currency) { return digits(currency); },
            now};
}

CauseNames ReferenceModel::image_doubts(const ModelAccount& account, Moment now) const {
    if (account.image && account.image_epoch != data_epoch_) return {"image_unconfirmed"};
    const bool is_pending = account.is_wanted || account.is_being_read;
    const std::int64_t pending_ms = now.steady_ms - account.pending_since_ms;
    if (is_pending && pending_ms >= options_.image_overdue_ms) return {"image_outdated"};
    return {};
}

void ReferenceModel::beat(Moment now) {
    waiting_.clear();
    for (const std::string& type : options_.types) {
        for (const std::string& text : order_) {
            ModelAccount& account = accounts_.at(text);
            if (account.key.type != type) continue;
            const bool is_pending = account.is_wanted || account.is_being_read;
            const bool is_on_its_way = is_pending && image_doubts(account, now).empty();
            if (is_on_its_way) {
                waiting_.insert(text);
                continue;
            }
            evaluate(account, now);
        }
    }
}

void ReferenceModel::evaluate(ModelAccount& account, Moment now) {
    account.valuation = {};
    if (account.image) account.valuation = model_value(*account.image, world(now));
    if (!account.image || account.is_gone) account.valuation.causes = {"image_missing"};
    CauseNames doubts = image_doubts(account, now);
    const bool is_unconfirmed = doubts.contains("image_unconfirmed");
    if (is_unconfirmed) account.valuation.causes.clear();
    account.valuation.causes.merge(doubts);
    if (!account.valuation.causes.empty()) account.valuation.figures = {};
    const bool is_platform = options_.rules.kind == RuleSetKind::platform;
    if (is_platform && account.image && !account.is_gone && !is_unconfirmed) {
        account.platform = model_platform_value(*account.image, world(now));
        account.valuation.causes.merge(platform_doubts(account));
    }
    if (!account.valuation.causes.empty()) {
        account.verdict = "unknown";
        if (account.unknown_since_ms == 0) account.unknown_since_ms = now.wall_ms;
        if (!account.image) return;  // nothing that could be suspended
        ModelMemory next = account.memory;
        const bool is_over = now.wall_ms - account.unknown_since_ms >= options_.image_overdue_ms;
        const auto event = model_suspend(next, is_over);
        conclude(account, next, event);
        return;
    }
    account.unknown_since_ms = 0;
    const ModelReading levels = reading(account);
    account.verdict = levels.at_margin_call || levels.at_stop_out ? "breach" : "ok";
    ModelMemory next = account.memory;
    auto event = model_advance(next, levels, options_.rules, is_armed_, now);
    const std::int64_t owed = owes(account);
    if (owed == 0) {
        next.has_told_deficit = false;
        next.deficit = 0;
    } else if (!event && (!next.has_told_deficit || next.deficit != owed)) {
        next.has_told_deficit = true;
        next.deficit = owed;
        event = "deficit";
    }
    conclude(account, next, event);
}

/// What balance and credit are below zero, in minor units, when nothing is open any more; else 0.
std::int64_t ReferenceModel::owes(const ModelAccount& account) const {
    const AccountImage& image = *account.image;
    if (!options_.rules.negative_balance_protection || !image.orders.empty()) return 0;
    const std::string& own = image.currency;
    const int decimals = digits(own.empty() ? options_.currency : own);
    const double scale = std::pow(10.0, decimals);
    const std::int64_t left =
        *model_round(*image.balance * scale) + *model_round(image.credit.value_or(0.0) * scale);
    return std::max<std::int64_t>(0, -left);
}

/// Nobody is flagged by figures that leave something out.
CauseNames ReferenceModel::platform_doubts(const ModelAccount& account) const {
    const PlatformModelFigures& figures = account.platform;
    CauseNames causes;
    if (figures.error == "missing_balance") {
        causes = {"no_balance"};
    } else if (!figures.error.empty()) {
        causes = {"no_instrument"};
    } else {
        if (figures.degraded.contains("missing_group_data")) causes.insert("no_instrument");
        if (figures.degraded.contains("missing_prices")) causes.insert("no_price");
        if (figures.degraded.contains("missing_conversion")) causes.insert("no_rate");
        if (figures.degraded.contains("orders_skipped") && causes.empty()) causes = {"bad_order"};
        bool fits = std::isfinite(figures.level);
        for (const double usd : {figures.equity, figures.used_margin_executed, figures.open_pnl}) {
            fits = fits && std::abs(usd) < 0x1p53 / 100.0;
        }
        if (!fits) causes.insert("overflow");
    }
    for (const OrderImage& order : account.image->orders) {
        if (order.is_dangling || order.symbol.empty()) continue;
        const bool has_bid = market.raw_bid(order.symbol).has_value();
        const bool has_ask = market.raw_ask(order.symbol).has_value();
        if (has_bid != has_ask) causes.insert("one_side_missing");
    }
    return causes;
}

/// The state waits where its event has no room.
void ReferenceModel::conclude(ModelAccount& account, const ModelMemory& next,
                              const std::optional<std::string>& event) {
    if (event && events.size() >= options_.events_pending_max) {
        waiting_.insert(account.key.text());
        return;
    }
    account.memory = next;
    if (event) announce(account, *event);
}

ModelReading ReferenceModel::reading(const ModelAccount& account) const {
    const RuleSet& rules = options_.rules;
    const auto [call, stop] = account.valuation.levels;
    const std::int64_t gap = rules.leave_gap.value;
    if (rules.kind == RuleSetKind::platform) {
        if (account.platform.used_margin_executed == 0.0) return {};
        const std::int64_t level = model_level_hundredths(account.platform.level);
        return {level<stop, level <= call, level >= stop + gap, level> call + gap};
    }
    const auto& [balance, equity, margin, pnl] = account.valuation.figures;
    const bool is_open = !account.image->orders.empty();
    if (rules.fully_hedged_stop_out && margin == 0 && is_open && equity < 0) {
        return {true, true, false, false};
    }
    const auto is_at = [&](std::int64_t level) {
        return model_at_or_below(equity, margin, level, rules.level_compare);
    };
    return {is_at(stop), is_at(call), !is_at(stop + gap), !is_at(call + gap)};
}

void ReferenceModel::announce(const ModelAccount& account, const std::string& kind) {
    const bool is_stop_out = kind == "stop_out" || kind == "would_stop_out";
    const ModelLevels& levels = account.valuation.levels;
    events.push_back({account.key.text(), kind, account.memory.breach, account.memory.step,
                      is_armed_, is_stop_out ? levels.stop_out : levels.margin_call, data_epoch_});
}

}  // namespace margind::test
