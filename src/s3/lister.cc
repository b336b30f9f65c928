#include "s3/lister.h"

#include <algorithm>
#include <iterator>

#include "base/macros.h"
#include "base/text.h"
#include "s3/remote_input.h"

namespace veneer::s3 {
namespace {

constexpr size_t kMostPageBytes = size_t{16} << 20;
constexpr int32_t kMostEmptyPages = 10'000;
// Prefixes whose first pages are fetched before their turn has come.
constexpr size_t kOrderedWindow = 8;
// So many directories of a level are listed one by one; of more, only where few are wanted.
constexpr size_t kFewDirectories = 64;
constexpr size_t kFewOfAll = 4;

Status listing_error(std::string_view what, std::string_view name) {
  return Status::io(concat({"wrong listing of the server: ", what})).in_file(name);
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
  ++pages_taken_;
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
      prefix_(prefix),
      base_(up_to_slash(prefix)),
      name_(concat({"s3://", bucket, "/", prefix})),
      options_(std::move(options)),
      start_after_(options_.start_after.empty() ? "" : base_ + options_.start_after),
      group_(std::make_shared<CancelGroup>()),
      signal_(std::make_shared<ListSignal>()) {}

size_t S3Lister::window() const noexcept {
  return options_.fan_out > 1 ? static_cast<size_t>(options_.fan_out) : kOrderedWindow;
}

Below S3Lister::verdict(std::string_view prefix) const {
  if (!filter_) return Below::all;
  return filter_(up_to_slash(prefix).substr(base_.size()));
}

S3Lister::Item S3Lister::list(std::string prefix, bool by_level) const {
  ListQuery query;
  query.bucket = bucket_;
  query.url_encoding = options_.url_encoding;
  query.page_keys = options_.page_keys;
  // Servers differ in what start-after means for directories; a level is short enough without it.
  if (by_level) {
    query.delimiter = "/";
  } else {
    query.start_after = start_after_;
  }
  query.prefix = std::move(prefix);
  return {std::make_unique<PageStream>(core_.get(), std::move(query), name_, group_, signal_), {}};
}

void S3Lister::add(std::string prefix, Below verdict, std::vector<Item>* items) {
  if (prefix < start_after_ && !start_after_.starts_with(prefix)) return;
  if (verdict == Below::none) {
    ++directories_pruned_;
    return;
  }
  items->push_back(list(std::move(prefix), verdict == Below::some));
}

void S3Lister::begin() {
  begun_ = true;
  std::vector<std::string> prefixes;
  for (const std::string& below : options_.below) {
    std::string whole = base_ + below;
    // A prefix of the prefix means all of it.
    if (prefix_.starts_with(whole)) whole = prefix_;
    if (whole.starts_with(prefix_)) prefixes.push_back(std::move(whole));
  }
  if (options_.below.empty()) prefixes.push_back(prefix_);
  std::vector<Item> items;
  for (std::string& prefix : tidy(std::move(prefixes))) {
    Below wanted = verdict(prefix);
    if (options_.fan_out > 1 && wanted == Below::all) wanted = Below::some;
    add(std::move(prefix), wanted, &items);
  }
  for (Item& item : items) items_.push_back(std::move(item));
}

Status S3Lister::prime() {
  size_t primed = 0;
  for (Item& item : items_) {
    if (primed == window()) break;
    if (item.stream == nullptr) continue;
    VENEER_CHECK(item.stream->prime());
    ++primed;
  }
  return {};
}

size_t S3Lister::wait_for_any() {
  std::unique_lock lock(signal_->mutex);
  size_t index = 0;
  signal_->came.wait(lock, [&] {
    for (index = 0; index < items_.size(); ++index) {
      if (items_[index].stream == nullptr || items_[index].stream->is_ready()) return true;
    }
    return false;
  });
  return index;
}

Status S3Lister::check_names(const ListPage& page, const PageStream& from) const {
  const std::string& prefix = from.query().prefix;
  for (const ListedObject& object : page.objects) {
    if (!object.key.starts_with(prefix))
      return listing_error("a key that was not asked for", name_);
  }
  for (const std::string& directory : page.common_prefixes) {
    if (directory.size() <= prefix.size() || !directory.starts_with(prefix) ||
        !from.is_by_level()) {
      return listing_error("a prefix that was not asked for", name_);
    }
  }
  return {};
}

// A request for each directory, against one for each thousand keys, wanted or not.
bool S3Lister::flat_is_cheaper(const std::vector<Below>& verdicts) const {
  if (options_.fan_out > 1 || verdicts.empty()) return false;
  const size_t wanted = verdicts.size() - static_cast<size_t>(std::count(
                                              verdicts.begin(), verdicts.end(), Below::none));
  if (wanted == verdicts.size()) return true;
  return wanted > kFewDirectories && wanted > verdicts.size() / kFewOfAll;
}

// What a level holds goes in the place of the look into it, in key order.
void S3Lister::expand(size_t index, ListPage page) {
  PageStream& stream = *items_[index].stream;
  std::vector<Below> verdicts;
  for (const std::string& directory : page.common_prefixes) verdicts.push_back(verdict(directory));
  std::vector<Item> items;
  bool over = stream.is_over();
  if (stream.pages_taken() == 1 && flat_is_cheaper(verdicts)) {
    items.push_back(list(stream.query().prefix, false));
    over = true;
  } else {
    auto object = page.objects.begin();
    for (size_t i = 0; i <= verdicts.size(); ++i) {
      std::vector<ListedObject> beside;
      while (object != page.objects.end() &&
             (i == verdicts.size() || object->key < page.common_prefixes[i])) {
        beside.push_back(std::move(*object++));
      }
      if (!beside.empty()) items.push_back({nullptr, std::move(beside)});
      if (i < verdicts.size()) add(std::move(page.common_prefixes[i]), verdicts[i], &items);
    }
  }
  auto at = items_.begin() + static_cast<ptrdiff_t>(index);
  if (over) at = items_.erase(at);
  items_.insert(at, std::make_move_iterator(items.begin()), std::make_move_iterator(items.end()));
}

void S3Lister::emit(std::vector<ListedObject> objects, std::vector<ObjectInfo>* out) const {
  for (ListedObject& object : objects) {
    if (!start_after_.empty() && object.key <= start_after_) continue;
    object.key.erase(0, base_.size());
    // The prefix's own "directory" is an object of no bytes and no name.
    if (object.key.empty()) continue;
    out->push_back({std::move(object.key), object.size, std::move(object.etag)});
  }
}

Result<bool> S3Lister::next(std::vector<ObjectInfo>* page) {
  VENEER_CHECK(failure_);
  if (group_->is_cancelled()) {
    return Status::cancelled("the listing was cancelled").in_file(name_);
  }
  if (!begun_) begin();
  VENEER_CHECK(failure_ = prime());
  if (items_.empty()) return false;
  const size_t index = options_.fan_out > 1 ? wait_for_any() : 0;
  Item& item = items_[index];
  const auto at = items_.begin() + static_cast<ptrdiff_t>(index);
  if (item.stream == nullptr) {
    emit(std::move(item.objects), page);
    items_.erase(at);
    return true;
  }
  auto taken = item.stream->take();
  if (!taken) return failure_ = taken.status();
  VENEER_CHECK(failure_ = check_names(*taken, *item.stream));
  if (item.stream->is_by_level()) {
    expand(index, *std::move(taken));
  } else {
    emit(std::move(taken->objects), page);
    if (item.stream->is_over()) {
      items_.erase(at);
    } else if (options_.fan_out > 1) {
      // Each prefix in its turn.
      const auto end = items_.begin() + static_cast<ptrdiff_t>(std::min(window(), items_.size()));
      if (at < end) std::rotate(at, at + 1, end);
    }
  }
  VENEER_CHECK(failure_ = prime());
  return true;
}

Result<std::shared_ptr<Input>> S3Lister::open(const ObjectInfo& object) {
  if (group_->is_cancelled()) {
    return Status::cancelled("the listing was cancelled").in_file(name_);
  }
  RemotePlace place;
  place.target.bucket = bucket_;
  place.target.key = base_ + object.key;
  place.name = concat({"s3://", bucket_, "/", place.target.key});
  if (place.target.key.empty()) return Status::invalid_argument("an object without a key");
  return std::shared_ptr<Input>(std::make_shared<RemoteInput>(
      core_, std::move(place), group_, S3ObjectVersion{object.tag, object.size}));
}

void S3Lister::cancel() noexcept { group_->cancel(); }

}  // namespace veneer::s3
