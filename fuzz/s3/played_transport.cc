#include "fuzz/s3/played_transport.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace veneer::fuzz {
namespace {

PlayedServer* playing = nullptr;
std::atomic<double> clock_seconds{1000};
constexpr size_t kPiece = 1000;

}  // namespace

void play(PlayedServer* server) { playing = server; }

}  // namespace veneer::fuzz

namespace veneer::s3 {

double steady_seconds() noexcept { return fuzz::clock_seconds.load(); }

struct Transport::Impl {
  struct Timer {
    double at;
    std::function<void()> task;
  };
  struct Transfer {
    HttpRequest request;
    std::shared_ptr<TransferHandler> handler;
  };

  fuzz::PlayedServer* server = fuzz::playing;
  std::mutex mutex;
  std::condition_variable came;
  std::deque<std::function<void()>> inbox;  // guarded by mutex, as stopping is
  bool stopping = false;
  std::atomic<int64_t> bytes{0};
  // On the thread only.
  std::deque<Transfer> transfers;
  std::vector<Timer> timers;
  std::thread thread;

  ~Impl() { stop(); }

  void stop() {
    {
      std::lock_guard lock(mutex);
      stopping = true;
    }
    came.notify_all();
    if (thread.joinable()) thread.join();
    while (!transfers.empty()) end(take(transfers.begin()), {TransferEnd::cancelled, "closed"});
  }

  void run() {
    while (true) {
      std::function<void()> task;
      {
        std::unique_lock lock(mutex);
        if (inbox.empty() && transfers.empty() && timers.empty()) {
          came.wait(lock, [&] { return stopping || !inbox.empty(); });
        }
        if (stopping) return;
        if (!inbox.empty()) {
          task = std::move(inbox.front());
          inbox.pop_front();
        }
      }
      if (task) {
        task();
      } else if (!transfers.empty()) {
        play_out(take(transfers.begin()));
      } else {
        wait_for_timer();
      }
    }
  }

  void wait_for_timer() {
    const auto next = std::min_element(timers.begin(), timers.end(),
                                       [](const Timer& a, const Timer& b) { return a.at < b.at; });
    const Timer timer = std::move(*next);
    timers.erase(next);
    fuzz::clock_seconds.store(std::max(steady_seconds(), timer.at));
    timer.task();
  }

  Transfer take(std::deque<Transfer>::iterator at) {
    Transfer transfer = std::move(*at);
    transfers.erase(at);
    return transfer;
  }

  static void end(const Transfer& transfer, const TransferResult& result) {
    transfer.handler->on_end(result);
  }

  // As libcurl does: a body ends at its Content-Length, and is cut where it is shorter.
  void play_out(const Transfer& transfer) {
    fuzz::PlayedAnswer answer = server->answer(transfer.request);
    if (answer.head.status == 0) return end(transfer, {answer.end, "played"});
    std::string_view body = std::string_view(answer.body).substr(0, answer.cut);
    if (body.size() < answer.body.size()) answer.end = TransferEnd::cut;
    const int64_t length = answer.head.content_length();
    if (length >= 0) {
      const auto told = static_cast<size_t>(length);
      if (body.size() < told && answer.end == TransferEnd::complete) answer.end = TransferEnd::cut;
      body = body.substr(0, told);
    }
    bool wanted = transfer.handler->on_head(answer.head);
    while (wanted && !body.empty()) {
      const std::string_view piece = body.substr(0, fuzz::kPiece);
      body.remove_prefix(piece.size());
      bytes.fetch_add(static_cast<int64_t>(piece.size()));
      wanted = transfer.handler->on_body(piece);
    }
    end(transfer,
        wanted ? TransferResult{answer.end, {}} : TransferResult{TransferEnd::aborted, {}});
  }
};

Transport::Transport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Transport::~Transport() = default;
void Transport::stop() { impl_->stop(); }

Result<std::unique_ptr<Transport>> Transport::create(const TransportOptions&) {
  auto impl = std::make_unique<Impl>();
  impl->thread = std::thread([own = impl.get()] { own->run(); });
  return std::unique_ptr<Transport>(new Transport(std::move(impl)));
}

void Transport::post(std::function<void()> task) {
  {
    std::lock_guard lock(impl_->mutex);
    impl_->inbox.push_back(std::move(task));
  }
  impl_->came.notify_all();
}

int64_t Transport::connections_opened() const noexcept { return 0; }
int64_t Transport::body_bytes() const noexcept { return impl_->bytes.load(); }

void Transport::begin(const HttpRequest& request, std::shared_ptr<TransferHandler> handler) {
  impl_->transfers.push_back({request, std::move(handler)});
}

void Transport::abort(const TransferHandler* handler) {
  const auto at = std::find_if(impl_->transfers.begin(), impl_->transfers.end(),
                               [&](const auto& one) { return one.handler.get() == handler; });
  if (at != impl_->transfers.end()) {
    Impl::end(impl_->take(at), {TransferEnd::cancelled, "cancelled"});
  }
}

void Transport::run_after(double seconds, std::function<void()> task) {
  impl_->timers.push_back({steady_seconds() + seconds, std::move(task)});
}

}  // namespace veneer::s3
