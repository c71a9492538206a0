// SPDX-License-Identifier: MIT
// Any bytes under any link type: the first two bytes choose the link type and how much snaplen cut, the rest is the
// frame. Aborts when a packet points outside its frame. Built with -fsanitize=fuzzer it is a fuzzer; the mutation test
// runs it too.
#include <cstdint>
#include <cstdlib>

#include "pastmon/decode/decoder.h"

namespace {

void require(bool held) {
  if (!held) std::abort();
}

bool inside(const std::uint8_t* at, std::size_t size, const std::uint8_t* data, std::size_t whole) {
  return size == 0 || (at >= data && at <= data + whole && size <= static_cast<std::size_t>(data + whole - at));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr std::uint16_t links[] = {1, 0, 101, 12, 14, 108, 113, 228, 229, 276, 147};
  if (size < 2) return 0;
  pastmon::capture::Frame frame;
  frame.link = static_cast<pastmon::capture::LinkType>(links[data[0] % std::size(links)]);
  frame.data = data + 2;
  frame.captured = static_cast<std::uint32_t>(size - 2);
  frame.length = frame.captured + data[1];

  pastmon::decode::Decoder decoder;
  pastmon::decode::Packet packet;
  const auto verdict = decoder.decode(frame, packet);
  const auto& counters = decoder.counters();
  require(counters.packets == 1);
  require(counters.undecodable == (verdict == pastmon::decode::Verdict::undecodable ? 1 : 0));
  require(counters.not_ip == (verdict == pastmon::decode::Verdict::not_ip ? 1 : 0));
  if (verdict != pastmon::decode::Verdict::packet) return 0;
  require(inside(packet.payload, packet.payload_captured, frame.data, frame.captured));
  require(packet.payload_captured <= packet.payload_length && packet.payload_length <= frame.length);
  const auto& icmp = packet.icmp;
  if (packet.transport == pastmon::decode::Transport::icmp || packet.transport == pastmon::decode::Transport::icmpv6) {
    require(inside(icmp.quoted_payload, icmp.quoted_payload_size, frame.data, frame.captured));
  }
  return 0;
}
