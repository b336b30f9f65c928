// Random files and random predicates on them, with the answer by definition.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "model.h"

namespace veneer::test {

/// A value of a type, or a place between two: how the file has it, how a predicate writes it, and
/// its rank among the others by SQL's order. Equal ranks are equal values.
struct Atom {
  std::string plain;    ///< empty optional by `stored`
  std::string literal;  ///< "" where no predicate can write it
  int rank = 0;
  bool stored = true;  ///< false: only ever compared with
};

/// A type of a leaf with some of its values, in ascending order.
struct AtomType {
  std::string name;
  Element element;  ///< a leaf of that type, to be renamed
  std::vector<Atom> atoms;
  bool text = false;      ///< like is allowed
  bool floating = false;  ///< NaN is the last rank
  bool has_order = true;  ///< bounds mean something
  bool blooms = true;     ///< PLAIN bytes tell values apart
};
const std::vector<AtomType>& atom_types();

/// A file of random shape and layout, and the ranks of its values.
struct CaseFile {
  struct Leaf {
    const AtomType* type = nullptr;
    std::string path;
    std::vector<int> atoms;  ///< by row: index into type->atoms, or -1 for null
  };
  std::vector<Leaf> leaves;
  Bytes bytes;
  int64_t rows = 0;
};
CaseFile make_case_file(std::mt19937_64& random);

/// A random predicate as text, and whether it is true of each row.
struct CasePredicate {
  std::string text;
  std::vector<bool> keeps;
};
CasePredicate make_case_predicate(const CaseFile& file, std::mt19937_64& random);

}  // namespace veneer::test
