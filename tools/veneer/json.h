// JSON documents, written from front to back.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "out.h"

namespace cli {

/// Puts the commas. Objects and arrays are closed in the order they were opened.
class Json {
 public:
  explicit Json(Out* out) : out_(*out) {}

  Json& key(std::string_view name);
  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void string(std::string_view text);  ///< what is not UTF-8 becomes U+FFFD
  void bytes(std::string_view text);   ///< what is not UTF-8 becomes {"$hex":"…"}
  void number(int64_t value);
  void real(double value);
  void boolean(bool value);
  void null();
  void raw(std::string_view json);
  void number_or_null(const std::optional<int64_t>& value);
  void end_line() {
    out_.put('\n');
    first_ = true;
  }

 private:
  void before();
  void open(char c);
  void close(char c);

  Out& out_;
  bool first_ = true;
};

}  // namespace cli
