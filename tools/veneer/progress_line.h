// The line on a terminal that tells how far a scan is.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>

#ifdef VENEER_THREADS
#include <condition_variable>
#include <mutex>
#include <thread>
#endif

namespace cli {

/// Asks for its text five times a second, on a thread of its own, since a scan may wait for servers
/// between two batches; without threads it shows nothing. The text is one line without a newline.
class ProgressLine {
 public:
  /// Shows nothing unless `shown`.
  ProgressLine(bool shown, std::function<std::string()> text);
  ~ProgressLine() { stop(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Takes the line away, for good. Before any other message.
  void stop();

 private:
#ifdef VENEER_THREADS
  void tick();

  std::function<std::string()> text_;
  std::mutex mutex_;
  std::condition_variable signal_;
  bool stop_ = false;
  std::thread thread_;
#endif
};

}  // namespace cli
