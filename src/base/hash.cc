// SPDX-License-Identifier: MIT
#include "pastmon/base/hash.h"

#include <xxhash.h>

namespace pastmon::base {

std::int64_t stable_id(std::string_view bytes) noexcept {
  return static_cast<std::int64_t>(XXH3_64bits(bytes.data(), bytes.size()));
}

}  // namespace pastmon::base
