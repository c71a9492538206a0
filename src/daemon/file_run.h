// SPDX-License-Identifier: MIT
// What the program does with a capture file: print a report, or store it.
#pragma once

#include <memory>

#include "pastmon/base/clock.h"
#include "pastmon/config/command_line.h"
#include "pastmon/config/settings.h"
#include "pastmon/signature/engine.h"

namespace pastmon::daemon {

using Signatures = std::shared_ptr<const signature::SignatureSet>;

/// Prints what is in the file to standard output. Returns the exit status: 1 after a damaged file (whose rows are
/// printed), 0 else. Errors are logged.
int report_file(const config::DaemonCommand& command, const config::DaemonSettings& settings, Signatures signatures,
                const base::Clock& clock);

/// Stores it, bucket by bucket. Reading the same file again, also after having been interrupted, stores it once.
int store_file(const config::DaemonCommand& command, const config::DaemonSettings& settings, Signatures signatures,
               const base::Clock& clock);

}  // namespace pastmon::daemon
