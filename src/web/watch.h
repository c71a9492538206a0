// SPDX-License-Identifier: MIT
// The main thread's work while others serve: signals, the service manager, what the log should hear.
//   TERM, INT  end
//   HUP        read the log's keys again
//   USR1       log a line of state
#pragma once

#include <functional>
#include <string>

#include "http_server.h"
#include "pastmon/config/command_line.h"
#include "pastmon/config/settings.h"
#include "pastmon/process/service_manager.h"
#include "telemetry.h"

namespace pastmon::web {

struct Watched {
  const config::WebCommand& command;
  const config::WebSettings& settings;
  std::string address;  ///< where the server listens, "127.0.0.1:8080"
  const Telemetry& telemetry;
};

/// Sends the log where the settings say.
void choose_log(const config::Logging& logging, bool daemon);

/// True when the server takes a connection and answers on it within `patience`, whatever the answer. `address`: an IPv4
/// address and a port; 0.0.0.0 is asked at 127.0.0.1.
bool answers(const std::string& address, base::Micros patience);

/// Returns when the program shall end.
void watch(const Watched& watched, const process::ServiceManager& manager);

}  // namespace pastmon::web
