// Random nested schemas and rows, shredded the naive way: recursion over the definition of levels.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "model.h"

namespace veneer::test {

/// A field as the file's reader should see it, and how the footer shall spell it.
struct Node {
  enum class Kind : uint8_t { leaf, structure, list, map };
  /// How a list or map stands in the schema.
  enum class Style : uint8_t {
    standard,       ///< three levels, LIST; MAP with key_value
    bag,            ///< three levels of other names
    two_level,      ///< LIST of a repeated leaf or a repeated group of several fields
    array,          ///< LIST of a repeated group "array" of one field
    tuple,          ///< LIST of a repeated group "NAME_tuple" of one field
    unannotated,    ///< a repeated field alone
    map_key_value,  ///< a map by its oldest annotation
  };
  Kind kind = Kind::leaf;
  Style style = Style::standard;
  bool optional = false;
  std::string name;
  PhysicalType type = PhysicalType::int32;
  std::vector<Node> children;  // structure: fields; list: the element; map: key and perhaps value
};

/// The schema element that `node` stands for.
Element element_of(const Node& node);

/// Entries of one leaf: levels, and the values that are there.
struct Shredded {
  Levels rep, def;
  std::vector<std::string> values;  // of the entries whose definition level is the maximum
};
/// Appends one row's value of `node` to its leaves, `out` being the first of them. Returns the
/// next.
Shredded* shred(const Node& node, const Value& value, Shredded* out);
size_t leaves_below(const Node& node);

class RandomNested {
 public:
  explicit RandomNested(uint32_t seed) : random_(seed) {}

  /// A field of any shape, at most `depth` groups deep.
  Node field(const std::string& name, int depth, bool may_be_bare_repeated = true);
  Value value(const Node& node);
  uint32_t below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }

 private:
  Node leaf_node(const std::string& name);
  std::mt19937 random_;
};

/// Adds the pages of all leaves of `nodes` for `rows`, cut where `random` says: V1 pages anywhere,
/// V2 pages between rows.
void add_chunks(RowGroupBuilder& group, const std::vector<LeafInfo>& infos,
                const std::vector<Node>& nodes, const Rows& rows, RandomNested* random);

}  // namespace veneer::test
