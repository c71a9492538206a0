// SPDX-License-Identifier: MIT
// From the configuration to the modules' own Options. The only place that knows both.
#pragma once

#include <memory>
#include <string>

#include "host_names.h"
#include "pastmon/base/result.h"
#include "pastmon/config/settings.h"
#include "pastmon/daemon/worker.h"
#include "pastmon/signature/engine.h"

namespace pastmon::daemon {

WorkerOptions worker_options(const config::DaemonSettings& settings);

/// How many rows a closed bucket may have.
std::size_t row_bound(const config::DaemonSettings& settings);

HostNames::Options name_options(const config::DaemonSettings& settings);

/// The name of this sensor: as configured, else the host's name.
std::string sensor_name(const config::DaemonSettings& settings);

}  // namespace pastmon::daemon
