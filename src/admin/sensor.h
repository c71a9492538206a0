// SPDX-License-Identifier: MIT
// sensor release: its exit status.
#pragma once

#include <string>

#include "pastmon/store/store.h"

namespace pastmon::admin {

int release_sensor(const store::Options& options, const std::string& sensor);

}  // namespace pastmon::admin
