// SPDX-License-Identifier: MIT
// The fuzz target over a small corpus and its mutations, the same each time.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

const char* const kCorpus[] = {"signature=HTTP+GET&client=192.0.2.1&server=*&metric=response_time",
                               "client_like=%5E(web%7Cdb)&server_like=%ff%00%zz&port=443&sort=-failures&page=3",
                               "from=2026-03-29T02:30&to=2026-10-25T02:30:59&range=24h&step=300&level=2&rows=1",
                               "sensor=%e2%80%ae%3Cscript%3E&signature=%22%27%26"};

TEST(FuzzQuery, MutationsOfTheCorpusDoNoHarm) {
  std::mt19937 random(20'261'123);
  for (const char* seed : kCorpus) {
    for (int round = 0; round < 4000; ++round) {
      std::string text = seed;
      for (auto edits = random() % 6; edits > 0; --edits) {
        const std::size_t at = random() % (text.size() + 1);
        switch (random() % 3) {
          case 0:
            text.insert(at, 1, static_cast<char>(random() % 256));
            break;
          case 1:
            text.erase(at, random() % 4);
            break;
          default:
            text.insert(at, text.substr(random() % (text.size() + 1), 8));
        }
      }
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    }
  }
}

}  // namespace
