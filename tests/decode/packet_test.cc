// SPDX-License-Identifier: MIT
#include "pastmon/decode/packet.h"

#include <gtest/gtest.h>

#include <unordered_set>
#include <utility>

namespace pastmon::decode {
namespace {

FiveTuple tuple(const char* a, std::uint16_t pa, const char* b, std::uint16_t pb, std::uint8_t protocol = 6) {
  return {*base::Address::parse(a), *base::Address::parse(b), pa, pb, protocol};
}

TEST(SymmetricHash, SameForBothDirections) {
  for (const auto& [a, b] : {std::pair{"192.0.2.1", "198.51.100.7"}, {"2001:db8::1", "fe80::2"}}) {
    EXPECT_EQ(symmetric_hash(tuple(a, 1000, b, 80)), symmetric_hash(tuple(b, 80, a, 1000)));
    EXPECT_NE(symmetric_hash(tuple(a, 1000, b, 80)), symmetric_hash(tuple(a, 80, b, 1000)))
        << "ports belong to their addresses";
  }
}

TEST(SymmetricHash, EveryFieldAndTheKeyCount) {
  const std::uint32_t h = symmetric_hash(tuple("192.0.2.1", 1000, "192.0.2.2", 80));
  EXPECT_NE(h, symmetric_hash(tuple("192.0.2.1", 1001, "192.0.2.2", 80)));
  EXPECT_NE(h, symmetric_hash(tuple("192.0.2.3", 1000, "192.0.2.2", 80)));
  EXPECT_NE(h, symmetric_hash(tuple("192.0.2.1", 1000, "192.0.2.2", 80, 17)));
  const std::uint64_t key = hash_key;
  hash_key = key + 1;
  EXPECT_NE(h, symmetric_hash(tuple("192.0.2.1", 1000, "192.0.2.2", 80)));
  hash_key = key;
}

TEST(SymmetricHash, NeighbouringFlowsSpreadOverAllBits) {
  std::unordered_set<std::uint32_t> whole, low, high;
  constexpr std::uint32_t clients = 64, ports = 1024;
  for (std::uint32_t c = 0; c < clients; ++c) {
    for (std::uint32_t p = 0; p < ports; ++p) {
      const std::uint8_t client[4] = {10, 0, 0, static_cast<std::uint8_t>(c)};
      const std::uint8_t server[4] = {10, 0, 1, 1};
      const std::uint32_t h = symmetric_hash(
          {base::Address::v4(client), base::Address::v4(server), static_cast<std::uint16_t>(32768 + p), 80, 6});
      whole.insert(h);
      low.insert(h & 0xffffU);
      high.insert(h >> 16U);
    }
  }
  // 65,536 balls: about 0.5 collisions in 2^32 places, and 1 − 1/e of 2^16 places taken.
  EXPECT_GE(whole.size(), clients * ports - 8);
  EXPECT_NEAR(static_cast<double>(low.size()), 65536 * 0.632, 65536 * 0.02);
  EXPECT_NEAR(static_cast<double>(high.size()), 65536 * 0.632, 65536 * 0.02);
}

}  // namespace
}  // namespace pastmon::decode
