#include "column/kept_buffers.h"

#include <utility>

#include "base/macros.h"

namespace veneer::column {
namespace {
// A batch of very many tiny pages looks through so many for each, and makes the rest anew: time
// stays in proportion to the pages.
constexpr size_t kMostKept = 64;
}  // namespace

Result<SharedBuffer> KeptBuffers::acquire(size_t size) {
  SharedBuffer* best = nullptr;
  for (SharedBuffer& buffer : buffers_) {
    if (!buffer.unique()) continue;
    if (best == nullptr || buffer->capacity() > (*best)->capacity()) best = &buffer;
  }
  if (best == nullptr) {
    VENEER_TRY(SharedBuffer fresh, SharedBuffer::make(Buffer(pool_)));
    if (buffers_.size() == kMostKept) {
      VENEER_CHECK(fresh->resize_discard(size));
      return fresh;
    }
    VENEER_CHECK(buffers_.push_back(std::move(fresh)));
    best = &buffers_.back();
  }
  VENEER_CHECK((*best)->resize_discard(size));
  return *best;
}

}  // namespace veneer::column
