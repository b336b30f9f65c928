// What is known of a row group's or a page's values, and what it proves of a condition.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "filter/bind.h"
#include "veneer/metadata.h"

namespace veneer::filter {

/// How many of some rows a condition keeps.
enum class Match : uint8_t { none, some, all };

inline Match both(Match a, Match b) noexcept { return a < b ? a : b; }
inline Match either(Match a, Match b) noexcept { return a < b ? b : a; }

/// Facts about the values of one leaf in some rows. What is absent is not known.
struct Evidence {
  std::optional<std::string> low;   ///< no value has a lesser key, NaN aside
  std::optional<std::string> high;  ///< no value has a greater key, NaN aside
  std::optional<int64_t> nulls;
  std::optional<int64_t> nans;
  int64_t rows = 0;
};

Match prove(const Term& term, const KeyType& type, const Evidence& evidence) noexcept;

/// Takes from statistics what the specification and the writer's known bugs let hold.
class EvidenceReader {
 public:
  EvidenceReader(const Leaf& leaf, const KeyType& type, const WriterVersion& writer) noexcept
      : leaf_(leaf), type_(type), writer_(writer) {}

  /// Of a row group's chunk or of a page of so many rows.
  Evidence read(const Statistics& statistics, int64_t rows) const;
  /// Of one page of an index.
  Evidence read(const ColumnIndex& index, size_t page, int64_t rows) const;

 private:
  void set_bounds(const Bounds& bounds, Evidence* out) const;
  static void set_count(std::optional<int64_t> count, int64_t rows, std::optional<int64_t>* out);

  const Leaf& leaf_;
  const KeyType& type_;
  const WriterVersion& writer_;
};

/// The row behind the last one of a page, in a row group of `rows` rows.
inline int64_t end_of_page(std::span<const PageLocation> pages, size_t page,
                           int64_t rows) noexcept {
  return page + 1 < pages.size() ? pages[page + 1].first_row_index : rows;
}

/// What an index proves of a term, page by page. Where its bounds ascend or descend, pages between
/// two others are decided by the bounds of these: a binary search, for terms of any form. An order
/// that is none leads as astray as bounds that are none.
class PageProver {
 public:
  /// All must outlive it. Preconditions: one location for each page of the index, and their first
  /// rows do not descend, nor go beyond `rows`.
  PageProver(const EvidenceReader& reader, const KeyType& type, const ColumnIndex& index,
             std::span<const PageLocation> pages, int64_t rows);
  /// One outcome for each page, of which there is one at least.
  void prove(const Term& term, Match* out) const;

 private:
  Evidence read(size_t page) const;
  Match between(const Term& term, size_t first, size_t last, const Evidence& of_first,
                const Evidence& of_last) const;
  void search(const Term& term, size_t first, size_t last, const Evidence& of_first,
              const Evidence& of_last, Match* out) const;

  const EvidenceReader& reader_;
  const KeyType& type_;
  const ColumnIndex& index_;
  std::span<const PageLocation> pages_;
  int64_t rows_;
  bool ordered_;
};

/// The outcome of the whole filter from that of each of its terms, `terms[i]` being that of term i.
Match outcome(const BoundFilter& filter, const BoundNode& node, const Match* terms) noexcept;

}  // namespace veneer::filter
