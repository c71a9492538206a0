// SPDX-License-Identifier: MIT
// The web server's configuration, which lies beside the sensor's.
#pragma once

#include <string>

#include "pastmon/base/result.h"
#include "pastmon/config/command_line.h"
#include "pastmon/config/settings.h"

namespace pastmon::admin {

/// The file named by --web-config, or pastmon-web.conf beside the sensor's; "": there is none.
std::string web_file(const config::AdminCommand& command);

/// What stands in it. Error: none, or a wrong one.
base::Result<config::WebSettings> web_settings(const config::AdminCommand& command);

}  // namespace pastmon::admin
