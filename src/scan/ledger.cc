#include "scan/ledger.h"

#include <algorithm>

#include "base/text.h"

namespace veneer::scan {

void Ledger::resume(Token token) {
  resumed_ = token.watermark;
  watermark_ = std::move(token.watermark);
  for (OpenObject& object : token.open) {
    std::string key = object.key;
    unlisted_.insert(key);
    pending_.emplace(std::move(key), std::move(object));
  }
}

Result<Standing> Ledger::list(std::string_view key) {
  listed_.sorted = listed_.sorted && (listed_.objects == 0 || listed_.key < key);
  listed_.key = key;
  listed_.hash += hash_text(key);
  ++listed_.objects;
  if (!resumed_.has_value()) return Standing::fresh;

  bool before = !crossed_;
  if (!crossed_) {
    if (key == resumed_->key) {
      crossed_ = true;
    } else if (resumed_->sorted && key > resumed_->key) {
      // The object at the watermark is gone.
      crossed_ = true;
      before = false;
    }
    // Without an order of keys only the very same listing tells what was before.
    const bool at_end = listed_.objects >= resumed_->objects;
    if (!resumed_->sorted && (at_end || crossed_) &&
        (!crossed_ || listed_.objects != resumed_->objects || listed_.hash != resumed_->hash)) {
      return Status::io(concat({"the listing is not the one of the resume token: objects up to ",
                                resumed_->key, " came, went or changed places"}));
    }
  } else if (key == resumed_->key) {
    return Status::io(concat(
        {"the listing is not in the order of the resume token: ", resumed_->key, " comes late"}));
  }
  if (const auto found = unlisted_.find(key); found != unlisted_.end()) {
    unlisted_.erase(found);
    return Standing::open;
  }
  return before ? Standing::done : Standing::fresh;
}

Status Ledger::end_listing() const {
  if (!resumed_.has_value()) return {};
  if (!crossed_ && !resumed_->sorted) {
    return Status::io(
        concat({"the listing is not the one of the resume token: ", resumed_->key, " is gone"}));
  }
  return {};
}

void Ledger::forget(const std::string& key) {
  pending_.erase(key);
  unlisted_.erase(key);
}

const OpenObject* Ledger::find_open(std::string_view key) const {
  const auto found = pending_.find(key);
  return found == pending_.end() ? nullptr : &found->second;
}

void Ledger::take(uint64_t index, const Watermark& at, OpenObject object, Standing standing) {
  pending_.erase(object.key);
  taken_[index] = {at, std::move(object), standing == Standing::open};
}

void Ledger::touch(uint64_t index, const Watermark& at) {
  if (touched_.has_value() && *touched_ >= index) return;
  touched_ = index;
  watermark_ = at;
}

void Ledger::hand_out(uint64_t index, int64_t rows) {
  Taken& taken = taken_[index];
  taken.object.rows += rows;
  if (!taken.always) touch(index, taken.at);
}

void Ledger::finish(uint64_t index) {
  const auto found = taken_.find(index);
  if (found == taken_.end()) return;
  if (!found->second.always) touch(index, found->second.at);
  taken_.erase(found);
}

void Ledger::pass(uint64_t index, const Watermark& at) {
  if (pending_.erase(at.key) == 0) touch(index, at);
}

Token Ledger::token() const {
  Token token;
  token.fingerprint = fingerprint_;
  token.watermark = watermark_;
  for (const auto& [key, object] : pending_) token.open.push_back(object);
  for (const auto& [index, taken] : taken_) {
    if (taken.always || (touched_.has_value() && index <= *touched_)) {
      token.open.push_back(taken.object);
    }
  }
  return token;
}

}  // namespace veneer::scan
