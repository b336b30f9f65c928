#include "s3/transport.h"

#include <curl/curl.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <deque>
#include <mutex>
#include <vector>

#include "base/text.h"
#include "s3/sha256.h"
#include "s3/uri.h"

namespace veneer::s3 {
namespace {

// An answer's head beyond this is nothing that S3 sends.
constexpr size_t kMostHeadBytes = size_t{64} << 10;
// A body that crawls at less than this in four stall times is stalled too, though bytes come.
constexpr int64_t kCrawlBytes = 4096;
constexpr size_t kMostIdleHandles = 64;
constexpr long kReceiveBytes = 512L << 10;
constexpr const char* kUserAgent = "veneer/0.1";

// Not a global initialiser: the first transport of the process runs it, and only once.
bool global_init() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  return code == CURLE_OK;
}

TransferEnd end_of(CURLcode code) {
  switch (code) {
    case CURLE_OK: return TransferEnd::complete;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return TransferEnd::unknown;
    case CURLE_COULDNT_CONNECT: return TransferEnd::refused;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR: return TransferEnd::insecure;
    case CURLE_OPERATION_TIMEDOUT: return TransferEnd::stalled;
    default: return TransferEnd::cut;
  }
}

struct Transfer {
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  std::shared_ptr<TransferHandler> handler;
  std::atomic<int64_t>* body_bytes = nullptr;
  std::string body;
  ResponseHead head;
  size_t head_bytes = 0;
  bool head_told = false;
  bool refused_by_handler = false;
  double began = 0;
  double last_byte = 0;
  double window_began = 0;
  int64_t received = 0;
  int64_t received_at_window = 0;
  bool connected = false;
  char error[CURL_ERROR_SIZE] = {};

  // The fields so far go to the handler, once, when they are complete.
  bool tell_head() {
    if (head_told) return true;
    head_told = true;
    return handler->on_head(head);
  }
};

size_t on_header(char* data, size_t size, size_t count, void* context) {
  auto* transfer = static_cast<Transfer*>(context);
  const std::string_view line(data, size * count);
  transfer->last_byte = steady_seconds();
  transfer->head_bytes += line.size();
  if (transfer->head_bytes > kMostHeadBytes) return 0;
  if (line.starts_with("HTTP/")) {
    // Behind "100 Continue" another head comes.
    transfer->head = {};
    const size_t space = line.find(' ');
    if (space == std::string_view::npos) return 0;
    transfer->head.status =
        static_cast<int32_t>(parse_digits(trim(line.substr(space + 1, 3))).value_or(0));
  } else if (!trim(line).empty()) {
    if (!transfer->head_told) add_header_line(line, &transfer->head);
  }
  return size * count;
}

size_t on_data(char* data, size_t size, size_t count, void* context) {
  auto* transfer = static_cast<Transfer*>(context);
  const std::string_view bytes(data, size * count);
  transfer->last_byte = steady_seconds();
  transfer->received += static_cast<int64_t>(bytes.size());
  transfer->body_bytes->fetch_add(static_cast<int64_t>(bytes.size()), std::memory_order_relaxed);
  if (!transfer->tell_head() || !transfer->handler->on_body(bytes)) {
    transfer->refused_by_handler = true;
    return bytes.empty() ? 1 : 0;
  }
  return bytes.size();
}

}  // namespace

double steady_seconds() noexcept {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Transport::Impl {
  struct Timer {
    double at;
    std::function<void()> task;
  };

  TransportOptions options;
  CURLM* multi = nullptr;
  pthread_t thread{};
  bool started = false;
  std::atomic<bool> stopping{false};
  std::atomic<int64_t> connections{0};
  std::atomic<int64_t> bytes{0};
  std::mutex mutex;
  std::deque<std::function<void()>> inbox;  // guarded by mutex
  // On the thread only.
  std::vector<std::unique_ptr<Transfer>> transfers;
  std::vector<CURL*> idle;
  std::vector<Timer> timers;

  ~Impl();
  void stop();
  static void* enter(void* context);
  void run();
  void run_inbox();
  void run_timers();
  void read_messages();
  void end_stalled();
  int wait_milliseconds() const;
  bool set_up(Transfer* transfer, const HttpRequest& request);
  void set_up_connection(CURL* easy, const HttpRequest& request) const;
  void finish(size_t index, const TransferResult& result);
  void count_connections(CURL* easy);
};

void Transport::Impl::stop() {
  if (!started) return;
  stopping.store(true, std::memory_order_release);
  curl_multi_wakeup(multi);
  ::pthread_join(thread, nullptr);
  started = false;
}

Transport::Impl::~Impl() {
  stop();
  // Tasks may own what has destructors of its own; they go before the handles do.
  inbox.clear();
  timers.clear();
  for (CURL* easy : idle) curl_easy_cleanup(easy);
  if (multi != nullptr) curl_multi_cleanup(multi);
}

void* Transport::Impl::enter(void* context) {
  static_cast<Impl*>(context)->run();
  return nullptr;
}

void Transport::Impl::run() {
  while (!stopping.load(std::memory_order_acquire)) {
    run_inbox();
    run_timers();
    int running = 0;
    curl_multi_perform(multi, &running);
    read_messages();
    end_stalled();
    curl_multi_poll(multi, nullptr, 0, wait_milliseconds(), nullptr);
  }
  while (!transfers.empty()) finish(transfers.size() - 1, {TransferEnd::cancelled, "closed"});
}

void Transport::Impl::run_inbox() {
  std::deque<std::function<void()>> tasks;
  {
    std::lock_guard lock(mutex);
    tasks.swap(inbox);
  }
  for (auto& task : tasks) task();
}

void Transport::Impl::run_timers() {
  const double now = steady_seconds();
  std::vector<Timer> due;
  for (size_t i = 0; i < timers.size();) {
    if (timers[i].at > now) {
      ++i;
      continue;
    }
    due.push_back(std::move(timers[i]));
    timers[i] = std::move(timers.back());
    timers.pop_back();
  }
  for (Timer& timer : due) timer.task();
}

int Transport::Impl::wait_milliseconds() const {
  const double now = steady_seconds();
  double wait = 60;
  for (const Timer& timer : timers) wait = std::min(wait, timer.at - now);
  if (!transfers.empty()) wait = std::min(wait, options.stall_timeout_seconds / 8);
  return std::max(0, static_cast<int>(wait * 1000) + 1);
}

void Transport::Impl::count_connections(CURL* easy) {
  long opened = 0;
  if (curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &opened) == CURLE_OK) {
    connections.fetch_add(opened, std::memory_order_relaxed);
  }
}

void Transport::Impl::finish(size_t index, const TransferResult& result) {
  std::unique_ptr<Transfer> transfer = std::move(transfers[index]);
  transfers[index] = std::move(transfers.back());
  transfers.pop_back();
  count_connections(transfer->easy);
  curl_multi_remove_handle(multi, transfer->easy);
  if (stopping.load() || idle.size() >= kMostIdleHandles) {
    curl_easy_cleanup(transfer->easy);
  } else {
    curl_easy_reset(transfer->easy);
    idle.push_back(transfer->easy);
  }
  for (curl_slist* line = transfer->headers; line != nullptr; line = line->next) {
    wipe(line->data, std::char_traits<char>::length(line->data));  // Authorization among them
  }
  curl_slist_free_all(transfer->headers);
  wipe(&transfer->body);
  transfer->handler->on_end(result);
}

void Transport::Impl::read_messages() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    const auto at = std::find_if(transfers.begin(), transfers.end(), [&](const auto& transfer) {
      return transfer->easy == message->easy_handle;
    });
    if (at == transfers.end()) continue;
    Transfer* transfer = at->get();
    TransferResult result;
    result.end = end_of(code);
    if (code != CURLE_OK) {
      result.message = transfer->error[0] != 0 ? transfer->error : curl_easy_strerror(code);
      if (code == CURLE_OPERATION_TIMEDOUT && !transfer->connected && transfer->received == 0 &&
          transfer->head_bytes == 0) {
        result.end = TransferEnd::refused;
      }
    } else if (!transfer->tell_head()) {  // an answer without a body
      transfer->refused_by_handler = true;
    }
    if (transfer->refused_by_handler) result = {TransferEnd::aborted, {}};
    finish(static_cast<size_t>(at - transfers.begin()), result);
  }
}

void Transport::Impl::end_stalled() {
  const double now = steady_seconds();
  const double limit = options.stall_timeout_seconds;
  for (size_t i = transfers.size(); i-- > 0;) {
    if (i >= transfers.size()) continue;  // a handler's on_end has ended others
    Transfer& transfer = *transfers[i];
    if (!transfer.connected) {
      // libcurl limits the time that connecting takes; from then on it is ours.
      curl_off_t ready = 0;
      curl_easy_getinfo(transfer.easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
      if (ready == 0 && transfer.head_bytes == 0) continue;
      transfer.connected = true;
      transfer.last_byte = std::max(transfer.last_byte, now);
      transfer.window_began = now;
    }
    bool stalled = now - transfer.last_byte >= limit;
    if (now - transfer.window_began >= 4 * limit) {
      stalled = stalled || transfer.received - transfer.received_at_window < kCrawlBytes;
      transfer.window_began = now;
      transfer.received_at_window = transfer.received;
    }
    if (stalled) finish(i, {TransferEnd::stalled, "no answer within the stall limit"});
  }
}

void Transport::Impl::set_up_connection(CURL* easy, const HttpRequest& request) const {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options.connect_timeout_seconds * 1000));
  if (request.timeout_seconds > 0) {
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout_seconds * 1000));
  }
  const bool http2 = options.http_version == HttpVersion::http2;
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                   http2 ? long{CURL_HTTP_VERSION_2TLS} : long{CURL_HTTP_VERSION_1_1});
  if (http2) curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, kReceiveBytes);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#endif
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, options.verify_tls ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, options.verify_tls ? 2L : 0L);
  if (!options.ca_bundle.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_bundle.c_str());
  }
  if (request.direct) {
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
  } else if (options.proxy.has_value()) {
    curl_easy_setopt(easy, CURLOPT_PROXY, options.proxy->c_str());
  }
}

bool Transport::Impl::set_up(Transfer* transfer, const HttpRequest& request) {
  CURL* easy = transfer->easy;
  set_up_connection(easy, request);
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  // "." and ".." are parts of keys; the path was signed as it is.
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, kUserAgent);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
  if (request.method == "POST") {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(transfer->body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, transfer->body.c_str());
  } else if (request.method != "GET") {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  for (const auto& [name, value] : request.headers) {
    std::string line = concat({name, ": ", value});
    if (value.empty()) line = concat({name, ";"});
    curl_slist* more = curl_slist_append(transfer->headers, line.c_str());
    wipe(&line);
    if (more == nullptr) return false;
    transfer->headers = more;
  }
  return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers) == CURLE_OK;
}

Transport::Transport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Transport::~Transport() = default;
void Transport::stop() { impl_->stop(); }

Result<std::unique_ptr<Transport>> Transport::create(const TransportOptions& options) {
  if (!global_init()) return Status::io("libcurl cannot be initialised");
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  impl->multi = curl_multi_init();
  if (impl->multi == nullptr) return Status::out_of_memory("libcurl cannot be initialised");
  curl_multi_setopt(impl->multi, CURLMOPT_MAXCONNECTS, long{options.max_connections});
  // The thread takes no signals: they are the program's, and a broken connection would otherwise
  // raise SIGPIPE in it.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  impl->started = ::pthread_create(&impl->thread, nullptr, Impl::enter, impl.get()) == 0;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (!impl->started) return Status::io("no thread can be started");
  return std::unique_ptr<Transport>(new Transport(std::move(impl)));
}

void Transport::post(std::function<void()> task) {
  {
    std::lock_guard lock(impl_->mutex);
    impl_->inbox.push_back(std::move(task));
  }
  curl_multi_wakeup(impl_->multi);
}

int64_t Transport::connections_opened() const noexcept { return impl_->connections.load(); }
int64_t Transport::body_bytes() const noexcept { return impl_->bytes.load(); }

void Transport::begin(const HttpRequest& request, std::shared_ptr<TransferHandler> handler) {
  auto transfer = std::make_unique<Transfer>();
  transfer->handler = std::move(handler);
  transfer->body = request.body;
  transfer->body_bytes = &impl_->bytes;
  transfer->began = transfer->last_byte = transfer->window_began = steady_seconds();
  if (!impl_->idle.empty()) {
    transfer->easy = impl_->idle.back();
    impl_->idle.pop_back();
  } else {
    transfer->easy = curl_easy_init();
  }
  const bool ready = transfer->easy != nullptr && impl_->set_up(transfer.get(), request) &&
                     curl_multi_add_handle(impl_->multi, transfer->easy) == CURLM_OK;
  if (!ready) {
    if (transfer->easy != nullptr) curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    // Not from within begin: the caller is not ready for it.
    run_after(0, [told = std::move(transfer->handler)] {
      told->on_end({TransferEnd::cut, "libcurl cannot set up the transfer"});
    });
    return;
  }
  impl_->transfers.push_back(std::move(transfer));
}

void Transport::abort(const TransferHandler* handler) {
  for (size_t i = 0; i < impl_->transfers.size(); ++i) {
    if (impl_->transfers[i]->handler.get() != handler) continue;
    impl_->finish(i, {TransferEnd::cancelled, "cancelled"});
    return;
  }
}

void Transport::run_after(double seconds, std::function<void()> task) {
  impl_->timers.push_back({steady_seconds() + seconds, std::move(task)});
}

}  // namespace veneer::s3
