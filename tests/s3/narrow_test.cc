// Listings narrowed by a filter on directories.
#include <algorithm>
#include <iterator>

#include "support.h"

using namespace veneer;
using namespace veneer::testing;

namespace {

struct Fixture {
  FaultServer server;
  std::vector<std::string> all;
  int64_t pruned = 0;  // directories, of the last listing

  Fixture() {
    for (int year = 2023; year <= 2026; ++year) {
      for (int month = 1; month <= 12; ++month) {
        for (const char* file : {"a", "b"}) {
          char key[64];
          std::snprintf(key, sizeof key, "year=%d/month=%02d/%s", year, month, file);
          add(key);
        }
      }
    }
    for (const char* key : {"_SUCCESS", "year=2025/month=05.txt", "year=2026/z"}) add(key);
  }
  void add(const std::string& key) {
    all.insert(std::upper_bound(all.begin(), all.end(), key), key);
    server.put("data", "t/" + key, key);
  }
  std::vector<std::string> list(std::function<Below(std::string_view)> filter,
                                S3ListOptions options = {}) {
    server.clear_requests();
    auto lister = make(quick_options(server)).list("data", "t/", std::move(options));
    REQUIRE(lister.ok());
    (*lister)->narrow(std::move(filter));
    std::vector<ObjectInfo> page;
    while (true) {
      auto more = (*lister)->next(&page);
      REQUIRE_MESSAGE(more.ok(), more.status().to_string());
      if (!*more) break;
    }
    pruned = (*lister)->directories_pruned();
    std::vector<std::string> keys;
    for (const ObjectInfo& object : page) keys.push_back(object.key);
    return keys;
  }
};

// year = 2026 and month >= 11
Below late(std::string_view directory) {
  if (directory.empty()) return Below::some;
  if (!directory.starts_with("year=2026/")) return Below::none;
  if (directory == "year=2026/") return Below::some;
  return directory >= "year=2026/month=11/" ? Below::all : Below::none;
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "directories that a filter drops are not looked into") {
  std::vector<std::string> expected = all;
  std::erase_if(expected, [](const std::string& key) {
    return key != "_SUCCESS" && key != "year=2026/z" && key < "year=2026/month=11/";
  });
  CHECK(list(late) == expected);
  // A look into the root, one into the year, and two months.
  CHECK(server.count() == 4);
  CHECK(pruned == 3 + 10);  // years, months
  for (int32_t per_page : {1, 2, 5}) {
    CHECK(list(late, {.page_keys = per_page}) == expected);
    CHECK(pruned == 3 + 10);
  }
  std::vector<std::string> fanned = list(late, {.fan_out = 3});
  std::sort(fanned.begin(), fanned.end());
  CHECK(fanned == expected);
  for (const char* after : {"_SUCCESS", "year=2026/month=11/a", "year=2026/month=12/", "zzz"}) {
    CAPTURE(after);
    std::vector<std::string> rest = expected;
    std::erase_if(rest, [&](const std::string& key) { return key <= after; });
    CHECK(list(late, {.start_after = after}) == rest);
  }
}

TEST_CASE_FIXTURE(Fixture, "where little or nothing is dropped the listing is flat") {
  CHECK(list([](std::string_view) { return Below::some; }) == all);
  CHECK(server.count() == 2);
  CHECK(list([](std::string_view) { return Below::all; }) == all);
  CHECK(server.count() == 1);
  CHECK(list([](std::string_view) { return Below::none; }).empty());
  CHECK(server.count() == 0);
  CHECK(pruned == 1);  // the place itself
  // Of many directories nearly all are wanted: what is not comes too, for the scan to drop.
  for (int i = 0; i < 200; ++i) add("u=" + std::to_string(1000 + i) + "/a");
  CHECK(list([](std::string_view directory) {
          if (directory.empty()) return Below::some;
          return directory == "u=1000/" ? Below::none : Below::all;
        }) == all);
  CHECK(server.count() == 2);
  CHECK(pruned == 0);
}
