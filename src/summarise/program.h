// SPDX-License-Identifier: MIT
#pragma once

#include "pastmon/config/command_line.h"

namespace pastmon::summarise {

/// Runs the program. Its exit status: 0 done, or stopped early as asked, or another one is at work; 1 the database
/// failed; 2 configuration.
int run(const config::SummariseCommand& command);

}  // namespace pastmon::summarise
