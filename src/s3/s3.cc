// The public functions, in builds with libcurl.
#include "veneer/s3.h"

#include "base/macros.h"
#include "base/text.h"
#include "s3/client.h"
#include "s3/core.h"
#include "s3/lister.h"
#include "s3/remote_input.h"

namespace veneer {
namespace {

Status no_client() { return Status::invalid_argument("an S3Client that was not created"); }

Result<std::shared_ptr<Input>> url_input(std::shared_ptr<s3::Core> core,
                                         std::shared_ptr<s3::CancelGroup> group,
                                         std::string_view text) {
  if (core == nullptr) return no_client();
  s3::RemotePlace place;
  VENEER_TRY(place.target.url, s3::parse_url(text));
  place.target.original = place.target.url;
  place.name = place.target.url.origin() + place.target.url.path;
  return std::shared_ptr<Input>(std::make_shared<s3::RemoteInput>(
      std::move(core), std::move(place), std::move(group), S3ObjectVersion{}));
}

// One file behind a URL.
class UrlLister final : public Lister {
 public:
  UrlLister(std::shared_ptr<Input> input, std::shared_ptr<s3::CancelGroup> group)
      : input_(std::move(input)), group_(std::move(group)) {}

  std::string_view name() const noexcept override { return input_->name(); }
  Result<bool> next(std::vector<ObjectInfo>* page) override {
    VENEER_TRY(const int64_t size, input_->size());
    page->push_back({std::string(name()), size, ""});
    return false;
  }
  bool names_given() const noexcept override { return true; }
  Result<std::shared_ptr<Input>> open(const ObjectInfo&) override { return input_; }
  void cancel() noexcept override { group_->cancel(); }

 private:
  std::shared_ptr<Input> input_;
  std::shared_ptr<s3::CancelGroup> group_;
};

}  // namespace

Result<S3Client> S3Client::create(S3Options options) {
  return s3::ClientMaker::make(std::move(options), s3::Environment::of_process());
}

Result<std::shared_ptr<Input>> S3Client::open(std::string_view bucket, std::string_view key,
                                              const S3ObjectVersion& known) const {
  if (core_ == nullptr) return no_client();
  VENEER_CHECK(s3::check_bucket_name(bucket));
  if (key.empty()) return Status::invalid_argument("an object without a key");
  s3::RemotePlace place;
  place.target.bucket = bucket;
  place.target.key = key;
  place.name = concat({"s3://", place.target.bucket, "/", place.target.key});
  return std::shared_ptr<Input>(std::make_shared<s3::RemoteInput>(
      s3::ClientMaker::core_of(*this), std::move(place), nullptr, known));
}

Result<std::shared_ptr<Input>> S3Client::open_url(std::string_view text) const {
  return url_input(s3::ClientMaker::core_of(*this), nullptr, text);
}

Result<std::unique_ptr<Lister>> S3Client::list_url(std::string_view text) const {
  auto group = std::make_shared<s3::CancelGroup>();
  VENEER_TRY(std::shared_ptr<Input> input, url_input(s3::ClientMaker::core_of(*this), group, text));
  return std::unique_ptr<Lister>(std::make_unique<UrlLister>(std::move(input), std::move(group)));
}

Result<std::unique_ptr<Lister>> S3Client::list(std::string_view bucket, std::string_view prefix,
                                               S3ListOptions options) const {
  if (core_ == nullptr) return no_client();
  VENEER_CHECK(s3::check_bucket_name(bucket));
  if (options.page_keys < 0 || options.page_keys > 1000) {
    return Status::invalid_argument("S3ListOptions: page_keys is out of range");
  }
  if (options.fan_out > 256) return Status::invalid_argument("S3ListOptions: fan_out is over 256");
  return std::unique_ptr<Lister>(std::make_unique<s3::S3Lister>(
      s3::ClientMaker::core_of(*this), bucket, prefix, std::move(options)));
}

S3Counters S3Client::counters() const {
  return core_ == nullptr ? S3Counters() : s3::ClientMaker::core_of(*this)->counters();
}

Result<std::shared_ptr<Input>> http_input(std::string_view url, S3Options options) {
  VENEER_TRY(const S3Client client, S3Client::create(std::move(options)));
  return client.open_url(url);
}

}  // namespace veneer
