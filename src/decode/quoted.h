// SPDX-License-Identifier: MIT
// The beginning of a packet that an ICMP or ICMPv6 error message quotes.
#pragma once

#include <cstdint>

#include "bytes.h"
#include "pastmon/decode/packet.h"

namespace pastmon::decode {

/// Fills in the quote of `icmp` from the quoted packet at `b`. Without a whole IP header of the right version there is
/// no quote; ports, sequence and payload are filled in as far as the quote reaches.
void read_quote_v4(IcmpFields& icmp, Bytes b) noexcept;
void read_quote_v6(IcmpFields& icmp, Bytes b) noexcept;

}  // namespace pastmon::decode
