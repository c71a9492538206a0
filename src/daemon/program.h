// SPDX-License-Identifier: MIT
// The program behind main(): reads the configuration and does what the command line asks for.
#pragma once

#include <string>
#include <vector>

#include "file_run.h"
#include "pastmon/base/result.h"
#include "pastmon/config/command_line.h"
#include "pastmon/config/settings.h"
#include "pastmon/config/signature_spec.h"

namespace pastmon::daemon {

inline constexpr int kRunTimeError = 1;  ///< exit status: something outside went wrong
inline constexpr int kUsageError = 2;    ///< exit status: command line or configuration

/// What is read at the start, and again on SIGHUP.
struct Loaded {
  config::DaemonSettings settings;
  std::vector<config::ServiceSpec> services;  ///< what the signatures are made of
  Signatures signatures;
};

/// Reads the configuration file and the signatures that it (or the command line) names.
base::Result<Loaded> load(const config::DaemonCommand& command);

/// Sends the log where the settings say; `daemon`: we are, or are about to be, in the background.
void start_log(const config::Logging& logging, bool daemon);

/// Returns the exit status.
int run(const config::DaemonCommand& command);

/// Captures live until a signal ends it; `command` and `loaded` are as given. Returns the exit status.
int run_live(config::DaemonCommand command, Loaded loaded, const base::Clock& clock);

}  // namespace pastmon::daemon
