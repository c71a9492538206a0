// SPDX-License-Identifier: MIT
// The fuzz target over well-formed messages and many deterministic mutations of them.
#include <gtest/gtest.h>

#include <random>

#include "names/quic_vectors.h"
#include "names/tls_message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace pastmon::names::testing {
namespace {

std::string packed(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

std::vector<std::string> corpus() {
  const std::string www = name("www.example.org");
  return {
      header(kResponse, 1, 2) + question(www) + record(pointer(12), kA, kFour) + record(www, kAaaa, kSix),
      header(kResponse, 1, 2) + question(www) + record(pointer(12), kCname, label("cdn") + pointer(16)) +
          record(name("cdn.example.org"), kA, kFour),
      header(0x8400, 0, 1) + record(name("printer.local"), kA, kFour, 120, 0x8001),
      record(client_hello(server_name("www.example.org") + protocols("h2") + extension(43, "\x02\x03\x04"))),
      server_hello(extension(43, "\x03\x04") + protocols("h2")),
      packed(kFirstPieces),
      "GET / HTTP/1.1\r\nHost: www.example.org:80\r\n\r\n",
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
