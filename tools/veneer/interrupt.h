// Ctrl-C and SIGTERM, for commands that have something to save first.
#pragma once

#include <atomic>

namespace cli {

/// From now on the first SIGINT or SIGTERM sets the flag, and the second one kills.
void catch_interrupts();
const std::atomic<bool>* interrupt_flag();
/// The signal that came, or 0.
int interrupted();
/// Ends the process as the signal would have, so that a shell sees what happened.
[[noreturn]] void die_of_interrupt();

}  // namespace cli
