// SPDX-License-Identifier: MIT
// From the configuration to a service that captures: opens what needs rights, gives them up, starts the threads.
#pragma once

#include <memory>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "program.h"
#include "service.h"

namespace pastmon::daemon {

/// For a process with one thread. `as_service`: nobody is watching us start, so interfaces and a database server that
/// are not there yet are waited for; otherwise only what passes by itself is, and a mistyped name is an error. The rest
/// of what can be wrong is an error in both cases.
base::Result<std::unique_ptr<Service>> start_service(const Loaded& loaded, bool as_service, const base::Clock& clock);

}  // namespace pastmon::daemon
