// SPDX-License-Identifier: MIT
#include "web_settings.h"

#include <unistd.h>

#include <filesystem>

#include "pastmon/base/text.h"
#include "pastmon/config/paths.h"

namespace pastmon::admin {
namespace {

std::string beside(const config::AdminCommand& command) {
  const std::string sensor = command.config.empty() ? config::paths().daemon_file : command.config;
  return (std::filesystem::path(sensor).parent_path() / "pastmon-web.conf").string();
}

}  // namespace

std::string web_file(const config::AdminCommand& command) {
  if (!command.web_config.empty()) return command.web_config;
  return ::access(beside(command).c_str(), R_OK) == 0 ? beside(command) : std::string();
}

base::Result<config::WebSettings> web_settings(const config::AdminCommand& command) {
  const std::string file = web_file(command);
  if (file.empty()) {
    return base::Error{
        base::cat("cannot read ", beside(command), ": name the web server's configuration with --web-config FILE")};
  }
  return config::load_web(file);
}

}  // namespace pastmon::admin
