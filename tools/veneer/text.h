// Text as JSON strings, as CSV cells and on a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "out.h"

namespace cli {

bool is_utf8(std::string_view bytes);

/// A JSON string; bytes that are not UTF-8 become {"$hex":"…"}.
void write_json_string(Out& out, std::string_view text);
/// A JSON string always: what is not UTF-8 becomes U+FFFD. For keys and messages.
void write_json_text(Out& out, std::string_view text);
/// The bytes between quotes as lower-case hex.
void write_hex_text(Out& out, std::string_view bytes);

/// A cell of RFC 4180: quoted where it is empty or holds a comma, quote, CR or LF.
void write_csv_text(Out& out, std::string_view text);

/// "1 row", "2 rows".
std::string count_of(int64_t n, std::string_view thing);

/// Columns of a terminal that the text takes; for text that `visible` made.
size_t display_width(std::string_view text);
/// UTF-8 without control characters: "\n" and the like as escapes, other bytes as "\x1b".
std::string visible(std::string_view bytes);
/// The longest beginning that takes at most `width` columns, "…" included where it was cut.
std::string cut_to_width(std::string_view text, size_t width);

}  // namespace cli
