// SPDX-License-Identifier: MIT
// user add, list, remove, password, role: the users of the web server. Works as the user that pastmon-web changes to,
// so that the file it may make is that user's.
#pragma once

#include "pastmon/config/command_line.h"

namespace pastmon::admin {

bool is_user(config::AdminAction action) noexcept;
/// Returns the exit status: 0 done, 1 refused, 2 wrong configuration.
int user(const config::AdminCommand& command);

}  // namespace pastmon::admin
