// HTTP by libcurl: one thread that drives all transfers, timers and tasks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "s3/http_text.h"
#include "veneer/s3.h"
#include "veneer/status.h"

namespace veneer::s3 {

struct TransportOptions {
  std::string ca_bundle;
  bool verify_tls = true;
  std::optional<std::string> proxy;
  HttpVersion http_version = HttpVersion::http1;
  int32_t max_connections = 32;
  double connect_timeout_seconds = 5;
  double stall_timeout_seconds = 30;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  Fields headers;  ///< sent as they are, Host among them; the order is kept
  std::string body;
  double timeout_seconds = 0;  ///< of the whole transfer; 0: only stalling ends it
  bool direct = false;         ///< never through a proxy
};

enum class TransferEnd : uint8_t {
  complete,   ///< the answer came whole
  cut,        ///< the connection ended before the answer did
  unknown,    ///< the name of the server or the proxy has no address
  refused,    ///< no connection
  stalled,    ///< no byte for too long
  insecure,   ///< TLS could not be set up or the server is not who it should be
  aborted,    ///< the handler said no
  cancelled,  ///< abort() or the end of the transport
};

struct TransferResult {
  TransferEnd end = TransferEnd::complete;
  /// libcurl's words; they name host and port, and nothing of path, query or headers.
  std::string message;
};

/// Told of a transfer's progress, on the transport's thread. It must not block.
class TransferHandler {
 public:
  virtual ~TransferHandler() = default;
  /// Once, before the body, when all header fields are there. False ends the transfer.
  virtual bool on_head(const ResponseHead& head) = 0;
  virtual bool on_body(std::string_view bytes) = 0;
  /// Once, last. The handler may begin another transfer from here.
  virtual void on_end(const TransferResult& result) = 0;
};

/// Seconds of a clock that only goes forward.
double steady_seconds() noexcept;

class Transport {
 public:
  static Result<std::unique_ptr<Transport>> create(const TransportOptions& options);
  ~Transport();

  /// Ends the thread and all transfers, as cancelled; tasks posted from now on are not run. Not
  /// from the transport's thread.
  void stop();

  /// Runs a task on the transport's thread, soon. From any thread.
  void post(std::function<void()> task);
  int64_t connections_opened() const noexcept;
  int64_t body_bytes() const noexcept;

  // On the transport's thread only.

  /// Keeps the handler until its on_end.
  void begin(const HttpRequest& request, std::shared_ptr<TransferHandler> handler);
  /// Ends the handler's transfer; its on_end is called before this returns. Not from within
  /// on_head and on_body.
  void abort(const TransferHandler* handler);
  void run_after(double seconds, std::function<void()> task);

 private:
  struct Impl;
  explicit Transport(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace veneer::s3
