// SPDX-License-Identifier: MIT
// The 64-bit ids of the database: hashes of what they name (address, signature, sensor). Part of the stored format:
// never change it. XXH3 64 bits, seed 0 (xxHash 0.8), as two's complement.
#pragma once

#include <cstdint>
#include <string_view>

namespace pastmon::base {

std::int64_t stable_id(std::string_view bytes) noexcept;

}  // namespace pastmon::base
