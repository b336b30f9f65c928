// veneer info.
#include <algorithm>

#include "bound.h"
#include "command.h"
#include "grid.h"
#include "json.h"
#include "remote.h"
#include "summary.h"
#include "text.h"

namespace cli {

namespace {

constexpr OptionSpec kInfoKeyOption{
    "key", '\0', "NAME", "print the whole value of this key of the metadata, and no more"};
constexpr OptionSpec kInfoFormatOption{"format", '\0', "FORMAT", "text (the default) or json",
                                       "text|json"};
constexpr const OptionSpec* kInfoOptions[] = {&kInfoKeyOption, &kInfoFormatOption, &kColorOption,
                                              &kHelpOption};

struct FileSummary {
  std::optional<int64_t> compressed = 0;  ///< absent as those of LeafSummary
  std::optional<int64_t> raw = 0;
  std::set<veneer::Codec> codecs;
  std::set<veneer::Encoding> encodings;
  Share column_index;
  Share offset_index;
  Share bloom_filter;
  int64_t encrypted_columns = 0;
  /// Columns with another order than the one that their type defines.
  int64_t undefined_orders = 0;
  std::vector<std::string> special_orders;
  /// The first row group's; `sorting_differs` where another row group has others.
  std::vector<std::string> sorting;
  bool sorting_differs = false;
};

std::string_view order_name(veneer::ColumnOrder order) {
  switch (order) {
    case veneer::ColumnOrder::undefined: return "undefined";
    case veneer::ColumnOrder::type_defined: return "TYPE_ORDER";
    case veneer::ColumnOrder::ieee754_total_order: return "IEEE_754_TOTAL_ORDER";
    case veneer::ColumnOrder::int96_timestamp: return "INT96_TIMESTAMP_ORDER";
  }
  return "undefined";
}

veneer::Result<std::vector<std::string>> sorting_of(const veneer::File& file, uint32_t group) {
  std::vector<std::string> names;
  veneer::Result<std::vector<veneer::SortingColumn>> columns =
      file.metadata().sorting_columns(group);
  if (!columns) return std::move(columns).status();
  for (const veneer::SortingColumn& column : *columns) {
    names.push_back(file.schema().leaf_path(static_cast<uint32_t>(column.column)) +
                    (column.descending ? " descending" : " ascending") +
                    (column.nulls_first ? ", nulls first" : ", nulls last"));
  }
  return names;
}

veneer::Status summarize_file(const veneer::File& file, FileSummary* summary) {
  for (const veneer::Leaf& leaf : file.schema().leaves()) {
    veneer::Result<LeafSummary> column = summarize(file, leaf.index);
    if (!column) return std::move(column).status();
    add_to(&summary->compressed, column->compressed);
    add_to(&summary->raw, column->raw);
    summary->codecs.insert(column->codecs.begin(), column->codecs.end());
    summary->encodings.insert(column->encodings.begin(), column->encodings.end());
    for (auto [to, from] : {std::pair{&summary->column_index, &column->column_index},
                            std::pair{&summary->offset_index, &column->offset_index},
                            std::pair{&summary->bloom_filter, &column->bloom_filter}}) {
      to->with += from->with;
      to->of += from->of;
    }
    summary->encrypted_columns += column->encrypted ? 1 : 0;
    if (leaf.column_order == veneer::ColumnOrder::undefined) {
      ++summary->undefined_orders;
    } else if (leaf.column_order != veneer::ColumnOrder::type_defined) {
      summary->special_orders.push_back(column->path + " " +
                                        std::string(order_name(leaf.column_order)));
    }
  }
  for (uint32_t group = 0; group < file.metadata().num_row_groups(); ++group) {
    veneer::Result<std::vector<std::string>> sorting = sorting_of(file, group);
    if (!sorting) return std::move(sorting).status();
    if (group == 0)
      summary->sorting = *std::move(sorting);
    else if (*sorting != summary->sorting)
      summary->sorting_differs = true;
  }
  return {};
}

// ---- Text.

void line(Run* run, std::string_view name, std::string_view value) {
  Out& out = run->out();
  out.append(run->bold());
  out.append(name);
  out.append(run->plain());
  out.put(':');
  out.fill(' ', name.size() < 15 ? 16 - name.size() : 1);
  out.append(visible(value));
  out.put('\n');
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += "; ";
    text += parts[i];
  }
  return text;
}

/// What the column chunks claim together.
std::string sum_text(const Run& run, const std::optional<int64_t>& sum) {
  return sum.has_value() ? bytes_text(run, *sum)
                         : "not known (what the column chunks claim cannot be)";
}

std::string chunks_with(const Share& share) {
  if (share.with == 0) return "none";
  if (share.with == share.of) return "all column chunks";
  return std::to_string(share.with) + " of " + std::to_string(share.of) + " column chunks";
}

void print_row_groups(Run* run, const veneer::File& file) {
  uint32_t groups = file.metadata().num_row_groups();
  std::string text = std::to_string(groups);
  if (groups > 0) {
    int64_t least = INT64_MAX;
    int64_t most = 0;
    for (uint32_t i = 0; i < groups; ++i) {
      least = std::min(least, file.metadata().row_group(i).num_rows);
      most = std::max(most, file.metadata().row_group(i).num_rows);
    }
    text += " of " + std::to_string(least);
    if (most != least) text += " to " + std::to_string(most);
    text += most == 1 ? " row" : " rows";
  }
  line(run, "row groups", text);
}

void print_key_values(Run* run, const veneer::File& file) {
  std::span<const veneer::KeyValue> pairs = file.metadata().key_values();
  if (pairs.empty()) return;
  Out& out = run->out();
  out.append(run->bold());
  out.append("metadata");
  out.append(run->plain());
  out.append(":\n");
  for (const veneer::KeyValue& pair : pairs) {
    std::string text = visible(pair.key);
    size_t begin = display_width(text) + 5;
    out.append("  ");
    out.append(text);
    if (pair.value.has_value()) {
      out.append(" = ");
      size_t room = run->width() > begin + 8 ? run->width() - begin : 8;
      std::string_view value = *pair.value;
      if (run->width() > 0)
        out.append(cut_to_width(visible(value.substr(0, 16 * room)), room));
      else
        out.append(visible(value));
    }
    out.put('\n');
  }
}

void print_text(Run* run, const veneer::File& file, const FileSummary& summary) {
  const veneer::FileMetadata& metadata = file.metadata();
  line(run, "file", file.name());
  line(run, "size", bytes_text(*run, file.size()));
  line(run, "rows", std::to_string(file.num_rows()));
  if (metadata.num_rows() != file.num_rows()) {
    line(run, "rows, footer", std::to_string(metadata.num_rows()) + " (contradicts row groups)");
  }
  print_row_groups(run, file);
  line(run, "columns",
       std::to_string(file.schema().fields().size()) + " (" +
           std::to_string(file.schema().num_leaves()) + " leaves)");
  line(run, "compressed", sum_text(*run, summary.compressed));
  std::string raw = sum_text(*run, summary.raw);
  std::optional<double> ratio = ratio_of(summary.raw, summary.compressed);
  if (ratio.has_value()) raw += " (ratio " + fixed_text(*ratio, 2) + ")";
  line(run, "raw", raw);
  line(run, "footer", bytes_text(*run, static_cast<int64_t>(metadata.footer_bytes().size())));
  line(run, "format version", std::to_string(metadata.version()));
  line(run, "writer", metadata.created_by().empty() ? "not told" : metadata.created_by());
  line(run, "codecs", join(summary.codecs));
  line(run, "encodings", join(summary.encodings));
  line(run, "column index", chunks_with(summary.column_index));
  line(run, "offset index", chunks_with(summary.offset_index));
  line(run, "bloom filters", chunks_with(summary.bloom_filter));
  if (!summary.sorting.empty() || summary.sorting_differs) {
    line(run, "sorted by",
         joined(summary.sorting) + (summary.sorting_differs ? " (row groups differ)" : ""));
  }
  if (summary.undefined_orders > 0) {
    line(run, "column orders",
         "undefined for " + std::to_string(summary.undefined_orders) + " of " +
             std::to_string(file.schema().num_leaves()) + " leaves");
  }
  if (!summary.special_orders.empty()) {
    line(run, "column orders", joined(summary.special_orders));
  }
  if (metadata.encryption().has_value() || summary.encrypted_columns > 0) {
    line(run, "encrypted", std::to_string(summary.encrypted_columns) + " columns");
  }
  print_key_values(run, file);
}

// ---- JSON.

void write_strings(Json& json, const std::vector<std::string>& texts) {
  json.begin_array();
  for (const std::string& text : texts) json.string(text);
  json.end_array();
}

/// A size that is none counts as not told.
std::optional<int64_t> size_or_none(std::optional<int64_t> claim) {
  return claim.value_or(-1) < 0 ? std::nullopt : claim;
}

void write_row_groups(Json& json, const veneer::File& file) {
  json.begin_array();
  for (uint32_t i = 0; i < file.metadata().num_row_groups(); ++i) {
    const veneer::RowGroupInfo& group = file.metadata().row_group(i);
    json.begin_object();
    json.key("rows").number(group.num_rows);
    json.key("raw_bytes").number_or_null(size_or_none(group.total_byte_size));
    json.key("compressed_bytes").number_or_null(size_or_none(group.total_compressed_size));
    json.key("offset").number_or_null(size_or_none(group.file_offset));
    json.end_object();
  }
  json.end_array();
}

void print_json(Run* run, const veneer::File& file, const FileSummary& summary) {
  const veneer::FileMetadata& metadata = file.metadata();
  Json json(&run->out());
  json.begin_object();
  json.key("file").string(file.name());
  json.key("size").number(file.size());
  json.key("rows").number(file.num_rows());
  json.key("footer_rows").number(metadata.num_rows());
  json.key("num_row_groups").number(metadata.num_row_groups());
  json.key("columns").number(static_cast<int64_t>(file.schema().fields().size()));
  json.key("leaves").number(file.schema().num_leaves());
  json.key("compressed_bytes").number_or_null(summary.compressed);
  json.key("raw_bytes").number_or_null(summary.raw);
  json.key("footer_bytes").number(static_cast<int64_t>(metadata.footer_bytes().size()));
  json.key("format_version").number(metadata.version());
  json.key("created_by").string(metadata.created_by());
  json.key("codecs").begin_array();
  for (veneer::Codec codec : summary.codecs) json.string(name_of(codec));
  json.end_array();
  json.key("encodings").begin_array();
  for (veneer::Encoding encoding : summary.encodings) json.string(name_of(encoding));
  json.end_array();
  json.key("chunks").number(summary.column_index.of);
  json.key("chunks_with_column_index").number(summary.column_index.with);
  json.key("chunks_with_offset_index").number(summary.offset_index.with);
  json.key("chunks_with_bloom_filter").number(summary.bloom_filter.with);
  write_strings(json.key("sorting_columns"), summary.sorting);
  json.key("sorting_differs").boolean(summary.sorting_differs);
  json.key("columns_with_undefined_order").number(summary.undefined_orders);
  write_strings(json.key("special_column_orders"), summary.special_orders);
  json.key("encrypted_columns").number(summary.encrypted_columns);
  json.key("row_groups");
  write_row_groups(json, file);
  json.key("key_value_metadata").begin_array();
  for (const veneer::KeyValue& pair : metadata.key_values()) {
    json.begin_object();
    json.key("key").bytes(pair.key);
    if (pair.value.has_value())
      json.key("value").bytes(*pair.value);
    else
      json.key("value").null();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  json.end_line();
}

/// The value itself, byte for byte; a line end behind it where it has none.
void print_key(Run* run, const veneer::File& file, std::string_view key) {
  Out& out = run->out();
  bool there = false;
  for (const veneer::KeyValue& pair : file.metadata().key_values()) {
    if (pair.key != key || there) continue;
    there = true;
    std::string_view value = pair.value.value_or("");
    if (run->options().value("format") == "json") {
      write_json_string(out, value);
      out.put('\n');
    } else {
      out.append(value);
      if (value.empty() || value.back() != '\n') out.put('\n');
    }
  }
  if (there) return;
  std::string what = "no key '" + std::string(key) + "' in the metadata";
  std::vector<std::string> keys;
  for (const veneer::KeyValue& pair : file.metadata().key_values()) keys.emplace_back(pair.key);
  std::string guess = nearest(key, keys);
  if (!guess.empty()) what += "; did you mean '" + guess + "'?";
  run->fail(file.name(), "not_found", what);
}

void run_info(Run* run) {
  std::optional<std::string_view> key = run->options().value("key");
  bool json = run->options().value("format") == "json";
  bool first = true;
  for (const std::string& path : run->options().operands()) {
    std::optional<veneer::File> file = open_file(run, path);
    if (!file.has_value()) continue;
    if (key.has_value()) {
      print_key(run, *file, *key);
      continue;
    }
    FileSummary summary;
    veneer::Status status = summarize_file(*file, &summary);
    if (!status.ok()) {
      run->fail(status, shown_name(path));
      continue;
    }
    if (json) {
      print_json(run, *file, summary);
      continue;
    }
    if (!first) run->out().put('\n');
    first = false;
    print_text(run, *file, summary);
  }
}

}  // namespace

const Command kInfoCommand{"info",
                           "FILE...",
                           "Print rows, row groups, sizes, writer, codecs, metadata",
                           "On a terminal long metadata values are cut; --key prints one whole.\n",
                           kInfoOptions,
                           &run_info};

}  // namespace cli
