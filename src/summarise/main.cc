// SPDX-License-Identifier: MIT
// pastmon_summarise_level_2: old rows of level 1 into level 2.
#include <cstdio>

#include "pastmon/config/command_line.h"
#include "program.h"

int main(int argc, char** argv) {
  const auto parsed = pastmon::config::parse_summarise(argc, argv);
  if (parsed.command) return pastmon::summarise::run(*parsed.command);
  std::fputs(parsed.output.c_str(), stdout);
  if (!parsed.error.empty()) std::fprintf(stderr, "%s\n", parsed.error.c_str());
  return parsed.status;
}
