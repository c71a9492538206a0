// SPDX-License-Identifier: MIT
// journal show, journal replay: the exit status of each.
#pragma once

#include "pastmon/config/command_line.h"

namespace pastmon::admin {

bool is_journal(config::AdminAction action);

/// 0 done, 1 something was not written or not readable, 2 wrong configuration. Reads the configuration only for what
/// the command line does not say.
int journal(const config::AdminCommand& command);

}  // namespace pastmon::admin
