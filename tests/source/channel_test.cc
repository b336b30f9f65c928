#include "veneer/channel.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

using namespace veneer;
using namespace std::chrono_literals;

TEST_CASE("A channel is a queue of bounded length") {
  Channel<int> channel(2);
  CHECK(channel.capacity() == 2);
  CHECK(channel.push(1));
  CHECK(channel.try_push(2));
  CHECK(channel.size() == 2);
  CHECK_FALSE(channel.try_push(3));
  CHECK(channel.pop() == 1);
  CHECK(channel.try_pop() == 2);
  CHECK_FALSE(channel.try_pop().has_value());
  CHECK(Channel<int>(0).capacity() == 1);
}

TEST_CASE("A closed channel takes nothing, and gives what it has") {
  Channel<int> channel(4);
  CHECK(channel.push(1));
  CHECK(channel.push(2));
  CHECK_FALSE(channel.closed());
  channel.close();
  channel.close();
  CHECK(channel.closed());
  CHECK_FALSE(channel.push(3));
  CHECK_FALSE(channel.try_push(3));
  CHECK(channel.pop() == 1);
  CHECK(channel.pop() == 2);
  CHECK_FALSE(channel.pop().has_value());
}

TEST_CASE("What is not pushed stays with its owner") {
  Channel<std::unique_ptr<int>> channel(1);
  CHECK(channel.push(std::make_unique<int>(1)));
  auto value = std::make_unique<int>(2);
  CHECK_FALSE(channel.try_push(std::move(value)));
  CHECK(value != nullptr);
  std::stop_source stop;
  stop.request_stop();
  CHECK_FALSE(channel.push(std::move(value), stop.get_token()));
  CHECK(value != nullptr);
  channel.close();
  CHECK_FALSE(channel.push(std::move(value)));
  CHECK(value != nullptr);
  CHECK(**channel.pop() == 1);
}

TEST_CASE("A stop ends waiting, and takes nothing") {
  Channel<int> channel(1);
  {
    std::stop_source stop;
    std::jthread late([&] {
      std::this_thread::sleep_for(5ms);
      stop.request_stop();
    });
    CHECK_FALSE(channel.pop(stop.get_token()).has_value());
  }
  CHECK(channel.push(7));
  {
    std::stop_source stop;
    std::jthread late([&] {
      std::this_thread::sleep_for(5ms);
      stop.request_stop();
    });
    CHECK_FALSE(channel.push(8, stop.get_token()));
    CHECK_FALSE(channel.pop(stop.get_token()).has_value());
  }
  CHECK(channel.size() == 1);
  CHECK(channel.pop() == 7);
}

TEST_CASE("Closing wakes all that wait") {
  Channel<int> full(1);
  Channel<int> empty(1);
  CHECK(full.push(1));
  std::atomic<int> ended{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] { ended += full.push(2) ? 100 : 1; });
    threads.emplace_back([&] { ended += empty.pop().has_value() ? 100 : 1; });
  }
  std::this_thread::sleep_for(5ms);
  full.close();
  empty.close();
  threads.clear();
  CHECK(ended == 6);
  CHECK(full.pop() == 1);
}

TEST_CASE("Many threads push and pop: each value comes out once, those of one thread in order") {
  constexpr int kThreads = 4;
  constexpr int kEach = 3000;
  Channel<std::pair<int, int>> channel(7);
  std::vector<std::vector<std::pair<int, int>>> taken(kThreads);
  {
    std::vector<std::jthread> poppers;
    for (auto& mine : taken) {
      poppers.emplace_back([&] {
        while (auto value = channel.pop()) mine.push_back(*value);
      });
    }
    {
      std::vector<std::jthread> pushers;
      for (int t = 0; t < kThreads; ++t) {
        pushers.emplace_back([&, t] {
          for (int i = 0; i < kEach; ++i) {
            if (!channel.push({t, i})) return;
          }
        });
      }
    }
    channel.close();
  }
  std::vector<int> seen(kThreads * kEach);
  bool in_order = true;
  for (const auto& mine : taken) {
    std::vector<int> last(kThreads, -1);
    for (const auto& [t, i] : mine) {
      ++seen[static_cast<size_t>(t * kEach + i)];
      in_order = in_order && last[static_cast<size_t>(t)] < i;
      last[static_cast<size_t>(t)] = i;
    }
  }
  CHECK(in_order);
  CHECK(seen == std::vector<int>(kThreads * kEach, 1));
}

TEST_CASE("Poppers that are stopped at random lose nothing, and let none starve") {
  constexpr int kValues = 4000;
  Channel<int> channel(3);
  std::atomic<int64_t> sum{0};
  {
    std::vector<std::jthread> poppers;
    for (int t = 0; t < 3; ++t) {
      poppers.emplace_back([&] {
        while (auto value = channel.pop()) sum += *value;
      });
    }
    // Each comes, waits a while for a value, and is stopped.
    std::jthread restless([&](std::stop_token end) {
      while (!end.stop_requested()) {
        std::stop_source stop;
        std::jthread stopper([&] { stop.request_stop(); });
        if (auto value = channel.pop(stop.get_token())) sum += *value;
      }
    });
    for (int i = 1; i <= kValues; ++i) CHECK(channel.push(int{i}));
    restless.request_stop();
    restless.join();
    channel.close();
  }
  CHECK(sum == int64_t{kValues} * (kValues + 1) / 2);
}
