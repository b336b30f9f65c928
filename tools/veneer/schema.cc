// veneer schema.
#include <algorithm>

#include "command.h"
#include "grid.h"
#include "json.h"
#include "remote.h"
#include "text.h"

namespace cli {

namespace {

using veneer::LogicalKind;
using veneer::LogicalType;
using veneer::Schema;
using veneer::SchemaElement;

constexpr OptionSpec kSchemaFormatOption{
    "format", '\0', "FORMAT", "text (the default, as the format's own documents) or json",
    "text|json"};
constexpr const OptionSpec* kSchemaOptions[] = {&kSchemaFormatOption, &kColorOption, &kHelpOption};

std::string_view unit_name(veneer::TimeUnit unit) {
  switch (unit) {
    case veneer::TimeUnit::millis: return "MILLIS";
    case veneer::TimeUnit::micros: return "MICROS";
    case veneer::TimeUnit::nanos: break;
  }
  return "NANOS";
}

std::string_view algorithm_name(veneer::EdgeAlgorithm algorithm) {
  static constexpr std::string_view kNames[] = {"SPHERICAL", "VINCENTY", "THOMAS", "ANDOYER",
                                                "KARNEY"};
  size_t i = static_cast<size_t>(algorithm);
  return i < 5 ? kNames[i] : "UNKNOWN";
}

void write_logical(Json& json, const LogicalType& type) {
  json.begin_object();
  json.key("kind").string(veneer::to_string(type.kind));
  switch (type.kind) {
    case LogicalKind::decimal:
      json.key("precision").number(type.precision);
      json.key("scale").number(type.scale);
      break;
    case LogicalKind::integer:
      json.key("bit_width").number(type.bit_width);
      json.key("signed").boolean(type.is_signed);
      break;
    case LogicalKind::time:
    case LogicalKind::timestamp:
      json.key("unit").string(unit_name(type.unit));
      json.key("adjusted_to_utc").boolean(type.adjusted_to_utc);
      break;
    case LogicalKind::variant:
      if (type.variant_version != 0) json.key("version").number(type.variant_version);
      break;
    case LogicalKind::geography:
      json.key("algorithm").string(algorithm_name(type.algorithm));
      [[fallthrough]];
    case LogicalKind::geometry:
      json.key("crs").string(type.crs.empty() ? "OGC:CRS84" : type.crs);
      break;
    default: break;
  }
  json.end_object();
}

/// The schema's depth is bounded when the file is opened, so recursion is safe.
void write_element(Json& json, const Schema& schema, const SchemaElement& element) {
  json.begin_object();
  json.key("name").string(element.name);
  if (element.parent != veneer::kNoIndex) {
    json.key("repetition").string(veneer::to_string(element.repetition));
  }
  if (element.physical_type.has_value()) {
    json.key("type").string(veneer::to_string(*element.physical_type));
    if (*element.physical_type == veneer::PhysicalType::fixed_len_byte_array) {
      json.key("type_length").number(element.type_length);
    }
  }
  if (!element.annotation.is(LogicalKind::none)) {
    write_logical(json.key("logical_type"), element.annotation);
    if (element.logical.is(LogicalKind::none)) json.key("logical_type_applies").boolean(false);
  }
  if (element.converted_type != veneer::ConvertedType::none) {
    json.key("converted_type").string(veneer::to_string(element.converted_type));
  }
  if (element.field_id.has_value()) json.key("field_id").number(*element.field_id);
  if (!element.is_group()) {
    json.key("column").number(element.leaf);
    json.key("max_definition_level").number(element.max_definition_level);
    json.key("max_repetition_level").number(element.max_repetition_level);
  } else {
    json.key("children").begin_array();
    for (uint32_t i = element.first_child; i != veneer::kNoIndex;
         i = schema.element(i).next_sibling) {
      write_element(json, schema, schema.element(i));
    }
    json.end_array();
  }
  json.end_object();
}

void run_schema(Run* run) {
  const std::vector<std::string>& files = run->options().operands();
  bool json_wanted = run->options().value("format") == "json";
  bool first = true;
  for (const std::string& path : files) {
    std::optional<veneer::File> file = open_file(run, path);
    if (!file.has_value()) continue;
    Out& out = run->out();
    if (json_wanted) {
      Json json(&out);
      json.begin_object();
      if (files.size() > 1) json.key("file").string(shown_name(path));
      write_element(json.key("schema"), file->schema(), file->schema().element(0));
      json.end_object();
      json.end_line();
    } else {
      if (files.size() > 1) print_file_heading(run, shown_name(path), first);
      std::string text = file->schema().to_text();
      // Names may hold anything; only line ends are the text's own. Where they go to a terminal,
      // control characters must not.
      for (size_t at = 0; at < text.size();) {
        size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = std::string_view(text).substr(at, end - at);
        out.append(run->out_is_terminal() ? visible(line) : std::string(line));
        out.put('\n');
        at = end + 1;
      }
    }
    first = false;
  }
}

}  // namespace

const Command kSchemaCommand{"schema", "FILE...",      "Print the schema",
                             "",       kSchemaOptions, &run_schema};

}  // namespace cli
