// SPDX-License-Identifier: MIT
// Makes a large load out of small captures.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pastmon/base/result.h"

namespace pastmon::bench {

struct MultiplyOptions {
  std::uint32_t copies = 1;   ///< of all captures, each with addresses of its own
  std::uint32_t at_once = 1;  ///< copies whose packets are interleaved, so that their flows are open at the same time
};

/// Writes `copies` of the captures into one classic pcap file. Captures follow one another in time, groups of `at_once`
/// copies too. In every copy but the first, addresses are changed by a rule that keeps hosts apart and checksums right
/// (also in quotes of ICMP errors). All captures must have the same link type.
base::Result<void> multiply(const std::vector<std::string>& captures, const MultiplyOptions& options,
                            const std::string& output);

}  // namespace pastmon::bench
