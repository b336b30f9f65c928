// The public functions, in builds without libcurl: they link, and say what is missing.
#include "veneer/s3.h"

namespace veneer {
namespace {

Status not_built() {
  return Status::unsupported(
      "s3:// and https:// were left out of this build of veneer: it wants -Dcurl=enabled (and "
      "threads)");
}

}  // namespace

Result<S3Client> S3Client::create(S3Options) { return not_built(); }

Result<std::shared_ptr<Input>> S3Client::open(std::string_view, std::string_view,
                                              const S3ObjectVersion&) const {
  return not_built();
}

Result<std::shared_ptr<Input>> S3Client::open_url(std::string_view) const { return not_built(); }

Result<std::unique_ptr<Lister>> S3Client::list_url(std::string_view) const { return not_built(); }

Result<std::unique_ptr<Lister>> S3Client::list(std::string_view, std::string_view,
                                               S3ListOptions) const {
  return not_built();
}

S3Counters S3Client::counters() const { return {}; }

Result<std::shared_ptr<Input>> http_input(std::string_view, S3Options) { return not_built(); }

}  // namespace veneer
