// The transport of a fuzz target that plays the server: veneer's own but for libcurl and the
// network. It is linked in place of src/s3/transport.cc, with a thread as the real one has and a
// clock that only waits move, so that no test waits.
#pragma once

#include <string>

#include "s3/transport.h"

namespace veneer::fuzz {

/// An answer, and how its transfer ends. Without a status there is no answer.
struct PlayedAnswer {
  s3::TransferEnd end = s3::TransferEnd::complete;
  s3::ResponseHead head;
  std::string body;
  size_t cut = std::string::npos;  ///< the connection ends behind so many bytes of the body
};

/// Called on the transport's thread only.
class PlayedServer {
 public:
  virtual ~PlayedServer() = default;
  virtual PlayedAnswer answer(const s3::HttpRequest& request) = 0;
};

/// Whom the transports ask that are made from now on.
void play(PlayedServer* server);

}  // namespace veneer::fuzz
