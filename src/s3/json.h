// The few JSON members that credential sources answer with.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace veneer::s3 {

/// The members of one JSON object whose values are strings (decoded), numbers, true, false or null
/// (as written). Inner objects and arrays are checked for balance and skipped.
using JsonMembers = std::vector<std::pair<std::string, std::string>>;

/// nullopt where the text is not one JSON object.
std::optional<JsonMembers> parse_json_object(std::string_view text);

/// The member's value; empty where there is none.
std::string_view member(const JsonMembers& members, std::string_view name) noexcept;

}  // namespace veneer::s3
