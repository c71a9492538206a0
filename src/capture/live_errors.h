// SPDX-License-Identifier: MIT
// What a person is told when an interface cannot be opened.
#pragma once

#include <string>

#include "pastmon/base/result.h"

namespace pastmon::capture {

/// Names the interfaces that there are.
base::Error no_such_interface(const std::string& interface);

/// Names CAP_NET_RAW and the command that grants it to this program.
base::Error no_permission(const std::string& interface);

}  // namespace pastmon::capture
