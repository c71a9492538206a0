// SPDX-License-Identifier: MIT
// Any bytes under any link type: the first two bytes choose the link type and how much snaplen cut, the rest is the
// frame. Aborts when a packet points outside its frame, or when fragments do not each come out of the reassembler as
// one packet. Built with -fsanitize=fuzzer it is a fuzzer; the mutation test runs it too.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "pastmon/decode/decoder.h"
#include "pastmon/decode/reassembler.h"

namespace {

void require(bool held) {
  if (!held) std::abort();
}

bool inside(const std::uint8_t* at, std::size_t size, const std::uint8_t* data, std::size_t whole) {
  return size == 0 || (at >= data && at <= data + whole && size <= static_cast<std::size_t>(data + whole - at));
}

/// The fragment as the first, a middle and the last one of its datagram, in a sequence that the bytes choose.
void reassemble(pastmon::decode::Decoder& decoder, const pastmon::decode::Packet& fragment) {
  pastmon::decode::Reassembler reassembler({}, decoder);
  std::size_t given = 0;
  const auto look = [&](std::span<const pastmon::decode::Packet> out) {
    given += out.size();
    for (const auto& p : out) {
      require(p.payload_captured <= p.payload_length && p.spread >= 0);
      // A copy: a sanitizer sees what is not there.
      require(std::vector(p.payload, p.payload + p.payload_captured).size() == p.payload_captured);
    }
  };
  constexpr unsigned kFrames = 6;
  for (unsigned i = 0; i < kFrames; ++i) {
    pastmon::decode::Packet p = fragment;
    const unsigned chosen = fragment.ip_id >> (2 * i);
    p.fragment_offset = static_cast<std::uint16_t>((chosen & 3U) * fragment.payload_length / 8 * 8);
    p.more_fragments = (chosen & 3U) != 3;
    look(reassembler.take(p));
  }
  look(reassembler.finish());
  require(reassembler.counters().held_bytes == 0);
  require(given + decoder.counters().not_ip + decoder.counters().undecodable == kFrames);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constexpr std::uint16_t links[] = {1,  0,   101, 12, 14,  108, 113, 228, 229, 276, 147, 9,   105,
                                            51, 104, 10,  50, 119, 127, 163, 166, 192, 197, 204, 205, 239};
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
  if (packet.transport == pastmon::decode::Transport::fragment) reassemble(decoder, packet);
  return 0;
}
