// SPDX-License-Identifier: MIT
#include "pastmon/decode/decoder.h"

#include "ipv6_extensions.h"
#include "layers.h"

namespace pastmon::decode {

Verdict Decoder::decode(const capture::Frame& frame, Packet& packet) noexcept {
  ++counters_.packets;
  packet.time = frame.time;
  packet.wire_bytes = frame.length;
  packet.vlan = 0;
  packet.spread = 0;
  packet.more_fragments = false;
  packet.part = false;
  packet.held = false;
  packet.ip_id = 0;
  packet.fragment_offset = 0;
  packet.tuple.source_port = 0;
  packet.tuple.destination_port = 0;
  State state{packet, counters_, tunnels_};
  const Bytes bytes{frame.data, frame.captured, frame.length < frame.captured ? frame.captured : frame.length};
  return enter<Space::link_type>(state, static_cast<std::uint32_t>(frame.link), bytes);
}

Verdict Decoder::decode_rest(Packet& packet, std::uint32_t frames) noexcept {
  packet.more_fragments = false;
  packet.fragment_offset = 0;
  packet.tuple.source_port = 0;
  packet.tuple.destination_port = 0;
  State state{packet, counters_, tunnels_};
  state.frames = frames;
  const Bytes bytes{packet.payload, packet.payload_captured, packet.payload_length};
  if (packet.tuple.source.is_v4()) return enter<Space::ip_protocol>(state, packet.tuple.protocol, bytes);
  return ipv6_payload(state, packet.tuple.protocol, bytes);
}

const char* to_string(Reason reason) {
  switch (reason) {
    case Reason::link_truncated:
      return "link header cut off";
    case Reason::link_unknown:
      return "unknown link type";
    case Reason::ip_truncated:
      return "IP header cut off";
    case Reason::ip_malformed:
      return "malformed IP header";
    case Reason::extension_malformed:
      return "malformed IPv6 extension headers";
    case Reason::transport_truncated:
      return "transport header cut off";
    case Reason::transport_malformed:
      return "malformed transport header";
    case Reason::nested_too_deep:
      return "too many encapsulations";
    case Reason::count_:
      break;
  }
  return "unknown reason";
}

}  // namespace pastmon::decode
