// What is known of one object, and what of it is held in memory.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/memory.h"
#include "base/text.h"
#include "s3/operation.h"
#include "s3/range_answer.h"
#include "veneer/status.h"

namespace veneer::s3 {

/// Bytes [begin, end) that are, or will be, in memory.
struct Part {
  enum class State : uint8_t { queued, fetching, ready, failed };

  int64_t begin = 0;
  int64_t end = 0;
  State state = State::queued;
  bool pinned = false;      ///< the object's tail: stays as long as the input
  int64_t wanted_left = 0;  ///< bytes that were asked for and are not yet read
  uint64_t generation = 0;  ///< which will_need it is of
  Buffer bytes;
  Status failure;
};

/// One version of an object: what identifies it, and its parts. Shared by an input and the
/// operations that it began, which may outlive it.
struct ObjectState {
  std::mutex mutex;
  std::condition_variable changed;
  // All below is guarded by mutex.
  int64_t size = -1;
  std::string etag;           ///< plain_etag; empty: not known
  std::string last_modified;  ///< compared where there is no ETag
  Url url;                    ///< of http inputs: behind the redirects that were followed
  std::vector<std::shared_ptr<Part>> parts;  ///< by their begin
  bool closed = false;

  /// Takes what an answer says of the object, or says that it is another one now.
  Status agree(const ResponseHead& head, int64_t answered_size) {
    std::lock_guard lock(mutex);
    const std::string now = plain_etag(head.field("etag"));
    if (!now.empty()) {
      if (!etag.empty() && !same_etag(etag, now))
        return object_changed(concat({"ETag ", etag}), now);
      if (etag.empty()) etag = now;
    }
    const std::string_view modified = head.field("last-modified");
    if (!modified.empty()) {
      if (etag.empty() && !last_modified.empty() && last_modified != modified) {
        return object_changed(last_modified, modified);
      }
      last_modified = modified;
    }
    if (answered_size >= 0) {
      if (size >= 0 && size != answered_size) {
        return object_changed(concat({size, " bytes"}), concat({answered_size, " bytes"}));
      }
      size = answered_size;
    }
    return {};
  }
};

}  // namespace veneer::s3
