// SPDX-License-Identifier: MIT
// The fuzz target over well-formed frames and many deterministic mutations of them.
#include <gtest/gtest.h>

#include <random>

#include "decode/packet_builder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace pastmon::decode::testing {
namespace {

Octets over_udp(std::uint16_t port, const Octets& payload) {
  return ipv4({.protocol = kUdp}, udp(40000, port, {reinterpret_cast<const char*>(payload.data()), payload.size()}));
}

/// The first byte chooses the link type (see fuzz_decoder.cc), the second what snaplen cut.
std::vector<Octets> corpus() {
  const Octets options = be(0x020405b4, 4) + be(0x0402, 2) + be(0x080a, 2) + zeros(8) + be(0x01030307, 4);
  const Octets syn = tcp({.flags = tcp_flag::syn, .options = options});
  const Octets hop = be(44, 1) + be(0, 1) + zeros(6) + be(6, 1) + be(0, 1) + be(1, 2) + zeros(4);
  return {
      be(0x0000, 2) + ethernet(0x0800) + ipv4({.options = zeros(4)}, syn),
      be(0x0005, 2) + ethernet(0x88a8) + vlan(1, 0x8100) + vlan(2, 0x86dd) + ipv6({.protocol = 0}, hop + syn),
      be(0x0100, 2) + be(0x02000000, 4) + ipv4({.protocol = kUdp}, udp(53, 4000, "answer")),
      be(0x0600, 2) + zeros(14) + be(0x0800, 2) + ipv4({.protocol = kIcmp}, icmp(3, 1, 0, ipv4({}, syn))),
      be(0x0900, 2) + be(0x86dd, 2) + zeros(18) +
          ipv6({.protocol = kIcmpv6}, icmp(1, 4, 0, ipv6({.protocol = kUdp}, udp(1, 2, "quoted")))),
      be(0x0200, 2) + ipv4({.protocol = kUdp, .fragment = 0x2000}, udp(1, 2, "first567", 2000)),
      be(0x0800, 2) +
          ipv6({.protocol = 44}, be(kUdp, 1) + be(0, 1) + be(1, 2) + be(0x11e4e4e4, 4) + udp(1, 2, "first567", 2000)),
      be(0x0200, 2) + ipv4({.protocol = 47, .fragment = 0x2000}, be(0, 2) + be(0x0800, 2) + ipv4({}, syn)),
      be(0x0200, 2) + ipv4({.protocol = 51}, be(6, 1) + be(4, 1) + zeros(22) + syn),
      be(0x0800, 2) + ipv6({.protocol = 43}, be(6, 1) + be(2, 1) + be(0x0401, 2) + zeros(20) + syn),
      be(0x0000, 2) + ethernet(0x8847) + be(0x00010040, 4) + be(0x00020140, 4) + ipv4({}, syn),
      be(0x0000, 2) + ethernet(0x8864) + be(0x1100, 2) + be(9, 2) + be(62, 2) + be(0x0021, 2) + ipv4({}, syn),
      be(0x0200, 2) + ipv4({.protocol = 47}, be(0x3000, 2) + be(0x22eb, 2) + zeros(8) + be(0x20010001, 4) + zeros(7) +
                                                 be(1, 1) + zeros(8) + ethernet(0x0800) + ipv4({}, syn)),
      be(0x0200, 2) + over_udp(4789, be(0x08000000, 4) + be(5 << 8, 4) + ethernet(0x0800) + ipv4({}, syn)),
      be(0x0200, 2) + over_udp(6081, be(0x0240, 2) + be(0x6558, 2) + zeros(12) + ethernet(0x0800) + ipv4({}, syn)),
      be(0x0200, 2) +
          over_udp(2152, be(0x34ff, 2) + be(68, 2) + zeros(7) + be(0x85, 1) + be(0x01100900, 4) + ipv4({}, syn)),
      be(0x0200, 2) + over_udp(3544, be(1, 2) + zeros(11) + be(0, 2) + zeros(6) + ipv6({}, syn)),
      be(0x0200, 2) +
          over_udp(1701, be(0x4002, 2) + be(72, 2) + be(1, 4) + be(0xff03, 2) + be(0x0021, 2) + ipv4({}, syn)),
      be(0x0200, 2) + over_udp(5247, be(0x0010, 2) + zeros(6) + ethernet(0x0800) + ipv4({}, syn)),
      be(0x1200, 2) + be(0, 2) + be(0x1100, 2) + be(0x03000000, 4) + zeros(8) + be(0x10, 1) + be(0x0802, 2) +
          zeros(22) + be(0xaaaa03, 3) + be(0, 3) + be(0x0800, 2) + ipv4({}, syn),
  };
}

TEST(DecoderFuzz, SurvivesMutatedFrames) {
  std::mt19937 random(20260101);
  for (const Octets& seed : corpus()) {
    for (int round = 0; round < 20'000; ++round) {
      Octets bytes = seed;
      for (std::uint32_t n = random() % 4; n > 0; --n)
        bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
      if (random() % 3 == 0) bytes.resize(random() % (bytes.size() + 1));
      bytes.shrink_to_fit();
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
  }
}

TEST(DecoderFuzz, SurvivesEveryTruncation) {
  for (const Octets& seed : corpus()) {
    for (std::size_t size = 0; size <= seed.size(); ++size) {
      Octets bytes(seed.begin(), seed.begin() + static_cast<std::ptrdiff_t>(size));
      bytes.shrink_to_fit();
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
  }
}

}  // namespace
}  // namespace pastmon::decode::testing
