// SPDX-License-Identifier: MIT
// Framing `ber`: one value in the Basic Encoding Rules (X.690) with a definite length, as LDAP sends them (RFC 4511).
//
//   +-----+--------------------+---------
//   | tag | 0xxxxxxx           | content       short form
//   | tag | 1000nnnn, n bytes  | content       long form
//   +-----+--------------------+---------
#include "framing.h"

namespace pastmon::signature {

Step frame_ber(FramingState& /*state*/, Bytes bytes) noexcept {
  if ((bytes.data[0] & 0x1fU) == 0x1f) return step::bad();  // tags of several bytes are not used
  if (bytes.size < 2) return step::more(bytes);
  const std::uint8_t first = bytes.data[1];
  if (first < 0x80) return step::end(2, first);
  const std::size_t digits = first & 0x7fU;
  if (digits == 0 || digits > 4) return step::bad();
  if (bytes.size < 2 + digits) return step::more(bytes);
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < digits; ++i) length = length << 8U | bytes.data[2 + i];
  return length > 256ULL << 20U ? step::bad() : step::end(2 + digits, length);
}

}  // namespace pastmon::signature
