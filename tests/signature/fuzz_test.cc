// SPDX-License-Identifier: MIT
// Runs the fuzz target over a small corpus, mutated in the same ways each time.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::vector<std::string> corpus() {
  const auto s = [](const char* text, std::size_t n) { return std::string(text, n); };
  return {
      "GET / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcPUT / HTTP/1.1\r\nTransfer-Encoding: "
      "chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiSIP/2.0 100 x\r\nl: 1\r\n\r\na",
      "*2\r\n$3\r\nGET\r\n$1\r\nk\r\nPING\r\n%1\r\n+a\r\n*2\r\n:1\r\n_\r\n",
      "set k 0 60 5\r\nab\r\nc\r\nget k\r\nVALUE k 0 2\r\nhi\r\nEND\r\n",
      "a LOGIN {3}\r\nbob {2+}\r\npw\r\n* OK\r\n",
      s("\x30\x02xy\x30\x81\x03xyz\x16\3\1\0\2ab\x17\3\3\0\1c", 22),
      s("\x80\0\0\3abc\0\0\0\1d\x80\0\0\1e\0\0\0\x44\xfeSMB", 25) + std::string(64, '\0'),
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + s("\0\0\1\4\0\0\0\0\0x", 10),
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" +
          s("\0\0\3\1\1\0\0\0\1\x82\x84\x40\0\0\4\11\4\0\0\0\1\1a\1b\0\0\1\1\5\0\0\0\3\xbe", 35),
      s("Q\0\0\0\5\0S\0\0\0\4\0\x13\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1", 32),
  };
}

TEST(FuzzSignature, FramingsGiveTheSameMessagesWholeAndByteByByte) {
  const std::vector<std::string> seeds = corpus();
  for (std::uint32_t seed = 0; seed < 8'000; ++seed) {
    std::mt19937 random(seed);
    std::string input{0, static_cast<char>(random()), static_cast<char>(random())};
    input += seeds[seed % seeds.size()];
    if (random() % 2 == 0) input += seeds[random() % seeds.size()];
    for (std::size_t i = random() % 6; i > 0; --i)
      input[1 + random() % (input.size() - 1)] = static_cast<char>(random());
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  }
}

TEST(FuzzSignature, TheEngineHoldsItsRulesOnMutatedConversations) {
  const std::vector<std::string> seeds = corpus();
  for (std::uint32_t seed = 0; seed < 1'000; ++seed) {
    std::mt19937 random(seed);
    std::string input{1};
    for (std::size_t i = 0, n = 5 + random() % 60; i < n; ++i) {
      const std::string& text = seeds[random() % seeds.size()];
      const std::size_t size = std::min<std::size_t>(text.size(), random() % 3 == 0 ? random() % 127 : 126);
      input += static_cast<char>(random() % 4 == 0 ? random() % 35 : 35 + random() % 200);
      input += static_cast<char>(size * 2 + random() % 2);
      input += text.substr(0, size);
    }
    for (std::size_t i = random() % 10; i > 0; --i)
      input[1 + random() % (input.size() - 1)] = static_cast<char>(random());
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  }
}

}  // namespace
