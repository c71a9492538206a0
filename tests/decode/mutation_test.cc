// SPDX-License-Identifier: MIT
// The fuzz target over well-formed frames and many deterministic mutations of them.
#include <gtest/gtest.h>

#include <random>

#include "decode/packet_builder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace pastmon::decode::testing {
namespace {

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
      be(0x0200, 2) + ipv4({.protocol = kUdp, .fragment = 0x2000}, udp(1, 2, "first", 2000)),
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
