#pragma once

namespace margind::tools {

/// From now on the first SIGINT or SIGTERM only asks to stop; a second one ends the process at
/// once.
void catch_interrupts();

/// True once the user has asked to stop.
[[nodiscard]] bool is_interrupted();

}  // namespace margind::tools
