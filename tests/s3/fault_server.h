// A small S3 server on the loopback address that checks signatures and misbehaves on purpose.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "signature_check.h"

namespace veneer::testing {

struct Request : SeenRequest {
  std::string bucket;                        ///< of the path's first segment, decoded
  std::string key;                           ///< the rest, decoded
  std::map<std::string, std::string> query;  ///< decoded
  int number = 0;                            ///< 0, 1, … over the server's life

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
  bool is_list() const { return query.count("list-type") != 0; }
};

/// An answer, and how it goes wrong on its way.
struct Reply {
  int status = 200;
  std::map<std::string, std::string> headers{};
  std::string body{};
  bool no_length = false;    ///< the body ends with the connection
  int64_t cut_after = -1;    ///< the connection ends after so many bytes of the body
  bool reset = false;        ///< …by a reset; with cut_after < 0, before anything is sent
  double stall_before = 0;   ///< seconds of silence before the head
  int64_t stall_after = -1;  ///< silence until the server ends, after so many bytes of the body
  std::string endless{};     ///< sent again and again behind the body, until the client goes
};

class FaultServer {
 public:
  FaultServer();
  ~FaultServer();
  FaultServer(const FaultServer&) = delete;
  FaultServer& operator=(const FaultServer&) = delete;

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  /// Without keys, nothing is checked.
  void set_keys(KnownKeys keys);
  /// Called first for each request, from several threads; nullopt leaves it to the server.
  void on_request(std::function<std::optional<Reply>(const Request&)> hook);
  /// The ETag that it has now.
  std::string put(const std::string& bucket, const std::string& key, std::string bytes);
  void clear_requests();

  std::vector<Request> requests() const;
  int count() const { return static_cast<int>(requests().size()); }
  int connections() const { return connections_.load(); }
  int most_at_once() const { return most_at_once_.load(); }

  /// What S3 would answer.
  Reply serve(const Request& request);
  static Reply error(int status, const std::string& code, const std::string& message,
                     const std::string& more = "");

 private:
  struct Object {
    std::string bytes;
    std::string etag;
  };
  void accept_all();
  void talk(int socket);
  bool read_request(int socket, std::string* buffer, Request* request);
  bool send_reply(int socket, const Reply& reply, bool body_too);
  bool wait_stopped(double seconds);
  Reply serve_object(const Request& request, const Object& object);
  Reply serve_list(const Request& request);

  int listener_ = -1;
  int port_ = 0;
  std::thread acceptor_;
  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::vector<std::thread> talkers_;
  std::vector<int> sockets_;
  std::optional<KnownKeys> keys_;
  std::function<std::optional<Reply>(const Request&)> hook_;
  std::map<std::string, std::map<std::string, Object>> buckets_;
  std::vector<Request> requests_;
  int next_number_ = 0;
  std::atomic<int> connections_{0}, at_once_{0}, most_at_once_{0};
};

}  // namespace veneer::testing
