// SPDX-License-Identifier: MIT
// The fuzz target over well-formed messages and many deterministic mutations of them.
#include <gtest/gtest.h>

#include <random>

#include "names/dns_message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace pastmon::names::testing {
namespace {

std::vector<std::string> corpus() {
  const std::string www = name("www.example.org");
  return {
      header(kResponse, 1, 2) + question(www) + record(pointer(12), kA, kFour) + record(www, kAaaa, kSix),
      header(kResponse, 1, 2) + question(www) + record(pointer(12), kCname, label("cdn") + pointer(16)) +
          record(name("cdn.example.org"), kA, kFour),
      header(0x8400, 0, 1) + record(name("printer.local"), kA, kFour, 120, 0x8001),
  };
}

TEST(DnsFuzz, SurvivesMutatedMessages) {
  std::mt19937 random(20260103);
  for (const std::string& seed : corpus()) {
    for (int round = 0; round < 20'000; ++round) {
      std::vector<std::uint8_t> b = bytes(seed);
      for (auto n = random() % 5; n > 0; --n) b[random() % b.size()] = static_cast<std::uint8_t>(random());
      if (random() % 3 == 0) b.resize(random() % (b.size() + 1));
      b.shrink_to_fit();
      LLVMFuzzerTestOneInput(b.data(), b.size());
    }
  }
}

}  // namespace
}  // namespace pastmon::names::testing
