// SPDX-License-Identifier: MIT
// The service's life: into the background, start, run, answer signals and the service manager, flush.
#include <filesystem>
#include <utility>

#include "changes.h"
#include "detach.h"
#include "options.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/process/sandbox.h"
#include "pastmon/process/service_manager.h"
#include "program.h"
#include "service.h"
#include "signals.h"
#include "start.h"

namespace pastmon::daemon {
namespace {

namespace log = base::log;
using base::cat;
using base::Error;
using base::Result;

/// Relative paths keep their meaning when the daemon changes to "/".
void make_absolute(std::string& path) {
  std::error_code failure;
  if (!path.empty()) path = std::filesystem::absolute(path, failure).lexically_normal().string();
}

void make_absolute(config::DaemonCommand& command, config::DaemonSettings& settings) {
  make_absolute(command.config);
  if (command.overrides.signatures) make_absolute(*command.overrides.signatures);
  make_absolute(settings.signatures_directory);
  make_absolute(settings.data_directory);
  make_absolute(settings.pid_file);
  if (settings.database.driver == "sqlite3") make_absolute(settings.database.dbname);
}

/// Takes over what can change while running, or nothing at all.
void reload(const config::DaemonCommand& command, bool daemon, Loaded& running, Service& service) {
  Result<Loaded> loaded = load(command);
  if (!loaded) {
    log::error("keeping the old configuration: ", loaded.message());
    return;
  }
  start_log(loaded->settings.logging, daemon);
  service.reload(loaded->signatures);
  log::info("read again: log level and ", loaded->signatures->size(), " signatures; ",
            signature_changes(running.services, loaded->services));
  if (const std::string others = needs_restart(running.settings, loaded->settings); !others.empty()) {
    log::warning("changed in the configuration, but taken over by a restart only: ", others);
  }
  running.signatures = loaded->signatures;
  running.services = std::move(loaded->services);
}

/// On standard error, where the person who starts us looks, and in syslog, where everybody else does.
int fail(const Error& error, Detached& detached, bool daemon) {
  log::error(error.message);
  if (daemon) {
    log::to_syslog("pastmon");
    log::error(error.message);
  }
  detached.failed(kRunTimeError);
  return kRunTimeError;
}

/// What happens now and then beside the capture: the service manager and the log hear how we are.
class Rounds {
 public:
  Rounds(const process::ServiceManager& manager, Service& service, const base::Clock& clock)
      : manager_(manager), service_(service), clock_(clock) {}

  void make() {
    const base::Micros now = clock_.monotonic();
    if (manager_.alive_every() != 0 && now >= next_alive_) {
      next_alive_ = now + manager_.alive_every();
      tell_alive();
    }
    if (now < next_) return;
    next_ = now + kEvery;
    process::log_refused();
    log::tell_suppressed();
    if (!manager_.present()) return;
    if (std::string summary = service_.summary(); summary != told_) {
      manager_.status(summary);
      told_ = std::move(summary);
    }
  }

 private:
  static constexpr base::Micros kEvery = 5 * base::kSecond;

  void tell_alive() {
    const bool well = service_.progresses();
    if (well) manager_.alive();
    if (!well && well_) log::error("a thread has been at one piece of work for too long: the watchdog is not fed");
    well_ = well;
  }

  const process::ServiceManager& manager_;
  Service& service_;
  const base::Clock& clock_;
  base::Micros next_alive_ = 0;
  base::Micros next_ = 0;
  std::string told_;
  bool well_ = true;
};

std::string names_of(const std::vector<std::string>& interfaces) {
  std::string names;
  for (const std::string& each : interfaces) names += cat(names.empty() ? "" : ", ", each);
  return names;
}

}  // namespace

int run_live(config::DaemonCommand command, Loaded loaded, const base::Clock& clock) {
  config::DaemonSettings& settings = loaded.settings;
  if (settings.interfaces.empty()) {
    log::error("no interface: name one with -i IF, or set interfaces in the configuration");
    return kUsageError;
  }
  make_absolute(command, settings);
  const bool daemon = !command.foreground;
  Detached detached;
  if (daemon) {
    Result<Detached> started = Detached::start();
    if (!started) return fail(started.error(), detached, false);
    detached = *std::move(started);
  }
  signals::install();
  const process::ServiceManager manager = process::ServiceManager::find();
  PidFile pid_file;
  if (!settings.pid_file.empty()) {
    Result<PidFile> created = PidFile::create(settings.pid_file);
    if (!created) return fail(created.error(), detached, daemon);
    pid_file = *std::move(created);
  }
  Result<std::unique_ptr<Service>> started = start_service(loaded, daemon || manager.present(), clock);
  if (!started) return fail(started.error(), detached, daemon);
  Service& service = **started;
  start_log(settings.logging, daemon);
  const std::vector<std::string> away = service.away();
  if (!away.empty()) log::warning("not there yet: ", names_of(away), "; waiting for it");
  if (away.size() < settings.interfaces.size()) {
    log::info("capturing on ", names_of(settings.interfaces), " as sensor ", sensor_name(settings), ", ",
              loaded.signatures->size(), " signatures");
  }
  detached.ready();
  manager.ready(service.summary());
  Rounds rounds(manager, service, clock);
  while (!signals::stop_requested()) {
    service.step();
    rounds.make();
    if (signals::take_reload()) {
      manager.reloading();
      reload(command, daemon, loaded, service);
      manager.ready(service.summary());
    }
    if (signals::take_status()) log::info(service.status());
  }
  manager.stopping();
  const Result<void> stopped = service.stop();
  if (!stopped) log::error(stopped.message());
  process::log_refused();
  log::tell_suppressed();
  log::info("stopped");
  return stopped ? 0 : kRunTimeError;
}

}  // namespace pastmon::daemon
