// Keeps account of which rows of which objects have been handed out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "scan/token.h"
#include "veneer/status.h"

namespace veneer::scan {

/// How a matched object stands as a scan begins or goes on.
enum class Standing : uint8_t { fresh, done, open };

/// Objects are numbered in the order of the listing and taken in that order, though they end in
/// any. So up to the last one that gave a row or ended (the watermark) all are done but for those
/// that were taken and have not ended. Not safe for several threads at once.
class Ledger {
 public:
  explicit Ledger(uint64_t fingerprint) : fingerprint_(fingerprint) {}

  /// Goes on from a token, before the first `list`.
  void resume(Token token);

  /// The next matched object of the listing. `io` where the listing is not that of the token.
  Result<Standing> list(std::string_view key);
  /// `io` where the listing ended before the watermark, and keys do not tell what was before.
  Status end_listing() const;
  /// Once all is listed: open objects of the token that are gone.
  const std::set<std::string, std::less<>>& missing() const noexcept { return unlisted_; }
  void forget(const std::string& key);
  /// The listing so far, ending with the object that `list` was called for last.
  const Watermark& listed() const noexcept { return listed_; }

  /// What the token says of an open object.
  const OpenObject* find_open(std::string_view key) const;
  /// Takes an object to read it. `at` is what listed() was for it; `rows` of it are handed out
  /// already. `standing` as `list` gave it.
  void take(uint64_t index, const Watermark& at, OpenObject object, Standing standing);
  void hand_out(uint64_t index, int64_t rows);
  void finish(uint64_t index);
  /// Object `index`, which is not taken, counts as done.
  void pass(uint64_t index, const Watermark& at);

  Token token() const;

 private:
  struct Taken {
    Watermark at;
    OpenObject object;
    bool always = false;  // part of the resumed token, so before every watermark
  };
  void touch(uint64_t index, const Watermark& at);

  uint64_t fingerprint_;
  // Of the resumed token.
  std::optional<Watermark> resumed_;
  std::map<std::string, OpenObject, std::less<>> pending_;  // open and not yet taken
  std::set<std::string, std::less<>> unlisted_;             // of those, not yet listed
  bool crossed_ = false;  // the listing is behind the resumed watermark

  Watermark listed_;
  std::optional<Watermark> watermark_;
  std::optional<uint64_t> touched_;
  std::map<uint64_t, Taken> taken_;
};

}  // namespace veneer::scan
