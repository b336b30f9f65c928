// The rides of a Parquet file as values of a struct: a structure, a list, and what may be null.
//
//   rides FILE
#include <veneer/veneer.h>

#include <chrono>
#include <cstdio>
#include <optional>
#include <string_view>
#include <vector>

struct Driver {
  std::string_view name;  // bytes of the batch: good until the next row
  std::optional<float> rating;
};

struct Ride {
  int64_t id = 0;
  std::optional<double> fare;
  Driver driver;
  std::vector<std::string_view> tags;
  std::chrono::local_time<std::chrono::microseconds> at;
};

template <>
struct veneer::Binding<Driver> {
  static constexpr auto fields = veneer::bind_fields(veneer::bind("name", &Driver::name),
                                                     veneer::bind("rating", &Driver::rating));
};
template <>
struct veneer::Binding<Ride> {
  static constexpr auto fields =
      veneer::bind_fields(veneer::bind("id", &Ride::id), veneer::bind("fare", &Ride::fare),
                          veneer::bind("driver", &Ride::driver), veneer::bind("tags", &Ride::tags),
                          veneer::bind("at", &Ride::at));
};

static int fail(const veneer::Status& status) {
  std::fprintf(stderr, "rides: %s\n", status.to_string().c_str());
  return 1;
}

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: rides FILE\n", stderr);
    return 2;
  }
  veneer::Result<veneer::File> file = veneer::File::open(argv[1]);
  if (!file) return fail(file.status());
  // Every member is held against the schema here, once; the message lists all that do not fit.
  auto rides = veneer::read_rows<Ride>(*file);
  if (!rides) return fail(rides.status());
  for (const Ride& ride : *rides) {
    std::printf("%lld %.*s %.2f", static_cast<long long>(ride.id),
                static_cast<int>(ride.driver.name.size()), ride.driver.name.data(),
                ride.fare.value_or(0));
    for (const std::string_view tag : ride.tags) {
      std::printf(" %.*s", static_cast<int>(tag.size()), tag.data());
    }
    std::printf(" %lld\n", static_cast<long long>(ride.at.time_since_epoch().count()));
  }
  // The end and a failure are told apart.
  if (!rides->status().ok()) return fail(rides->status());
  return 0;
}
