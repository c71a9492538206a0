// SPDX-License-Identifier: MIT
// One captured frame, as capture hands it to decode.
#pragma once

#include <cstdint>

#include "pastmon/base/clock.h"

namespace pastmon::capture {

/// Link types by their number in capture files (https://www.tcpdump.org/linktypes.html), whatever DLT_ value the
/// operating system uses for them. Only those that decode knows have a name here.
enum class LinkType : std::uint16_t {
  null_loopback = 0,
  ethernet = 1,
  ppp = 9,
  fddi = 10,
  ppp_hdlc = 50,
  pppoe = 51,
  raw_ip = 101,
  cisco_hdlc = 104,
  ieee802_11 = 105,
  openbsd_loopback = 108,
  linux_cooked = 113,
  prism = 119,
  radiotap = 127,
  avs = 163,
  pppd = 166,
  ppi = 192,
  erf = 197,
  ppp_with_direction = 204,
  cisco_hdlc_with_direction = 205,
  ipv4 = 228,
  ipv6 = 229,
  nflog = 239,
  linux_cooked_2 = 276,
};

/// A frame does not own its bytes: they stay valid until the next call of the source that gave it.
struct Frame {
  base::Micros time = 0;               ///< capture time, microseconds since the epoch (nanoseconds are rounded down)
  const std::uint8_t* data = nullptr;  ///< `captured` bytes
  std::uint32_t captured = 0;          ///< bytes at `data`
  std::uint32_t length = 0;            ///< bytes on the wire, ≥ captured
  LinkType link = LinkType::ethernet;
  std::uint16_t interface = 0;  ///< index of the interface in its source
};

}  // namespace pastmon::capture
