#include "file/chunk_input.h"

#include <algorithm>
#include <cstring>

#include "base/checked.h"
#include "base/macros.h"

namespace veneer {
namespace {

// What is let go at once, in whole pages of any system; and how far behind what is read it lies
// where views may point into it.
constexpr int64_t kLetGo = int64_t{64} << 10;
constexpr int64_t kInUse = int64_t{4} << 20;

}  // namespace

void ChunkInput::open(Input* input, int64_t input_size, int64_t begin, int64_t size,
                      int64_t read_bytes, LetGo let_go) noexcept {
  if (let_go_ == LetGo::chunks) let_go_until(size_);
  input_ = input;
  input_size_ = input_size;
  begin_ = begin;
  size_ = size;
  read_bytes_ = read_bytes;
  in_place_ = size > 0 && !input->view(begin, size).empty();
  window_.clear();
  window_begin_ = until_ = 0;
  in_use_ = (begin + kLetGo - 1) / kLetGo * kLetGo;
  let_go_ = in_place_ ? let_go : LetGo::never;
  shown_ = false;
}

// Threads share a map's pages: to take one from all of them costs more than to take many. So they
// let go of chunks, one alone of pages.
void ChunkInput::passed(int64_t position) noexcept {
  if (let_go_ == LetGo::pages) let_go_until(position - (shown_ ? kInUse : 0));
}

void ChunkInput::let_go_until(int64_t position) noexcept {
  const int64_t until = (begin_ + position) / kLetGo * kLetGo;
  if (until <= in_use_) return;
  input_->wont_need({in_use_, until - in_use_});
  in_use_ = until;
}

std::span<const uint8_t> ChunkInput::stable(int64_t position, size_t size) {
  // Decoders may load whole vectors past the end of what they are given; past the end of a mapping
  // there may be no memory.
  const int64_t at = begin_ + position;
  if (!in_place_ || narrow<int64_t>(size) > size_ - position ||
      narrow<int64_t>(size + Buffer::kPadding) > input_size_ - at) {
    return {};
  }
  shown_ = true;
  return input_->view(at, narrow<int64_t>(size));
}

Result<std::span<const uint8_t>> ChunkInput::peek(int64_t position, size_t at_least) {
  if (in_place_) {
    const int64_t rest = std::min(
        size_ - position, input_size_ - (begin_ + position) - narrow<int64_t>(Buffer::kPadding));
    if (rest >= narrow<int64_t>(at_least)) return input_->view(begin_ + position, rest);
  }
  const int64_t window_end = window_begin_ + narrow<int64_t>(window_.size());
  int64_t kept = 0;
  if (position >= window_begin_ && position <= window_end) {
    kept = window_end - position;
    if (kept >= narrow<int64_t>(at_least)) {
      return window_.bytes().subspan(narrow<size_t>(position - window_begin_));
    }
  }
  int64_t ahead = read_bytes_;
  if (position < until_) ahead = std::min(ahead, until_ - position);
  const int64_t wanted = std::min(size_ - position, std::max(narrow<int64_t>(at_least), ahead));
  // What is kept moves to the front; the rest is read behind it.
  if (kept != 0) {
    std::memmove(window_.data(), window_.data() + (position - window_begin_), narrow<size_t>(kept));
  }
  VENEER_CHECK(window_.resize(narrow<size_t>(kept)));
  window_begin_ = position;
  VENEER_CHECK(window_.resize(narrow<size_t>(wanted)));
  Status status = input_->read(begin_ + position + kept,
                               {window_.data() + kept, narrow<size_t>(wanted - kept)});
  if (!status.ok()) {
    window_.clear();
    return status;
  }
  return window_.bytes();
}

Status ChunkInput::read(int64_t position, std::span<uint8_t> out) {
  const int64_t window_end = window_begin_ + narrow<int64_t>(window_.size());
  if (position >= window_begin_ && position < window_end && !out.empty()) {
    const auto held =
        narrow<size_t>(std::min<int64_t>(window_end - position, narrow<int64_t>(out.size())));
    std::memcpy(out.data(), window_.data() + (position - window_begin_), held);
    out = out.subspan(held);
    position += narrow<int64_t>(held);
  }
  return out.empty() ? Status() : input_->read(begin_ + position, out);
}

}  // namespace veneer
