#include "encoding/delta_byte_array.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/macros.h"
#include "base/text.h"
#include "encoding/errors.h"
#include "encoding/view.h"

namespace veneer::encoding {
namespace {

constexpr size_t kStringsAtOnce = 256;

// Copies n bytes by way of 64 whatever n is. The first 64 bytes may overlap.
inline void copy(const uint8_t* from, size_t n, uint8_t* to) noexcept {
  struct Block {
    uint8_t bytes[64];
  } block;
  std::memcpy(&block, from, sizeof(block));
  std::memcpy(to, &block, sizeof(block));
  if (n > sizeof(block)) [[unlikely]] {
    std::memcpy(to + sizeof(block), from + sizeof(block), n - sizeof(block));
  }
}

// Puts values together, and keeps the first 64 bytes of the last one in registers: loaded from
// where they have just been stored in two pieces, they would wait for both stores, 30 cycles a
// value.
class Joiner {
 public:
  // `value` is readable for 64 bytes.
  explicit Joiner(const uint8_t* value) noexcept { load(value); }

  // `prefix` bytes of the value before, which is at `previous`, and `suffix` bytes at `from`,
  // before which `room` bytes are readable, go to `to`.
  void join(const uint8_t* previous, size_t prefix, const uint8_t* from, size_t suffix, size_t room,
            uint8_t* to) noexcept {
    if (prefix > kHead || prefix > room) [[unlikely]] {
      copy(previous, prefix, to);
      copy(from, suffix, to + prefix);
      return load(to);
    }
    const uint8_t* value = from - prefix;  // where its suffix is in place
    const auto length = static_cast<int8_t>(prefix);
    blend(length, 0, value, &head_[0]);
    blend(length, 16, value, &head_[1]);
    blend(length, 32, value, &head_[2]);
    blend(length, 48, value, &head_[3]);
    std::memcpy(to, head_, kHead);
    // Up to 16 bytes more without a branch, which sentences of about 64 bytes would make one that
    // nobody can predict; values without any have their first bytes stored again.
    const size_t size = prefix + suffix;
    const size_t more = size > kHead ? kHead : 0;
    Lane next;
    std::memcpy(&next, (size > kHead ? value : to) + more, sizeof(next));
    std::memcpy(to + more, &next, sizeof(next));
    if (size > kHead + sizeof(next)) {
      std::memcpy(to + kHead, value + kHead, size - kHead);
    }
  }

  // The value joined last: its first 64 bytes.
  const uint8_t* head() const noexcept {
    return static_cast<const uint8_t*>(static_cast<const void*>(head_));
  }

 private:
  static constexpr size_t kHead = 64;
  using Lane = int8_t __attribute__((vector_size(16)));
  // 16 bytes from `at` on: those of `head` up to `length`, then those of `value`. Lanes go by
  // pointer: 32-bit x86 has no way to hand them over in registers.
  static void blend(int8_t length, int at, const uint8_t* value, Lane* head) noexcept {
    constexpr Lane kPlaces = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    Lane fresh;
    std::memcpy(&fresh, value + at, sizeof(fresh));
    const Lane kept = kPlaces + static_cast<int8_t>(at) < length;
    *head = (*head & kept) | (fresh & ~kept);
  }

  void load(const uint8_t* value) noexcept { std::memcpy(head_, value, kHead); }

  Lane head_[4];
};

[[gnu::cold]] Status bad_lengths(int32_t prefix, int32_t suffix, size_t previous, size_t left) {
  if (prefix < 0) return bad_value("a prefix length", prefix, "below zero");
  if (suffix < 0) return bad_value("a suffix length", suffix, "below zero");
  if (static_cast<uint32_t>(prefix) > previous) {
    return bad_value("a prefix length", prefix,
                     concat({"but the value before has ", previous, " bytes"}));
  }
  return bad_value("a suffix length", suffix,
                   concat({"but only ", left, " bytes are left in the page"}));
}

}  // namespace

struct DeltaByteArrayDecoder::Lengths {
  int32_t prefix[kStringsAtOnce + 16];
  int32_t suffix[kStringsAtOnce + 16];

  /// Whether value i can be made from a previous value of `previous` bytes and `left` bytes of
  /// suffixes. Negative lengths are larger than either.
  bool fit(size_t i, size_t previous, size_t left) const noexcept {
    const auto p = static_cast<uint32_t>(prefix[i]);
    const auto s = static_cast<uint32_t>(suffix[i]);
    return p <= previous && s <= left && (p | s) <= INT32_MAX;
  }
};

Status DeltaByteArrayDecoder::init(std::span<const uint8_t> bytes, MemoryPool* pool) {
  if (last_.pool() != pool) last_ = Buffer(pool);
  last_.clear();
  bytes_ = bytes;
  VENEER_CHECK(prefixes_.init(bytes));
  size_t prefix_end = 0;
  VENEER_CHECK(prefixes_.find_end(&prefix_end));
  VENEER_CHECK(suffixes_.init(bytes.subspan(prefix_end)));
  if (prefixes_.value_count() != suffixes_.value_count()) {
    return Status::corrupt(concat({prefixes_.value_count(), " prefix lengths but ",
                                   suffixes_.value_count(), " suffix lengths"}));
  }
  size_t suffix_end = 0;
  VENEER_CHECK(suffixes_.find_end(&suffix_end));
  position_ = prefix_end + suffix_end;
  return {};
}

Status DeltaByteArrayDecoder::set_previous(std::span<const uint8_t> value) {
  return keep(value.data(), value.size());
}

Status DeltaByteArrayDecoder::keep(const uint8_t* value, size_t length) {
  VENEER_CHECK(last_.resize_discard(length));
  if (length != 0) std::memcpy(last_.data(), value, length);
  return {};
}

Status DeltaByteArrayDecoder::next_lengths(DeltaDecoder<int32_t>* prefixes,
                                           DeltaDecoder<int32_t>* suffixes, size_t n,
                                           Lengths* lengths) {
  VENEER_CHECK(prefixes->decode(lengths->prefix, n));
  return suffixes->decode(lengths->suffix, n);
}

Status DeltaByteArrayDecoder::peek_bytes(size_t n, uint64_t* total) const {
  DeltaDecoder<int32_t> prefixes = prefixes_;
  DeltaDecoder<int32_t> suffixes = suffixes_;
  Lengths lengths;
  size_t previous = last_.size();
  size_t left = bytes_.size() - position_;
  uint64_t sum = 0;
  for (size_t done = 0; done < n;) {
    const size_t count = std::min(kStringsAtOnce, n - done);
    VENEER_CHECK(next_lengths(&prefixes, &suffixes, count, &lengths));
    for (size_t i = 0; i < count; ++i) {
      if (!lengths.fit(i, previous, left)) [[unlikely]] {
        return bad_lengths(lengths.prefix[i], lengths.suffix[i], previous, left);
      }
      const auto suffix = static_cast<uint32_t>(lengths.suffix[i]);
      previous = static_cast<uint32_t>(lengths.prefix[i]) + size_t{suffix};
      left -= suffix;
      sum += previous;
    }
    done += count;
  }
  *total = sum;
  return {};
}

Status DeltaByteArrayDecoder::decode(size_t n, uint8_t* arena, uint32_t buffer_index,
                                     uint32_t arena_offset, BinaryView* out) {
  if (n == 0) return {};
  VENEER_CHECK(last_.reserve(1));  // its padding makes 64 bytes readable also for no value at all
  Lengths lengths;
  const uint8_t* suffixes = bytes_.data() + position_;
  size_t left = bytes_.size() - position_;
  const uint8_t* previous = last_.data();
  size_t previous_length = last_.size();
  Joiner joiner(previous);
  uint8_t* to = arena;
  for (size_t done = 0; done < n;) {
    const size_t count = std::min(kStringsAtOnce, n - done);
    VENEER_CHECK(next_lengths(&prefixes_, &suffixes_, count, &lengths));
    for (size_t i = 0; i < count; ++i) {
      if (!lengths.fit(i, previous_length, left)) [[unlikely]] {
        return bad_lengths(lengths.prefix[i], lengths.suffix[i], previous_length, left);
      }
      const auto prefix = static_cast<uint32_t>(lengths.prefix[i]);
      const auto suffix = static_cast<uint32_t>(lengths.suffix[i]);
      joiner.join(previous, prefix, suffixes, suffix, static_cast<size_t>(suffixes - bytes_.data()),
                  to);
      suffixes += suffix;
      left -= suffix;
      previous = to;
      previous_length = size_t{prefix} + suffix;
      store_view(joiner.head(), static_cast<uint32_t>(previous_length), buffer_index,
                 arena_offset + static_cast<uint32_t>(to - arena), out + done + i);
      to += previous_length;
    }
    done += count;
  }
  position_ = bytes_.size() - left;
  VENEER_CHECK(keep(previous, previous_length));
  return uint64_t{arena_offset} + static_cast<uint64_t>(to - arena) > UINT32_MAX ? offset_overflow()
                                                                                 : Status();
}

Status DeltaByteArrayDecoder::decode_fixed(uint8_t* out, size_t n, size_t width) {
  if (n == 0) return {};
  VENEER_CHECK(last_.reserve(1));
  Lengths lengths;
  const uint8_t* suffixes = bytes_.data() + position_;
  size_t left = bytes_.size() - position_;
  const uint8_t* previous = last_.data();
  size_t previous_length = last_.size();
  Joiner joiner(previous);
  uint8_t* to = out;
  for (size_t done = 0; done < n;) {
    const size_t count = std::min(kStringsAtOnce, n - done);
    VENEER_CHECK(next_lengths(&prefixes_, &suffixes_, count, &lengths));
    for (size_t i = 0; i < count; ++i) {
      if (!lengths.fit(i, previous_length, left)) [[unlikely]] {
        return bad_lengths(lengths.prefix[i], lengths.suffix[i], previous_length, left);
      }
      const auto prefix = static_cast<uint32_t>(lengths.prefix[i]);
      const auto suffix = static_cast<uint32_t>(lengths.suffix[i]);
      if (size_t{prefix} + suffix != width) [[unlikely]] {
        return bad_value("the length of a fixed-length value", int64_t{prefix} + suffix,
                         concat({"but the column's is ", width}));
      }
      joiner.join(previous, prefix, suffixes, suffix, static_cast<size_t>(suffixes - bytes_.data()),
                  to);
      suffixes += suffix;
      left -= suffix;
      previous = to;
      previous_length = width;
      to += width;
    }
    done += count;
  }
  position_ = bytes_.size() - left;
  return keep(previous, previous_length);
}

Status DeltaByteArrayDecoder::skip(size_t n) {
  Lengths lengths;
  while (n != 0) {
    const size_t count = std::min(kStringsAtOnce, n);
    VENEER_CHECK(next_lengths(&prefixes_, &suffixes_, count, &lengths));
    for (size_t i = 0; i < count; ++i) {
      const size_t left = bytes_.size() - position_;
      if (!lengths.fit(i, last_.size(), left)) {
        return bad_lengths(lengths.prefix[i], lengths.suffix[i], last_.size(), left);
      }
      const auto suffix = static_cast<uint32_t>(lengths.suffix[i]);
      VENEER_CHECK(last_.resize(static_cast<uint32_t>(lengths.prefix[i])));
      VENEER_CHECK(last_.append(bytes_.data() + position_, suffix));
      position_ += suffix;
    }
    n -= count;
  }
  return {};
}

}  // namespace veneer::encoding
