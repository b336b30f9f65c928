// created_by, and what is known of the writers that it names.
#include <charconv>

#include "veneer/metadata.h"

namespace veneer {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// A number at the front of `text`, which loses it; false where there is none that fits.
bool take_number(std::string_view* text, int32_t* out) {
  int32_t value = 0;
  const char* end = text->data() + text->size();
  const auto [next, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc() || value < 0) return false;
  *out = value;
  text->remove_prefix(static_cast<size_t>(next - text->data()));
  return true;
}

// Takes a '.' and a number after it, or leaves both.
bool take_part(std::string_view* text, int32_t* out) {
  if (text->size() < 2 || text->front() != '.' || (*text)[1] < '0' || (*text)[1] > '9') {
    return false;
  }
  std::string_view rest = text->substr(1);
  if (!take_number(&rest, out)) return false;
  *text = rest;
  return true;
}

}  // namespace

WriterVersion WriterVersion::parse(std::string_view created_by) noexcept {
  WriterVersion out;
  constexpr std::string_view kVersion = " version ";
  constexpr std::string_view kBuild = "(build ";
  std::string_view rest;
  if (const size_t at = created_by.find(kVersion); at != created_by.npos) {
    out.application = trim(created_by.substr(0, at));
    rest = trim(created_by.substr(at + kVersion.size()));
  } else {
    out.application = trim(created_by.substr(0, created_by.find('(')));
  }
  if (const size_t at = created_by.find(kBuild); at != created_by.npos) {
    const std::string_view build = created_by.substr(at + kBuild.size());
    out.build = trim(build.substr(0, build.find(')')));
  }
  rest = trim(rest.substr(0, rest.find('(')));
  if (!rest.empty() && rest.front() == 'v') rest.remove_prefix(1);
  if (rest.empty() || rest.front() == '-' || !take_number(&rest, &out.major_number)) return out;
  out.has_version = true;
  if (take_part(&rest, &out.minor_number)) take_part(&rest, &out.patch_number);
  out.suffix = rest;
  return out;
}

bool WriterVersion::is_before(std::string_view app, int32_t major_n, int32_t minor_n,
                              int32_t patch_n) const noexcept {
  if (!has_version || application != app) return false;
  if (major_number != major_n) return major_number < major_n;
  if (minor_number != minor_n) return minor_number < minor_n;
  if (patch_number != patch_n) return patch_number < patch_n;
  return !suffix.empty();
}

bool trust_statistics(const WriterVersion& writer, const Leaf& leaf) noexcept {
  const bool bytes = leaf.physical_type == PhysicalType::byte_array ||
                     leaf.physical_type == PhysicalType::fixed_len_byte_array;
  if (!bytes) return true;
  // PARQUET-251: bounds that are views of a buffer which was then written again; and in parquet-cpp
  // before 1.3.0 a comparison of bytes as signed.
  if (writer.is_before("parquet-mr", 1, 8, 0) || writer.is_before("parquet-cpp", 1, 3, 0)) {
    // Cloudera's 1.5.0-cdh5.5.0 and later have the fix.
    constexpr std::string_view kCloudera = "-cdh5.";
    int32_t update = 0;
    std::string_view rest = writer.suffix;
    if (writer.application == "parquet-mr" && writer.major_number == 1 &&
        writer.minor_number == 5 && rest.starts_with(kCloudera)) {
      rest.remove_prefix(kCloudera.size());
      return take_number(&rest, &update) && update >= 5;
    }
    return false;
  }
  // hyparquet-writer, which does not tell its version: to 0.15.6 it cut the maximum of long strings
  // without rounding up, and took that of UUIDs from their text.
  if (writer.application == "hyparquet") return false;
  // GH-15042 and GH-34106: of a dictionary array that came in pieces, the bounds of the first.
  if (leaf.physical_type == PhysicalType::byte_array &&
      writer.is_before("parquet-cpp-arrow", 12, 0, 0) &&
      !writer.is_before("parquet-cpp-arrow", 5, 0, 0)) {
    return false;
  }
  // PARQUET-1655: all releases under this name (later ones are "parquet-cpp-arrow") compared
  // decimals as unsigned bytes.
  return !(leaf.logical.is(LogicalKind::decimal) && writer.application == "parquet-cpp");
}

bool trust_null_count(const WriterVersion& writer, const Leaf& leaf) noexcept {
  if (writer.application != "parquet-cpp-arrow") return true;
  // PARQUET-2067 and GH-51097, which is open: lists that are null or empty are not counted.
  if (leaf.max_repetition_level > 0) return false;
  // ARROW-12513: 0 for dictionary arrays, whatever they hold.
  return leaf.physical_type != PhysicalType::byte_array ||
         !writer.is_before("parquet-cpp-arrow", 6, 0, 0);
}

bool v2_pages_always_compressed(const WriterVersion& writer) noexcept {
  return writer.is_before("parquet-cpp", 2, 0, 0);
}

bool bit_packed_levels_lsb_first(const WriterVersion& writer) noexcept {
  return writer.application == "impala";
}

}  // namespace veneer
