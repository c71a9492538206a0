// SPDX-License-Identifier: MIT
// The fuzz target over well-formed files and many deterministic mutations of them.
#include <gtest/gtest.h>

#include <random>

#include "capture/capture_files.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace pastmon::capture::testing {
namespace {

std::vector<std::string> corpus() {
  const Classic little{}, big{.big = true, .nanoseconds = true}, old{.minor = 3};
  const auto three = [](const Classic& c) {
    return c.header() + c.record(1, udp_frame(53)) + c.record(2, "x") + c.record(3, udp_frame(80, "payload"));
  };
  return {three(little), three(big), three(old),
          section() + interface_block(1) + packet_block(0, 1, udp_frame(53)) + packet_block(0, 2, "x")};
}

void run(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

TEST(FileFuzz, SurvivesMutatedFiles) {
  std::mt19937 random(20260102);
  for (const std::string& seed : corpus()) {
    for (int round = 0; round < 1500; ++round) {
      std::string bytes = seed;
      for (auto n = random() % 5; n > 0; --n) bytes[random() % bytes.size()] = static_cast<char>(random());
      if (random() % 3 == 0) bytes.resize(random() % (bytes.size() + 1));
      run(bytes);
    }
  }
}

TEST(FileFuzz, SurvivesEveryTruncation) {
  for (const std::string& seed : corpus()) {
    for (std::size_t size = 0; size <= seed.size(); ++size) run(seed.substr(0, size));
  }
}

}  // namespace
}  // namespace pastmon::capture::testing
