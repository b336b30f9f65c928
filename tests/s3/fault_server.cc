#include "fault_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace veneer::testing {
namespace {

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void close_by_reset(int socket) {
  const linger now{1, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[64];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text;
}

std::string xml_escape(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string value_or(const std::map<std::string, std::string>& map, const std::string& name,
                     const std::string& fallback = "") {
  const auto found = map.find(name);
  return found == map.end() ? fallback : found->second;
}

}  // namespace

FaultServer::FaultServer() {
  listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  socklen_t length = sizeof address;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
  port_ = ntohs(address.sin_port);
  ::listen(listener_, 128);
  acceptor_ = std::thread([this] { accept_all(); });
}

FaultServer::~FaultServer() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  stopped_.notify_all();
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  for (std::thread& talker : talkers_) talker.join();
}

void FaultServer::set_keys(KnownKeys keys) {
  std::lock_guard lock(mutex_);
  keys_ = std::move(keys);
}

void FaultServer::on_request(std::function<std::optional<Reply>(const Request&)> hook) {
  std::lock_guard lock(mutex_);
  hook_ = std::move(hook);
}

std::string FaultServer::put(const std::string& bucket, const std::string& key, std::string bytes) {
  std::lock_guard lock(mutex_);
  Object& object = buckets_[bucket][key];
  object.etag = "\"" + sha256_hex(bytes).substr(0, 32) + "\"";
  object.bytes = std::move(bytes);
  return object.etag;
}

void FaultServer::clear_requests() {
  std::lock_guard lock(mutex_);
  requests_.clear();
}

std::vector<Request> FaultServer::requests() const {
  std::lock_guard lock(mutex_);
  return requests_;
}

void FaultServer::accept_all() {
  while (true) {
    const int socket = ::accept(listener_, nullptr, nullptr);
    std::lock_guard lock(mutex_);
    if (stopping_ || socket < 0) {
      if (socket >= 0) ::close(socket);
      return;
    }
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    ++connections_;
    sockets_.push_back(socket);
    talkers_.emplace_back([this, socket] { talk(socket); });
  }
}

bool FaultServer::wait_stopped(double seconds) {
  std::unique_lock lock(mutex_);
  return stopped_.wait_for(lock, std::chrono::duration<double>(seconds), [&] { return stopping_; });
}

void FaultServer::talk(int socket) {
  std::string buffer;
  while (true) {
    Request request;
    if (!read_request(socket, &buffer, &request)) break;
    std::function<std::optional<Reply>(const Request&)> hook;
    {
      std::lock_guard lock(mutex_);
      request.number = next_number_++;
      requests_.push_back(request);
      hook = hook_;
    }
    const int now = ++at_once_;
    for (int most = most_at_once_; now > most && !most_at_once_.compare_exchange_weak(most, now);) {
    }
    std::optional<Reply> reply;
    if (hook) reply = hook(request);
    if (!reply) reply = serve(request);
    const bool goes_on = send_reply(socket, *reply, request.method != "HEAD");
    --at_once_;
    if (!goes_on) break;
  }
  std::lock_guard lock(mutex_);
  sockets_.erase(std::find(sockets_.begin(), sockets_.end(), socket));
  ::close(socket);
}

bool FaultServer::read_request(int socket, std::string* buffer, Request* request) {
  char part[16384];
  size_t head_end;
  while ((head_end = buffer->find("\r\n\r\n")) == std::string::npos) {
    const ssize_t got = ::recv(socket, part, sizeof part, 0);
    if (got <= 0) return false;
    buffer->append(part, static_cast<size_t>(got));
  }
  const std::string head = buffer->substr(0, head_end + 2);
  buffer->erase(0, head_end + 4);
  size_t at = head.find("\r\n");
  const std::string first = head.substr(0, at);
  const size_t space = first.find(' ');
  const std::string target = first.substr(space + 1, first.rfind(' ') - space - 1);
  request->method = first.substr(0, space);
  const size_t question = target.find('?');
  request->raw_path = target.substr(0, question);
  if (question != std::string::npos) request->raw_query = target.substr(question + 1);
  for (at += 2; at < head.size();) {
    const size_t end = head.find("\r\n", at);
    const std::string line = head.substr(at, end - at);
    at = end + 2;
    const size_t colon = line.find(':');
    const size_t value = line.find_first_not_of(' ', colon + 1);
    request->headers[lower(line.substr(0, colon))] =
        value == std::string::npos ? "" : line.substr(value);
  }
  const size_t length =
      std::strtoul(value_or(request->headers, "content-length", "0").c_str(), nullptr, 10);
  while (buffer->size() < length) {
    const ssize_t got = ::recv(socket, part, sizeof part, 0);
    if (got <= 0) return false;
    buffer->append(part, static_cast<size_t>(got));
  }
  request->body = buffer->substr(0, length);
  buffer->erase(0, length);
  const std::string path = request->raw_path.substr(1);
  const size_t slash = path.find('/');
  request->bucket = url_decode(path.substr(0, slash));
  if (slash != std::string::npos) request->key = url_decode(path.substr(slash + 1));
  for (size_t from = 0; from < request->raw_query.size();) {
    const size_t end = std::min(request->raw_query.find('&', from), request->raw_query.size());
    const std::string pair = request->raw_query.substr(from, end - from);
    from = end + 1;
    const size_t equals = pair.find('=');
    request->query[url_decode(pair.substr(0, equals))] =
        equals == std::string::npos ? "" : url_decode(pair.substr(equals + 1));
  }
  return true;
}

bool FaultServer::send_reply(int socket, const Reply& reply, bool body_too) {
  if (reply.reset && reply.cut_after < 0) {
    close_by_reset(socket);
    return false;
  }
  if (reply.stall_before > 0 && wait_stopped(reply.stall_before)) return false;
  std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " Whatever\r\n";
  std::map<std::string, std::string> headers = reply.headers;
  headers.emplace("Date", http_date());
  if (!reply.no_length && reply.endless.empty()) {
    headers.emplace("Content-Length", std::to_string(reply.body.size()));
  }
  for (const auto& [name, value] : headers) head += name + ": " + value + "\r\n";
  if (!send_all(socket, head + "\r\n")) return false;
  if (!body_too) return true;
  const std::string_view body = reply.body;
  if (reply.cut_after >= 0) {
    send_all(socket, body.substr(0, static_cast<size_t>(reply.cut_after)));
    if (reply.reset) {
      // What was sent should arrive first; a reset drops what the client has not read.
      wait_stopped(0.05);
      close_by_reset(socket);
    }
    return false;
  }
  if (reply.stall_after >= 0) {
    send_all(socket, body.substr(0, static_cast<size_t>(reply.stall_after)));
    wait_stopped(60);
    return false;
  }
  if (!send_all(socket, body)) return false;
  while (!reply.endless.empty()) {
    if (!send_all(socket, reply.endless)) return false;
  }
  return !reply.no_length;
}

Reply FaultServer::error(int status, const std::string& code, const std::string& message,
                         const std::string& more) {
  Reply reply;
  reply.status = status;
  reply.headers["Content-Type"] = "application/xml";
  reply.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code +
               "</Code><Message>" + message + "</Message><RequestId>REQ-1</RequestId>" + more +
               "</Error>";
  return reply;
}

Reply FaultServer::serve(const Request& request) {
  Object object;
  {
    std::lock_guard lock(mutex_);
    if (keys_) {
      const std::string wrong = check_signature(request, *keys_);
      if (wrong == "AuthorizationHeaderMalformed") {
        return error(400, wrong, "the region is wrong", "<Region>" + keys_->region + "</Region>");
      }
      if (!wrong.empty())
        return error(wrong == "InvalidToken" ? 400 : 403, wrong, "checked " + wrong);
    }
    const auto bucket = buckets_.find(request.bucket);
    if (bucket == buckets_.end()) return error(404, "NoSuchBucket", "no such bucket");
    if (!request.is_list()) {
      const auto found = bucket->second.find(request.key);
      if (found == bucket->second.end()) {
        return error(404, "NoSuchKey", "no such key", "<Key>" + xml_escape(request.key) + "</Key>");
      }
      object = found->second;
    }
  }
  return request.is_list() ? serve_list(request) : serve_object(request, object);
}

Reply FaultServer::serve_object(const Request& request, const Object& object) {
  const std::string wanted = request.header("if-match");
  if (!wanted.empty() && wanted != object.etag) {
    return error(412, "PreconditionFailed", "At least one precondition failed");
  }
  Reply reply;
  reply.headers["ETag"] = object.etag;
  reply.headers["Accept-Ranges"] = "bytes";
  const std::string range = request.header("range");
  if (range.rfind("bytes=", 0) != 0) {
    reply.body = object.bytes;
    return reply;
  }
  const size_t size = object.bytes.size();
  size_t first = 0;
  size_t last = size - 1;
  if (range[6] == '-') {
    const size_t count = std::strtoul(range.c_str() + 7, nullptr, 10);
    first = count < size ? size - count : 0;
  } else {
    first = std::strtoul(range.c_str() + 6, nullptr, 10);
    last = std::min(
        last, static_cast<size_t>(std::strtoul(range.c_str() + range.find('-') + 1, nullptr, 10)));
  }
  if (size == 0 || first >= size) {
    return error(416, "InvalidRange", "not satisfiable",
                 "<ActualObjectSize>" + std::to_string(size) + "</ActualObjectSize>");
  }
  reply.status = 206;
  reply.headers["Content-Range"] =
      "bytes " + std::to_string(first) + "-" + std::to_string(last) + "/" + std::to_string(size);
  reply.body = object.bytes.substr(first, last - first + 1);
  return reply;
}

Reply FaultServer::serve_list(const Request& request) {
  const std::string prefix = value_or(request.query, "prefix");
  const std::string delimiter = value_or(request.query, "delimiter");
  const size_t most =
      std::strtoul(value_or(request.query, "max-keys", "1000").c_str(), nullptr, 10);
  // A token is opaque; this one looks as unpleasant as real ones do.
  std::string after = value_or(request.query, "start-after");
  const std::string token = value_or(request.query, "continuation-token");
  if (!token.empty()) after = token.substr(3);
  std::lock_guard lock(mutex_);
  std::string entries;
  std::string last_prefix;
  std::string last_key;
  size_t count = 0;
  bool truncated = false;
  for (const auto& [key, object] : buckets_[request.bucket]) {
    if (key.rfind(prefix, 0) != 0 || key <= after) continue;
    const size_t slash = delimiter.empty() ? std::string::npos : key.find(delimiter, prefix.size());
    const std::string common = slash == std::string::npos ? "" : key.substr(0, slash + 1);
    if (!common.empty() && (common == last_prefix || after.rfind(common, 0) == 0)) {
      last_key = key;
      continue;
    }
    if (count == most) {
      truncated = true;
      break;
    }
    ++count;
    last_key = key;
    if (!common.empty()) {
      last_prefix = common;
      entries += "<CommonPrefixes><Prefix>" + xml_escape(common) + "</Prefix></CommonPrefixes>";
    } else {
      entries += "<Contents><Key>" + xml_escape(key) + "</Key><ETag>" + xml_escape(object.etag) +
                 "</ETag><Size>" + std::to_string(object.bytes.size()) + "</Size></Contents>";
    }
  }
  Reply reply;
  reply.headers["Content-Type"] = "application/xml";
  reply.body =
      "<?xml version=\"1.0\"?>\n<ListBucketResult "
      "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" +
      entries + "<IsTruncated>" + (truncated ? "true" : "false") + "</IsTruncated>";
  if (truncated) {
    reply.body +=
        "<NextContinuationToken>" + xml_escape("+/=" + last_key) + "</NextContinuationToken>";
  }
  reply.body += "</ListBucketResult>";
  return reply;
}

}  // namespace veneer::testing
