#include "veneer/version.h"

#include "codec/codec.h"

namespace veneer {

std::string_view version() noexcept { return VENEER_VERSION; }

bool codec_built(Codec codec) noexcept { return codec::is_built(codec); }

}  // namespace veneer
