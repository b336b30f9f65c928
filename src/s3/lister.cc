#include "s3/lister.h"

#include <algorithm>

#include "base/macros.h"
#include "s3/remote_input.h"

namespace veneer::s3 {
namespace {

constexpr size_t kMostPageBytes = size_t{16} << 20;
constexpr int32_t kMostEmptyPages = 10'000;
// Without fan-out the page behind the last one of a prefix is the next prefix's first.
constexpr size_t kOrderedWindow = 2;

Status listing_error(std::string_view what, std::string_view name) {
  return Status::io("wrong listing of the server: " + std::string(what)).in_file(name);
}

std::string up_to_slash(std::string_view prefix) {
  const size_t slash = prefix.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(prefix.substr(0, slash + 1));
}

// In byte order, without what lies below another one.
std::vector<std::string> tidy(std::vector<std::string> prefixes) {
  std::sort(prefixes.begin(), prefixes.end());
  std::vector<std::string> kept;
  for (std::string& prefix : prefixes) {
    if (kept.empty() || !prefix.starts_with(kept.back())) kept.push_back(std::move(prefix));
  }
  return kept;
}

}  // namespace

bool TokenLoop::repeats(const std::string& token) {
  if (steps_ > 0 && token == remembered_) return true;
  if (++steps_ == remember_at_) {
    remembered_ = token;
    remember_at_ *= 2;
  }
  return false;
}

Status PageStream::prime() {
  if (slot_ != nullptr || over_) return {};
  Target target;
  target.bucket = query_.bucket;
  target.query.emplace_back("list-type", "2");
  target.query.emplace_back("prefix", query_.prefix);
  if (!query_.delimiter.empty()) target.query.emplace_back("delimiter", query_.delimiter);
  if (query_.url_encoding) target.query.emplace_back("encoding-type", "url");
  if (query_.page_keys > 0) {
    target.query.emplace_back("max-keys", std::to_string(query_.page_keys));
  }
  if (!token_.empty()) {
    target.query.emplace_back("continuation-token", token_);
  } else if (!query_.start_after.empty()) {
    target.query.emplace_back("start-after", query_.start_after);
  }
  auto slot = std::make_shared<Slot>();
  auto operation = std::make_shared<TextOperation>(
      core_, std::move(target), name_, kMostPageBytes, [slot](std::string_view body) -> Failure {
        auto page = parse_list_page(body);
        if (!page) return {std::move(page).status(), Cure::wait};
        slot->page = *std::move(page);
        return {};
      });
  if (!group_->add(operation)) return Status::cancelled("the listing was cancelled").in_file(name_);
  slot_ = slot;
  operation_ = operation;
  operation->submit([slot, signal = signal_] {
    std::lock_guard lock(signal->mutex);
    slot->done = true;
    signal->came.notify_all();
  });
  return {};
}

Status PageStream::check_page(const ListPage& page) {
  if (!page.objects.empty()) {
    if (page.objects.front().key == first_key_) {
      return listing_error("a page repeats the one before", name_);
    }
    first_key_ = page.objects.front().key;
  }
  if (page.objects.empty() && page.common_prefixes.empty()) {
    if (++empty_pages_ > kMostEmptyPages) {
      return Status::over_limit("over 10000 empty pages follow each other").in_file(name_);
    }
  } else {
    empty_pages_ = 0;
  }
  if (page.truncated && loop_.repeats(page.next_token)) {
    return listing_error("a continuation token comes again", name_);
  }
  return {};
}

Result<ListPage> PageStream::take() {
  VENEER_CHECK(prime());
  VENEER_CHECK(operation_->wait());
  ListPage page = std::move(slot_->page);
  slot_ = nullptr;
  operation_ = nullptr;
  VENEER_CHECK(check_page(page));
  token_ = page.next_token;
  over_ = !page.truncated;
  VENEER_CHECK(prime());
  return page;
}

S3Lister::S3Lister(std::shared_ptr<Core> core, std::string_view bucket, std::string_view prefix,
                   S3ListOptions options)
    : core_(std::move(core)),
      bucket_(bucket),
      base_(up_to_slash(prefix)),
      name_("s3://" + std::string(bucket) + "/" + std::string(prefix)),
      options_(std::move(options)),
      group_(std::make_shared<CancelGroup>()),
      signal_(std::make_shared<ListSignal>()) {
  if (options_.below.empty()) {
    add_stream(std::string(prefix), options_.fan_out > 1);
    return;
  }
  for (const std::string& sub_prefix : tidy(options_.below)) {
    std::string whole = base_ + sub_prefix;
    if (std::string_view(whole).starts_with(prefix)) {
      add_stream(std::move(whole), options_.fan_out > 1);
    } else if (prefix.starts_with(whole)) {
      add_stream(std::string(prefix), options_.fan_out > 1);
    }
  }
}

S3Lister::~S3Lister() {
  // Pages that nobody will take. Inputs go on.
  active_.clear();
  waiting_.clear();
}

void S3Lister::add_stream(std::string prefix, bool fan_out) {
  ListQuery query;
  query.bucket = bucket_;
  query.url_encoding = options_.url_encoding;
  query.page_keys = options_.page_keys;
  if (fan_out) query.delimiter = "/";
  if (!options_.start_after.empty()) {
    query.start_after = base_ + options_.start_after;
    const bool before = prefix < query.start_after && !query.start_after.starts_with(prefix);
    if (before) return;
  }
  query.prefix = std::move(prefix);
  waiting_.push_back(
      std::make_unique<PageStream>(core_.get(), std::move(query), name_, group_, signal_));
}

Status S3Lister::fill_window() {
  const size_t window =
      std::max(kOrderedWindow, static_cast<size_t>(std::max(1, options_.fan_out)));
  while (active_.size() < window && !waiting_.empty()) {
    VENEER_CHECK(waiting_.front()->prime());
    active_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return {};
}

size_t S3Lister::wait_for_any() {
  std::unique_lock lock(signal_->mutex);
  size_t ready = 0;
  signal_->came.wait(lock, [&] {
    for (ready = 0; ready < active_.size(); ++ready) {
      if (active_[ready]->is_ready()) return true;
    }
    return false;
  });
  return ready;
}

Status S3Lister::emit(ListPage page, const PageStream& from, std::vector<ObjectInfo>* out) {
  for (ListedObject& object : page.objects) {
    if (!object.key.starts_with(from.query().prefix)) {
      return listing_error("a key that was not asked for", name_);
    }
    object.key.erase(0, base_.size());
    // The prefix's own "directory" is an object of no bytes and no name.
    if (object.key.empty()) continue;
    out->push_back({std::move(object.key), object.size, std::move(object.etag)});
  }
  for (std::string& prefix : page.common_prefixes) {
    if (prefix.size() <= from.query().prefix.size() || !prefix.starts_with(from.query().prefix)) {
      return listing_error("a prefix that was not asked for", name_);
    }
    add_stream(std::move(prefix), false);
  }
  return {};
}

Result<bool> S3Lister::next(std::vector<ObjectInfo>* page) {
  VENEER_CHECK(failure_);
  if (group_->is_cancelled()) {
    return Status::cancelled("the listing was cancelled").in_file(name_);
  }
  VENEER_CHECK(failure_ = fill_window());
  if (active_.empty()) return false;
  const size_t index = options_.fan_out > 1 ? wait_for_any() : 0;
  PageStream& stream = *active_[index];
  auto taken = stream.take();
  if (!taken) {
    failure_ = taken.status();
    return failure_;
  }
  VENEER_CHECK(failure_ = emit(*std::move(taken), stream, page));
  if (stream.is_over()) {
    active_.erase(active_.begin() + static_cast<ptrdiff_t>(index));
  } else if (options_.fan_out > 1) {
    // Each prefix in its turn.
    std::rotate(active_.begin() + static_cast<ptrdiff_t>(index),
                active_.begin() + static_cast<ptrdiff_t>(index) + 1, active_.end());
  }
  VENEER_CHECK(failure_ = fill_window());
  return true;
}

Result<std::shared_ptr<Input>> S3Lister::open(const ObjectInfo& object) {
  if (group_->is_cancelled()) {
    return Status::cancelled("the listing was cancelled").in_file(name_);
  }
  RemotePlace place;
  place.target.bucket = bucket_;
  place.target.key = base_ + object.key;
  place.name = "s3://" + bucket_ + "/" + place.target.key;
  if (place.target.key.empty()) return Status::invalid_argument("an object without a key");
  return std::shared_ptr<Input>(std::make_shared<RemoteInput>(
      core_, std::move(place), group_, S3ObjectVersion{object.tag, object.size}));
}

void S3Lister::cancel() noexcept { group_->cancel(); }

}  // namespace veneer::s3
