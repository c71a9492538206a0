// SPDX-License-Identifier: MIT
// Runs the fuzz target over random and over mutated packet sequences, the same ones each time.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

TEST(FuzzTracker, HoldsItsRulesOnRandomPackets) {
  for (std::uint32_t seed = 0; seed < 1'500; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::uint8_t> input(24 * (1 + random() % 200));
    for (std::uint8_t& byte : input) byte = static_cast<std::uint8_t>(random());
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
}

// Mostly plausible conversations between two ends: small numbers, handshakes, then a few bytes changed.
TEST(FuzzTracker, HoldsItsRulesOnMutatedConversations) {
  static constexpr std::uint8_t flags[] = {0x02, 0x12, 0x10, 0x18, 0x18, 0x18, 0x10, 0x11, 0x04};
  for (std::uint32_t seed = 0; seed < 1'500; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::uint8_t> input;
    for (std::size_t i = 0, n = 10 + random() % 150; i < n; ++i) {
      std::vector<std::uint8_t> record(24, 0);
      const bool back = random() % 2 == 0;
      record[1] = back ? 0x25 : 0x1a;  // 2:1 -> 1:2 and the other way
      record[2] = static_cast<std::uint8_t>(random() % 4 + 8 * (random() % 4));
      record[3] = static_cast<std::uint8_t>(random() % 8 + 1);
      record[4] = static_cast<std::uint8_t>(random() % 60);
      record[6] = flags[i < 3 ? i : random() % sizeof flags];
      record[7] = static_cast<std::uint8_t>(random());
      record[11] = static_cast<std::uint8_t>(random());
      record[15] = 1;
      input.insert(input.end(), record.begin(), record.end());
    }
    for (std::size_t i = random() % 20; i > 0; --i)
      input[random() % input.size()] = static_cast<std::uint8_t>(random());
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
}

}  // namespace
