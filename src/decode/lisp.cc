// SPDX-License-Identifier: MIT
// LISP data (RFC 9300): an IP packet behind eight bytes, behind UDP port 4341. Believed only when the packet's own
// length is exactly what is there.
#include "layers.h"

namespace pastmon::decode::layer {

Verdict lisp(State& s, Bytes b) noexcept {
  const Bytes whole = b;
  if (!b.has(8 + 20)) return s.done(Transport::udp, whole);
  b.skip(8);
  const auto h = b.header<20>();
  const bool v4 = h.u8<0>() >> 4 == 4 && h.be16<2>() == b.length;
  const bool v6 = h.u8<0>() >> 4 == 6 && h.be16<4>() + 40U == b.length;
  if (!v4 && !v6) return s.done(Transport::udp, whole);
  s.forget_ports();
  return enter<Space::ether_type>(s, v4 ? 0x0800 : 0x86dd, b);
}

}  // namespace pastmon::decode::layer
