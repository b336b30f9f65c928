#include "progress_line.h"

#include <unistd.h>

#include <chrono>

namespace cli {

#ifdef VENEER_THREADS

namespace {

void show(const std::string& text) {
  std::string line = "\r\x1b[K" + text;
  ssize_t ignored = write(2, line.data(), line.size());
  (void)ignored;
}

}  // namespace

ProgressLine::ProgressLine(bool shown, std::function<std::string()> text) : text_(std::move(text)) {
  if (shown) thread_ = std::thread([this] { tick(); });
}

void ProgressLine::tick() {
  bool first = true;
  std::unique_lock lock(mutex_);
  while (!signal_.wait_for(lock, std::chrono::milliseconds(first ? 400 : 200),
                           [this] { return stop_; })) {
    first = false;
    show(text_());
  }
  if (!first) show("");
}

void ProgressLine::stop() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  signal_.notify_all();
  thread_.join();
}

#else

ProgressLine::ProgressLine(bool, std::function<std::string()>) {}
void ProgressLine::stop() {}

#endif

}  // namespace cli
