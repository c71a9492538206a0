// SPDX-License-Identifier: MIT
// What a new reading of configuration and signatures changes, in words for the log.
#pragma once

#include <string>
#include <vector>

#include "pastmon/config/settings.h"
#include "pastmon/config/signature_spec.h"

namespace pastmon::daemon {

/// "added: A; removed: B; changed: C", names in order, at most twenty of each kind; "nothing changed". Where in a file
/// a signature stands does not matter. What a service is carried by changes all of its signatures.
std::string signature_changes(const std::vector<config::ServiceSpec>& before,
                              const std::vector<config::ServiceSpec>& after);

/// Keys whose values differ and which a running program does not take over: "filter, limits.max_flows"; "": none.
std::string needs_restart(const config::DaemonSettings& before, const config::DaemonSettings& after);

}  // namespace pastmon::daemon
