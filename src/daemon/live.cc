// SPDX-License-Identifier: MIT
// The service's life: into the background, open what needs rights, give them up, start the threads, run, flush.
#include <filesystem>
#include <random>
#include <utility>

#include "detach.h"
#include "host_names.h"
#include "interfaces.h"
#include "options.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/capture/source.h"
#include "pastmon/decode/packet.h"
#include "pastmon/store/spool.h"
#include "pastmon/store/store.h"
#include "privileges.h"
#include "program.h"
#include "service.h"
#include "signals.h"

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

Result<std::unique_ptr<Interfaces>> open_interfaces(const config::DaemonSettings& settings, const base::Clock& clock) {
  std::vector<capture::LiveOptions> options;
  for (const std::string& name : settings.interfaces) {
    capture::LiveOptions each;
    each.interface = name;
    each.promiscuous = settings.promiscuous;
    each.snaplen = settings.snaplen;
    each.buffer_bytes = static_cast<std::uint64_t>(settings.buffer);
    each.filter = settings.filter;
    options.push_back(std::move(each));
  }
  const auto opener = [](const capture::LiveOptions& each) {
    const WithNetRaw rights;
    return capture::open_live(each);
  };
  return Interfaces::open(options, opener, clock);
}

/// A database that is away is waited for; anything else that is wrong with it is found out now, not tonight.
Result<void> check_database(const store::Options& options) {
  Result<std::unique_ptr<store::Database>> database = store::open(options);
  Result<void> ready = database ? (*database)->prepare() : Result<void>(database.error());
  if (!ready && ready.error().temporary) {
    log::warning(ready.message(), "; results are kept on disk until it is back");
    return {};
  }
  return ready;
}

Result<std::unique_ptr<store::Spool>> start_spool(const config::DaemonSettings& settings, const base::Clock& clock) {
  store::SpoolOptions options;
  options.directory = settings.data_directory;
  options.sensor = sensor_name(settings);
  options.run = clock.now();
  options.max_bytes = static_cast<std::uint64_t>(settings.limits.max_journal);
  Result<std::unique_ptr<store::Spool>> spool(Error{});
  const signals::Blocked blocked;
  without_capabilities(
      [&] { spool = store::Spool::start(options, config::store_options<store::Options>(settings.database)); });
  return spool;
}

Result<std::unique_ptr<HostNames>> start_names(const config::DaemonSettings& settings) {
  Result<std::unique_ptr<HostNames>> names(Error{});
  const signals::Blocked blocked;
  without_capabilities([&] { names = HostNames::start(name_options(settings)); });
  return names;
}

/// So that nobody on the wire can choose addresses that crowd one place of the flow table.
void choose_hash_key() {
  std::random_device random;
  decode::hash_key = std::uint64_t{random()} << 32U | random();
}

/// Everything in its order: interfaces need rights, files and threads must not have them.
Result<std::unique_ptr<Service>> start(const Loaded& loaded, const base::Clock& clock) {
  const config::DaemonSettings& settings = loaded.settings;
  choose_hash_key();
  Result<std::unique_ptr<Interfaces>> interfaces = open_interfaces(settings, clock);
  if (!interfaces) return interfaces.error();
  if (Result<void> made = make_directory_for(settings.data_directory, settings.user); !made) return made.error();
  if (Result<void> dropped = drop_privileges(settings.user); !dropped) return dropped.error();
  if (Result<void> fine = check_database(config::store_options<store::Options>(settings.database)); !fine)
    return fine.error();
  Result<std::unique_ptr<store::Spool>> spool = start_spool(settings, clock);
  if (!spool) return spool.error();
  Result<std::unique_ptr<HostNames>> names = start_names(settings);
  if (!names) return names.error();
  HostNames* host_names = names->get();
  auto worker = std::make_unique<Worker>(
      worker_options(settings), loaded.signatures,
      [host_names](const signature::Observation& observation) { host_names->observe(observation); });
  ServiceOptions options;
  options.bucket_seconds = settings.bucket_seconds;
  options.max_rows = row_bound(settings);
  options.idle_grace = settings.limits.bucket_idle_grace;
  options.checkpoint = settings.checkpoint;
  options.max_journal = static_cast<std::uint64_t>(settings.limits.max_journal);
  options.threads = true;
  std::unique_ptr<Service> service;
  const signals::Blocked blocked;
  without_capabilities([&] {
    service = std::make_unique<Service>(options, *std::move(names), std::move(worker), *std::move(interfaces),
                                        *std::move(spool), clock);
  });
  return service;
}

/// Takes over what can change while running, or nothing at all.
void reload(const config::DaemonCommand& command, bool daemon, Service& service) {
  const Result<Loaded> loaded = load(command);
  if (!loaded) {
    log::error("keeping the old configuration: ", loaded.message());
    return;
  }
  start_log(loaded->settings.logging, daemon);
  service.reload(loaded->signatures);
  log::info("read again: log level and ", loaded->signatures->size(), " signatures");
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
  PidFile pid_file;
  if (!settings.pid_file.empty()) {
    Result<PidFile> created = PidFile::create(settings.pid_file);
    if (!created) return fail(created.error(), detached, daemon);
    pid_file = *std::move(created);
  }
  Result<std::unique_ptr<Service>> started = start(loaded, clock);
  if (!started) return fail(started.error(), detached, daemon);
  Service& service = **started;
  start_log(settings.logging, daemon);
  log::info("capturing on ", std::string(settings.interfaces.front()),
            settings.interfaces.size() > 1 ? " and others" : "", " as sensor ", sensor_name(settings), ", ",
            loaded.signatures->size(), " signatures");
  detached.ready();
  while (!signals::stop_requested()) {
    service.step();
    if (signals::take_reload()) reload(command, daemon, service);
    if (signals::take_status()) log::info(service.status());
  }
  const Result<void> stopped = service.stop();
  if (!stopped) log::error(stopped.message());
  log::info("stopped");
  return stopped ? 0 : kRunTimeError;
}

}  // namespace pastmon::daemon
