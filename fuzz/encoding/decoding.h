// What the targets of encodings share: decoding at once and in pieces must give the same.
#pragma once

#include <cstring>
#include <vector>

#include "base/memory.h"
#include "fuzz/support/feed.h"
#include "tests/encoding/reference.h"
#include "veneer/status.h"

namespace veneer::fuzz {

using reference::Padded;
using reference::Random;
using reference::Room;

/// Decodes `n` values at once, then again by a fresh decoder in pieces of sizes that `random`
/// chooses, some of them skipped. `make()` gives a Result<Decoder> that stands at the start,
/// `decode(decoder, out, count)` reads into elements of T, `per_value` of them a value.
///
/// What decodes at once must decode in pieces, to the same; the other way round skipped values may
/// hide what is wrong with them. Returns whether all decoded at once.
template <class T, class Make, class Decode>
bool decode_twice(Random& random, size_t n, Make make, Decode decode, size_t per_value = 1) {
  auto first = make();
  if (!first) return false;
  Room<T> whole(n * per_value);
  const bool good = decode(*first, whole.data(), n).ok();

  auto second = make();
  require_ok(second.status(), "init gives the same twice");
  bool failed = false;
  const auto note = [&](const Status& status) {
    failed = !status.ok();
    require(!failed || !good, "what decodes at once decodes in pieces");
  };
  reference::in_pieces(
      random, n,
      [&](size_t begin, size_t count) {
        if (failed) return;
        Room<T> part(count * per_value);
        note(decode(*second, part.data(), count));
        if (failed || !good) return;
        require(std::memcmp(part.data(), whole.data() + begin * per_value,
                            count * per_value * sizeof(T)) == 0,
                "pieces give the same values");
      },
      [&](size_t count) {
        if (!failed) note(second->skip(count));
      });
  return good;
}

/// True where the elements are the same bits.
template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

}  // namespace veneer::fuzz
