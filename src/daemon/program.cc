// SPDX-License-Identifier: MIT
#include "program.h"

#include <cstdio>
#include <filesystem>
#include <utility>

#include "options.h"
#include "pastmon/base/log.h"
#include "pastmon/config/paths.h"
#include "pastmon/config/signature_file.h"
#include "pastmon/signature/engine.h"
#include "signals.h"

namespace pastmon::daemon {
namespace {

namespace log = base::log;

/// The file that was named, else the default one if it is there and a database may be needed.
std::string configuration_file(const config::DaemonCommand& command) {
  std::error_code failure;
  if (!command.config.empty() || command.report != config::Report::none) return command.config;
  const std::string& usual = config::paths().daemon_file;
  return std::filesystem::exists(usual, failure) ? usual : "";
}

int usage_error(const std::string& message) {
  log::error(message);
  return kUsageError;
}

}  // namespace

base::Result<Loaded> load(const config::DaemonCommand& command) {
  config::DaemonOverrides overrides = command.overrides;
  // A report's buckets are its own: 0 is allowed there, and the file's length does not matter.
  if (command.report != config::Report::none) overrides.bucket_seconds.reset();
  base::Result<config::DaemonSettings> settings = config::load_daemon(configuration_file(command), overrides);
  if (!settings) return settings.error();
  auto services = config::load_signature_directory(settings->signatures_directory);
  if (!services) return services.error();
  base::Result<Signatures> signatures = signature::SignatureSet::compile(*services);
  if (!signatures) return signatures.error();
  return Loaded{*std::move(settings), *std::move(services), *std::move(signatures)};
}

void start_log(const config::Logging& logging, bool daemon) {
  const bool syslog = logging.to == config::LogTo::syslog || (logging.to == config::LogTo::automatic && daemon);
  if (syslog) {
    log::to_syslog("pastmon", logging.level);
  } else {
    log::to_stderr("pastmon", logging.level);
  }
}

int run(const config::DaemonCommand& command) {
  const base::SystemClock clock;
  log::to_stderr("pastmon");
  base::Result<Loaded> loaded = load(command);
  if (!loaded) return usage_error(loaded.message());
  const config::DaemonSettings& settings = loaded->settings;
  log::to_stderr("pastmon", settings.logging.level);
  for (const std::string& warning : settings.warnings) log::warning(warning);
  if (!loaded->signatures->jit()) log::warning("this machine refuses PCRE2's JIT: matching takes three times as long");
  if (command.check_config) {
    std::fputs(settings.effective.c_str(), stdout);
    return 0;
  }
  if (command.report == config::Report::none && settings.database.driver.empty()) {
    return usage_error("no database: name a configuration file with a section output_DBI (-c FILE)");
  }
  if (command.read.empty()) return run_live(command, *std::move(loaded), clock);
  signals::install();
  return command.report == config::Report::none ? store_file(command, settings, loaded->signatures, clock)
                                                : report_file(command, settings, loaded->signatures, clock);
}

}  // namespace pastmon::daemon
