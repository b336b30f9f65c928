// How clients are made: for S3Client::create, and for tests with an environment of their own.
#pragma once

#include <memory>

#include "base/macros.h"
#include "s3/core.h"
#include "s3/environment.h"
#include "veneer/s3.h"

namespace veneer::s3 {

/// The public class holds the core as a pointer to void, so that the core's own functions are not
/// exported by the shared library.
struct ClientMaker {
  static Result<S3Client> make(S3Options options, Environment environment) {
    VENEER_TRY(std::shared_ptr<Core> core,
               Core::create(std::move(options), std::move(environment)));
    S3Client client;
    client.core_ = std::move(core);
    return client;
  }
  static std::shared_ptr<Core> core_of(const S3Client& client) {
    return std::static_pointer_cast<Core>(client.core_);
  }
};

}  // namespace veneer::s3
