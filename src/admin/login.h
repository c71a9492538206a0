// SPDX-License-Identifier: MIT
// Who works on the database: from the configuration and the command line to the store's options.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "pastmon/base/result.h"
#include "pastmon/config/command_line.h"
#include "pastmon/store/store.h"

namespace pastmon::admin {

/// The database of the configuration, with the role, host, port and password of the command line. Reads the password
/// (file, prompt, standard input). As root with --admin-user on a local socket it becomes that user of the system, if
/// there is one: PostgreSQL's "peer" then lets it in.
base::Result<store::Options> login_options(const config::Database& database, const config::AdminLogin& login);

/// For root: this program becomes a user of the system for good, with its groups. Nothing for others, and when there is
/// no such user.
base::Result<void> become_user(const std::string& user);

/// The same for the user of the sensor's configuration, where PostgreSQL may know local users by their names ("peer"):
/// over a local socket. Elsewhere root stays root, which may read files that the sensor may not.
base::Result<void> become_sensor(const config::Database& database, const std::string& user);

/// Whom to try when the server does not let the configuration's role in and no other was named: as root the user
/// postgres, else the role of the user who runs this; only over a local socket. May be nobody.
std::function<std::optional<store::Options>()> local_administrator(const store::Options& options,
                                                                   const config::AdminLogin& login);

}  // namespace pastmon::admin
