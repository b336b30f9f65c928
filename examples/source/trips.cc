// Trips of a directory as records, by two threads: how many, and for how much, in each city.
//
//   trips DIRECTORY [WHERE]        trips examples/data/trips "year = 2026 and month >= 3"
#include <veneer/veneer.h>

#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

struct Trip {
  int64_t id = 0;
  std::string city;
  std::optional<int64_t> fare;   // DECIMAL(9,2): hundredths
  std::optional<int64_t> month;  // of the path
};
template <>
struct veneer::Binding<Trip> {
  static constexpr auto fields =
      veneer::bind_fields(veneer::bind("id", &Trip::id), veneer::bind("city", &Trip::city),
                          veneer::bind("fare", &Trip::fare), veneer::bind("month", &Trip::month));
};

struct Sum {
  int64_t trips = 0;
  int64_t cents = 0;
};

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fprintf(stderr, "usage: trips DIRECTORY [WHERE]\n");
    return 2;
  }
  veneer::PrefixSource<Trip> source(argv[1], {.where = argc == 3 ? argv[2] : ""});

  veneer::Channel<veneer::Record<Trip>> channel(1000);
  std::map<std::string, Sum> sums[2];
  std::vector<std::jthread> consumers;
  for (auto& mine : sums) {
    consumers.emplace_back([&channel, &mine] {
      while (std::optional<veneer::Record<Trip>> record = channel.pop()) {
        Sum& sum = mine[record->value.city];
        ++sum.trips;
        if (record->value.fare) sum.cents += *record->value.fare;
      }
    });
  }
  const veneer::Status status = source.scan({}, channel);
  channel.close();    // the consumers take what is left
  consumers.clear();  // and are waited for
  if (!status.ok()) {
    std::fprintf(stderr, "%s\nto go on: %s\n", status.to_string().c_str(),
                 source.position().c_str());
    return 1;
  }

  for (const auto& [city, sum] : sums[1]) {
    sums[0][city].trips += sum.trips;
    sums[0][city].cents += sum.cents;
  }
  Sum all;
  for (const auto& [city, sum] : sums[0]) {
    std::printf("%6lld  %10lld.%02d  %s\n", static_cast<long long>(sum.trips),
                static_cast<long long>(sum.cents / 100), static_cast<int>(sum.cents % 100),
                city.c_str());
    all.trips += sum.trips;
    all.cents += sum.cents;
  }
  const veneer::SourceStats stats = source.stats();
  std::printf("%lld trips for %lld.%02d, %lld rows dropped\n", static_cast<long long>(all.trips),
              static_cast<long long>(all.cents / 100), static_cast<int>(all.cents % 100),
              static_cast<long long>(stats.decode_errors));
  return 0;
}
