#include "interrupt.h"

#include <csignal>
#include <cstdlib>

namespace cli {

namespace {

std::atomic<bool> flag{false};
std::atomic<int> caught{0};

void handle(int signal) {
  caught.store(signal);
  flag.store(true);
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = &handle;
  // Writes that were interrupted go on: what is being written is written whole.
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

const std::atomic<bool>* interrupt_flag() { return &flag; }
int interrupted() { return caught.load(); }

void die_of_interrupt() {
  (void)std::signal(caught.load(), SIG_DFL);
  (void)std::raise(caught.load());
  std::_Exit(128 + caught.load());
}

}  // namespace cli
