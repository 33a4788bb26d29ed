#include "common/interrupt.hpp"

#include <csignal>

namespace margind::tools {
namespace {

volatile std::sig_atomic_t interrupted = 0;

extern "C" void note_interrupt(int) { interrupted = 1; }

}  // namespace

void catch_interrupts() {
    struct sigaction action{};
    action.sa_handler = note_interrupt;
    // The handler serves once: what comes after it does what it always does.
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

bool is_interrupted() { return interrupted != 0; }

}  // namespace margind::tools
