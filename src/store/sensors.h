// SPDX-License-Identifier: MIT
// Whose a sensor's name is: the first machine that writes under it takes it, with its identity.
#pragma once

#include <string>

#include "connection.h"

namespace pastmon::store {

/// Inside a transaction that writes, and with the sensor's row there. Error: the name is another machine's. Nothing is
/// asked of "", which is no machine's identity.
base::Result<void> claim_sensor(Connection& connection, const std::string& sensor, const std::string& identity);

}  // namespace pastmon::store
