// SPDX-License-Identifier: MIT
// `pastmon-admin signature test FILE CAPTURE`: what the signatures of a file match in a capture, and what they nearly
// match. This is how people write signatures of their own.
#pragma once

#include "pastmon/config/command_line.h"

namespace pastmon::admin {

/// Prints to standard output, an error as one line to the log. Returns the exit status: 0 done; 1 the capture cannot be
/// read, or is damaged (what stands before the damage is printed); 2 the signature file is wrong.
int test_signatures(const config::AdminCommand& command);

}  // namespace pastmon::admin
