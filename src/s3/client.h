// Clients for tests: with an environment that is not the process's.
#pragma once

#include "s3/environment.h"
#include "veneer/s3.h"

namespace veneer::s3 {

Result<S3Client> make_client(S3Options options, Environment environment);

}  // namespace veneer::s3
