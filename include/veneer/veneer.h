// All of veneer's public headers.
#pragma once

#include "veneer/bloom_filter.h"  // IWYU pragma: export
#include "veneer/channel.h"       // IWYU pragma: export
#include "veneer/column.h"        // IWYU pragma: export
#include "veneer/file.h"          // IWYU pragma: export
#include "veneer/filter.h"        // IWYU pragma: export
#include "veneer/input.h"         // IWYU pragma: export
#include "veneer/memory.h"        // IWYU pragma: export
#include "veneer/metadata.h"      // IWYU pragma: export
#include "veneer/rows.h"          // IWYU pragma: export
#include "veneer/s3.h"            // IWYU pragma: export
#include "veneer/scan.h"          // IWYU pragma: export
#include "veneer/schema.h"        // IWYU pragma: export
#include "veneer/source.h"        // IWYU pragma: export
#include "veneer/status.h"        // IWYU pragma: export
#include "veneer/types.h"         // IWYU pragma: export
#include "veneer/verify.h"        // IWYU pragma: export
#include "veneer/version.h"       // IWYU pragma: export
