// SPDX-License-Identifier: MIT
#include "start.h"

#include <algorithm>
#include <random>
#include <utility>

#include "host_names.h"
#include "interfaces.h"
#include "options.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/capture/source.h"
#include "pastmon/decode/packet.h"
#include "pastmon/process/sandbox.h"
#include "pastmon/store/spool.h"
#include "pastmon/store/store.h"
#include "privileges.h"
#include "signals.h"

namespace pastmon::daemon {
namespace {

namespace log = base::log;
using base::Error;
using base::Result;

Result<std::unique_ptr<Interfaces>> open_interfaces(const config::DaemonSettings& settings, Missing missing,
                                                    const base::Clock& clock) {
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
  return Interfaces::open(options, missing, opener, clock);
}

/// A database that is away is waited for; anything else that is wrong with it is found out now, not tonight. A service
/// waits whatever a server says: its database, role or password may be made after us, and meanwhile results are kept.
Result<void> check_database(const store::Options& options, bool patient) {
  Result<std::unique_ptr<store::Database>> database = store::open(options);
  Result<void> ready = database ? (*database)->prepare() : Result<void>(database.error());
  if (ready) return ready;
  const bool on_a_server = options.driver != "sqlite3";
  if (!ready.error().temporary && !(patient && on_a_server)) return ready;
  log::warning(ready.message(), "; results are kept on disk until ",
               ready.error().temporary ? "it is back" : "that is mended");
  return {};
}

void restrict_calls(bool wanted) {
  if (!wanted) {
    log::warning("seccomp = false; so there is no filter of system calls");
    return;
  }
  const Result<void> entered = process::enter_sandbox({.packet_sockets = true, .capabilities = true});
  if (!entered) log::warning(entered.message(), "; going on without it");
}

/// Longer than a piece of work with the database can take, however often it waits for its time-outs.
base::Micros stuck_after(const config::Database& database) {
  return std::max(600 * base::kSecond, 10 * (database.connect_timeout + database.query_timeout));
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

}  // namespace

/// Everything in its order: interfaces need rights, files and threads must not have them.
Result<std::unique_ptr<Service>> start_service(const Loaded& loaded, bool as_service, const base::Clock& clock) {
  const config::DaemonSettings& settings = loaded.settings;
  choose_hash_key();
  Result<std::unique_ptr<Interfaces>> interfaces =
      open_interfaces(settings, as_service ? Missing::is_waited_for : Missing::is_an_error, clock);
  if (!interfaces) return interfaces.error();
  if (Result<void> made = make_directory_for(settings.data_directory, settings.user); !made) return made.error();
  if (Result<void> dropped = drop_privileges(settings.user); !dropped) return dropped.error();
  restrict_calls(settings.seccomp);
  if (Result<void> fine = check_database(config::store_options<store::Options>(settings.database), as_service); !fine)
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
  options.max_memory = static_cast<std::uint64_t>(settings.limits.max_memory);
  options.max_journal = static_cast<std::uint64_t>(settings.limits.max_journal);
  options.threads = true;
  options.stuck_after = stuck_after(settings.database);
  std::unique_ptr<Service> service;
  const signals::Blocked blocked;
  without_capabilities([&] {
    service = std::make_unique<Service>(options, *std::move(names), std::move(worker), *std::move(interfaces),
                                        *std::move(spool), clock);
  });
  return service;
}

}  // namespace pastmon::daemon
