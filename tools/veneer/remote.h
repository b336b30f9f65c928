// Operands that are not local: s3:// and http(s)://.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "command.h"
#include "veneer/file.h"
#include "veneer/input.h"

namespace cli {

/// The options that say how servers are reached; every command takes them.
std::span<const OptionSpec* const> remote_options();

/// What messages and reports call an operand: a URL without its query, which may be a signature.
std::string shown_name(std::string_view operand);

/// Opens the object that a URL names.
veneer::Result<veneer::File> open_remote_file(Run* run, const std::string& url);

/// Lists what a scan's operands name: one directory, glob, bucket's prefix or URL, or several local
/// files.
veneer::Result<std::unique_ptr<veneer::Lister>> open_lister(Run* run,
                                                            std::span<const std::string> operands);

/// Whether anything at all lies where the operands say, whatever its name: one listing more.
bool lies_anything(Run* run, std::span<const std::string> operands);

}  // namespace cli
