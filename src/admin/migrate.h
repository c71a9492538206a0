// SPDX-License-Identifier: MIT
// `pastmon-admin migrate`: one database's contents into another.
#pragma once

#include "pastmon/config/command_line.h"

namespace pastmon::admin {

/// Reads the configurations that it needs itself: those of the PostgreSQL sides. Returns the exit status: 0 all is in
/// the target; 1 it is not, or a database refused; 2 wrong configuration.
int migrate(const config::AdminCommand& command);

}  // namespace pastmon::admin
