#include "json.h"

#include <cmath>

#include "number.h"
#include "text.h"

namespace cli {

void Json::before() {
  if (!first_) out_.put(',');
  first_ = false;
}

void Json::open(char c) {
  before();
  out_.put(c);
  first_ = true;
}

void Json::close(char c) {
  out_.put(c);
  first_ = false;
}

Json& Json::key(std::string_view name) {
  before();
  write_json_text(out_, name);
  out_.put(':');
  first_ = true;
  return *this;
}

void Json::string(std::string_view text) {
  before();
  write_json_text(out_, text);
}

void Json::bytes(std::string_view text) {
  before();
  write_json_string(out_, text);
}

void Json::number(int64_t value) {
  before();
  out_.end_at(write_i64(out_.need(kNumberRoom), value));
}

void Json::real(double value) {
  if (!std::isfinite(value)) {
    null();
    return;
  }
  before();
  out_.end_at(write_f64(out_.need(kNumberRoom), value));
}

void Json::boolean(bool value) {
  before();
  out_.append(value ? "true" : "false");
}

void Json::null() {
  before();
  out_.append("null");
}

void Json::raw(std::string_view json) {
  before();
  out_.append(json);
}

void Json::number_or_null(const std::optional<int64_t>& value) {
  if (value.has_value())
    number(*value);
  else
    null();
}

}  // namespace cli
