#include "veneer/verify.h"

#include <cstddef>
#include <string>

#include "base/checked.h"
#include "base/macros.h"
#include "base/memory.h"
#include "base/sort.h"
#include "base/text.h"
#include "file/file_impl.h"
#include "file/verify_chunk.h"
#include "file/verify_report.h"
#include "format/shown.h"

namespace veneer {
namespace {

using checks::ChunkClaims;
using checks::Report;

// Where a chunk of this file lies.
struct Extent {
  int64_t begin;
  int64_t end;
  int32_t row_group;
  int32_t leaf;
};

void check_row_group(const RowGroupInfo& group, const WriterVersion& writer, int32_t ordinal,
                     int64_t compressed, int64_t uncompressed, Report* report) {
  if (group.ordinal.has_value() && *group.ordinal != ordinal) {
    (*report)(FindingKind::metadata, concat({"the row group's ordinal is ", *group.ordinal}));
  }
  if (group.total_compressed_size.value_or(0) != 0 && *group.total_compressed_size != compressed) {
    (*report)(FindingKind::sizes,
              concat({"total_compressed_size of the row group is ", *group.total_compressed_size,
                      ", its chunks have ", compressed}));
  }
  // The format wants uncompressed bytes here; some writers store the compressed ones, or none.
  // DuckDB's bytes were long those that the rows took in its memory.
  if (writer.application != "DuckDB" && group.total_byte_size != uncompressed &&
      group.total_byte_size != compressed && group.total_byte_size != 0) {
    (*report)(FindingKind::sizes,
              concat({"total_byte_size of the row group is ", group.total_byte_size,
                      ", its chunks have ", uncompressed}));
  }
}

void check_extents(const File& file, std::span<Extent> extents, Report* report) {
  static_assert(offsetof(Extent, begin) == 0);
  sort_by_first_member(extents);
  const auto name = [&](const Extent& e) {
    return concat({"column ", format::shown_leaf(file.schema(), narrow<uint32_t>(e.leaf)),
                   " of row group ", e.row_group});
  };
  const Extent* furthest = nullptr;
  for (const Extent& extent : extents) {
    if (extent.end > file.metadata().footer_offset()) {
      report->at(extent.begin, FindingKind::layout,
                 concat({name(extent), " runs into the footer"}));
    }
    if (furthest != nullptr && extent.begin < furthest->end) {
      report->at(extent.begin, FindingKind::layout,
                 concat({name(extent), " overlaps ", name(*furthest)}));
    }
    if (furthest == nullptr || extent.end > furthest->end) furthest = &extent;
  }
}

}  // namespace

Status verify(const File& file, const VerifyOptions& options,
              const std::function<void(const Finding&)>& on_finding) {
  Report report(on_finding);
  const FileMetadata& metadata = file.metadata();
  if (metadata.num_rows() != file.num_rows()) {
    report(FindingKind::counts, concat({"num_rows of the file is ", metadata.num_rows(),
                                        ", its row groups have ", file.num_rows()}));
  }
  Buffer extents(&file.impl()->pool);
  checks::Shared shared(&file.impl()->pool);
  VENEER_CHECK(shared.by_field.reserve(file.schema().all_fields().size()));
  while (shared.by_field.size() < file.schema().all_fields().size()) shared.by_field.emplace_back();
  const auto leaves = narrow<int32_t>(file.schema().num_leaves());
  for (int32_t g = 0; g < file.num_row_groups(); ++g) {
    int64_t compressed = 0;
    int64_t uncompressed = 0;
    bool complete = true;
    for (int32_t leaf = 0; leaf < leaves; ++leaf) {
      if (options.cancel != nullptr && options.cancel->load(std::memory_order_relaxed)) {
        return Status::cancelled("verification was cancelled");
      }
      report.in_row_group(g);
      report.in_column(leaf, format::shown_leaf(file.schema(), narrow<uint32_t>(leaf)));
      ChunkClaims claims;
      VENEER_CHECK(checks::verify_chunk(file, options, g, leaf, &shared, &claims, &report));
      if (options.progress) {
        options.progress(int64_t{g} * leaves + leaf + 1, int64_t{file.num_row_groups()} * leaves);
      }
      complete = complete && claims.known &&
                 checked_add(compressed, claims.total_compressed_size, &compressed) &&
                 checked_add(uncompressed, claims.total_uncompressed_size, &uncompressed);
      if (!claims.known || !claims.in_this_file || claims.size == 0) continue;
      const Extent extent{claims.begin, claims.begin + claims.size, g, leaf};
      VENEER_CHECK(extents.append(&extent, sizeof(extent)));
    }
    report.in_row_group(g);
    if (complete) {
      check_row_group(metadata.row_group(narrow<uint32_t>(g)), metadata.writer(), g, compressed,
                      uncompressed, &report);
    }
    if (options.sorting) VENEER_CHECK(checks::verify_sorting(file, options, g, &report));
  }
  report.in_row_group(-1);
  check_extents(file, {extents.as<Extent>(), extents.size() / sizeof(Extent)}, &report);
  return {};
}

std::string_view to_string(FindingKind kind) noexcept {
  switch (kind) {
    case FindingKind::unreadable: return "unreadable";
    case FindingKind::checksum: return "checksum";
    case FindingKind::counts: return "counts";
    case FindingKind::levels: return "levels";
    case FindingKind::dictionary: return "dictionary";
    case FindingKind::encodings: return "encodings";
    case FindingKind::sizes: return "sizes";
    case FindingKind::statistics: return "statistics";
    case FindingKind::size_statistics: return "size_statistics";
    case FindingKind::page_index: return "page_index";
    case FindingKind::bloom_filter: return "bloom_filter";
    case FindingKind::utf8: return "utf8";
    case FindingKind::sorting: return "sorting";
    case FindingKind::metadata: return "metadata";
    case FindingKind::layout: return "layout";
  }
  return "unknown";
}

std::string Finding::to_string() const {
  std::string text(veneer::to_string(kind));
  if (code != StatusCode::corrupt) text.append(", ").append(veneer::to_string(code));
  text += concat({": ", message});
  std::string place;
  const auto add = [&place](const std::string& part) {
    place += place.empty() ? " (" : ", ";
    place += part;
  };
  if (!column.empty()) add(concat({"column ", column}));
  if (row_group >= 0) add(concat({"row group ", row_group}));
  if (page >= 0) add(concat({"page ", page}));
  if (offset >= 0) add(concat({"offset ", offset}));
  return place.empty() ? text : concat({text, place, ")"});
}

}  // namespace veneer
