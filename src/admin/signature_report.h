// SPDX-License-Identifier: MIT
// Prints what signatures matched, for people and for programs.
#pragma once

#include <string>

#include "seen_signatures.h"

namespace pastmon::admin {

struct ReportHead {
  std::string file;     ///< the signature file
  std::string capture;  ///< the capture
  std::uint64_t packets = 0;
  std::uint64_t signatures = 0;
};

std::string text_report(const ReportHead& head, const SeenSignatures& seen);
/// One object a line: {"row": …}, {"match": …}, {"near_miss": …}, and last {"summary": …}.
std::string json_report(const ReportHead& head, const SeenSignatures& seen);

}  // namespace pastmon::admin
