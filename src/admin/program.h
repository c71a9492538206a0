// SPDX-License-Identifier: MIT
// The program behind main(). Prints what it did to standard output, an error as one line to the log.
#pragma once

#include "pastmon/config/command_line.h"

namespace pastmon::admin {

/// Returns the exit status: 0 done, 1 the database refused, 2 wrong configuration.
int run(const config::AdminCommand& command);

}  // namespace pastmon::admin
