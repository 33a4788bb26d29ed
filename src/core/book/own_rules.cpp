#include "margind/core/book/own_rules.hpp"

#include "margind/core/base/exact_scaling.hpp"

namespace margind {
namespace {

/// A level in hundredths in place of `level`; a cause where it is there and is none.
void read_level(const std::optional<double>& from, std::optional<Level>& level, Causes& causes) {
    if (!from) return;
    level = level_from_real(*from);
    if (!level) causes |= Cause::bad_setting;
}

}  // namespace

RuleOverrides own_rules(const AccountImage& image, RuleSetKind kind, Causes& causes) {
    RuleOverrides own = image.rules;
    if (kind == RuleSetKind::platform) {
        own = {.margin_call = image.rules.margin_call,
               .stop_out = image.rules.stop_out,
               .prop = image.rules.prop};
    }
    own.margin_mode = image.margin_mode;
    read_level(image.margin_call_level, own.margin_call, causes);
    read_level(image.stop_out_level, own.stop_out, causes);
    return own;
}

}  // namespace margind
