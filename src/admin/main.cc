// SPDX-License-Identifier: MIT
// pastmon-admin: creates and checks PasTmon's database, tries signatures.
#include <cstdio>

#include "pastmon/config/command_line.h"
#include "program.h"

int main(int argc, char** argv) {
  const auto parsed = pastmon::config::parse_admin(argc, argv);
  if (parsed.command) return pastmon::admin::run(*parsed.command);
  std::fputs(parsed.output.c_str(), stdout);
  if (!parsed.error.empty()) std::fprintf(stderr, "%s\n", parsed.error.c_str());
  return parsed.status;
}
