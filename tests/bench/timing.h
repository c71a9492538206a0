// SPDX-License-Identifier: MIT
// Times stages round by round and prints what came out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pastmon/base/result.h"
#include "stages.h"

namespace pastmon::bench {

struct Timing {
  Stage stage = Stage::empty_loop;
  Seen seen;
  std::vector<double> cpu;   ///< seconds of processor time, by round
  std::vector<double> wall;  ///< seconds by the clock, by round
};

/// Runs every stage once in each round, so that each round gives ratios under the same conditions. One round more, at
/// the start, is not timed: it brings the file into the page cache.
base::Result<std::vector<Timing>> time_stages(const std::string& capture, const Setup& setup, std::uint32_t rounds);

void print(const std::vector<Timing>& timings);

/// Two sets of signatures, the whole line with each of them in turn in every round.
struct Comparison {
  Timing one, other;
};
base::Result<Comparison> compare_sets(const std::string& capture, const Setup& one, const Setup& other,
                                      std::uint32_t rounds);
void print(const Comparison& comparison);

}  // namespace pastmon::bench
