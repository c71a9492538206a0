// SPDX-License-Identifier: MIT
// Deterministic damage to stored forms, for the readers' tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace pastmon::testing_support {

/// Calls `read` with each of the corpus, each of its prefixes, and `rounds` copies in which bytes were changed, taken
/// out, put in or copied.
template <class Read>
void each_mutation(const std::vector<std::string>& corpus, int rounds, Read read) {
  std::mt19937 random(11);
  for (const std::string& sample : corpus) {
    for (std::size_t size = 0; size <= std::min<std::size_t>(sample.size(), 2'000); ++size)
      read(sample.substr(0, size));
    read(sample);
  }
  for (int round = 0; round < rounds; ++round) {
    std::string bytes = corpus[random() % corpus.size()].substr(0, 1 + random() % 300);
    for (unsigned change = 0; change <= random() % 4; ++change) {
      if (bytes.empty()) bytes.push_back('\1');
      const std::size_t at = random() % bytes.size();
      switch (random() % 4) {
        case 0:
          bytes[at] = static_cast<char>(random());
          break;
        case 1:
          bytes.erase(at, 1 + random() % 4);
          break;
        case 2:
          bytes.insert(at, 1 + random() % 10, random() % 2 == 0 ? '\xff' : static_cast<char>(random()));
          break;
        default:
          bytes.insert(at, bytes.substr(random() % bytes.size(), 16));
          break;
      }
    }
    read(bytes);
  }
}

}  // namespace pastmon::testing_support
