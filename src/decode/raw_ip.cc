// SPDX-License-Identifier: MIT
// Raw IP (LINKTYPE_RAW, and the numbers 12 and 14 that some systems write): no link header, the version nibble decides.
#include "layers.h"

namespace pastmon::decode::layer {

Verdict raw_ip(State& s, Bytes b) noexcept {
  if (!b.has(1)) return s.undecodable(Reason::ip_truncated);
  switch (b.header<1>().u8<0>() >> 4) {
    case 4:
      return enter<Space::ether_type>(s, 0x0800, b);
    case 6:
      return enter<Space::ether_type>(s, 0x86dd, b);
    default:
      return s.undecodable(Reason::ip_malformed);
  }
}

}  // namespace pastmon::decode::layer
