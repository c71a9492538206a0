// SPDX-License-Identifier: MIT
// pastmon: watches a network and stores, or reports, who used which service and how long it took.
#include <cstdio>

#include "pastmon/config/command_line.h"
#include "program.h"

int main(int argc, char** argv) {
  const auto parsed = pastmon::config::parse_daemon(argc, argv);
  if (parsed.command) return pastmon::daemon::run(*parsed.command);
  std::fputs(parsed.output.c_str(), stdout);
  if (!parsed.error.empty()) std::fprintf(stderr, "%s\n", parsed.error.c_str());
  return parsed.status;
}
