// A small XML pull parser for what S3 and STS answer. Not a validating one: it takes what real
// servers write (namespaces, white space, CDATA, comments) and refuses document types, so that no
// entity can grow.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace veneer::s3 {

/// Walks over a document that it does not own. Memory beyond it: one text and the open names.
class XmlReader {
 public:
  enum class Event : uint8_t { start, end, text, done, malformed };

  explicit XmlReader(std::string_view document) noexcept : rest_(document) {}

  /// The next event; `done` and `malformed` repeat.
  Event next();
  /// The element's name at `start` and `end`, without its namespace prefix.
  std::string_view name() const noexcept { return name_; }
  /// The text at `text`, entities decoded, CDATA as it is. Adjacent texts may come in pieces.
  const std::string& text() const noexcept { return text_; }
  /// Elements that are open.
  size_t depth() const noexcept { return open_.size(); }
  /// From behind a `start` to its `end`: the text directly within; inner elements are skipped.
  [[nodiscard]] bool element_text(std::string* out);
  /// From behind a `start` to its `end`.
  [[nodiscard]] bool skip_element();

 private:
  Event fail() noexcept;
  Event read_tag();
  bool skip_past(std::string_view end) noexcept;
  bool append_decoded(std::string_view raw);

  std::string_view rest_;
  std::string_view name_;
  std::string text_;
  std::vector<std::string_view> open_;  // qualified names
  bool close_pending_ = false;          // behind <a/>: its end is still to be told
  bool failed_ = false;
  bool seen_root_ = false;
};

}  // namespace veneer::s3
