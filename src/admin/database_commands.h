// SPDX-License-Identifier: MIT
// create-database, upgrade-database, drop-database: the exit status of each.
#pragma once

#include "pastmon/config/command_line.h"
#include "pastmon/config/settings.h"

namespace pastmon::admin {

/// create-database and upgrade-database. Asks nothing, deletes nothing.
int set_up(const config::AdminCommand& command, const config::Database& database);

/// Says what will be deleted, wants the database's name twice, deletes.
int drop(const config::AdminCommand& command, const config::Database& database);

}  // namespace pastmon::admin
