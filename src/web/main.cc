// SPDX-License-Identifier: MIT
// pastmon-web: reads the configuration, takes the port, changes user, serves until it is told to stop.
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include "application.h"
#include "http_server.h"
#include "pastmon/base/clock.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/config/command_line.h"
#include "pastmon/config/paths.h"
#include "pastmon/config/settings.h"
#include "pastmon/process/sandbox.h"
#include "pastmon/process/service_manager.h"
#include "pastmon/store/store.h"
#include "pastmon/store/web_state.h"
#include "process.h"
#include "watch.h"

namespace {

using namespace pastmon;

void print(std::FILE* to, const std::string& text) {
  std::fputs(text.c_str(), to);
  if (!text.ends_with('\n')) std::fputc('\n', to);
}

int fail(const std::string& message) {
  base::log::error(message);
  return 1;
}

/// The file that was named, else the usual one if it is there.
std::string configuration_file(const config::WebCommand& command) {
  const std::string usual = config::paths().web_file;
  return command.config.empty() && ::access(usual.c_str(), F_OK) == 0 ? usual : command.config;
}

store::Options database_options(const config::Database& settings) {
  store::Options options;
  options.driver = settings.driver;
  options.dbname = settings.dbname;
  options.host = settings.host;
  options.port = settings.port;
  options.username = settings.username;
  options.password = settings.password;
  options.extra = settings.libpq;
  options.connect_timeout = settings.connect_timeout / base::kSecond;
  options.query_timeout = settings.query_timeout / base::kSecond;
  return options;
}

base::Result<std::vector<web::Network>> networks(const std::vector<std::string>& texts) {
  std::vector<web::Network> result;
  for (const std::string& text : texts) {
    const auto network = web::Network::parse(text);
    if (!network)
      return base::Error{base::cat("\"", text, "\" is neither an address nor a network such as 192.0.2.0/24")};
    result.push_back(*network);
  }
  return result;
}

web::HttpServer::Options http_options(const config::WebSettings& settings, web::Telemetry& telemetry) {
  web::HttpServer::Options options;
  options.address = settings.listen_address;
  options.port = settings.listen_port;
  options.threads = static_cast<int>(settings.threads);
  options.connections_per_address = options.threads - options.threads / 8;  // some are left for others
  options.telemetry = &telemetry;
  options.problems_below = web::kApiPath;
  return options;
}

base::Result<web::ApplicationOptions> application_options(const config::WebSettings& settings) {
  web::ApplicationOptions options;
  options.databases.connections = static_cast<std::size_t>(settings.database_pool);
  options.timezone = settings.timezone;
  options.state.connections = std::min<std::size_t>(options.databases.connections, 4);
  options.public_url = settings.public_url;
  options.login_always = settings.login_always;
  options.logins.idle = settings.session_idle / base::kSecond;
  options.logins.lifetime = settings.session_lifetime / base::kSecond;
  options.week_starts = settings.week_starts_on_monday ? 1 : 0;
  auto allow = networks(settings.access);
  auto proxies = networks(settings.trusted_proxies);
  if (!allow || !proxies) return allow ? proxies.error() : allow.error();
  options.access.allow = std::move(*allow);
  options.access.trusted_proxies = std::move(*proxies);
  options.access.hosts = {"localhost", "127.0.0.1", "[::1]"};
  if (settings.listen_address != "0.0.0.0") options.access.hosts.push_back(settings.listen_address);
  if (!settings.public_url.empty()) options.access.hosts.push_back(web::Access::host_of(settings.public_url));
  return options;
}

void restrict_calls(bool wanted) {
  if (!wanted) {
    base::log::warning("seccomp = false; so there is no filter of system calls");
  } else if (const auto entered = process::enter_sandbox({}); !entered) {
    base::log::warning(entered.message(), "; going on without it");
  }
}

int serve(const config::WebCommand& command, const config::WebSettings& settings) {
  web::Background background;
  if (!command.foreground) {
    auto entered = web::Background::enter();
    if (!entered) return fail(entered.message());
    background = *entered;
  }
  auto options = application_options(settings);
  if (!options) return fail(options.message());
  web::block_signals();
  if (auto done = web::forgo_privileges(); !done) return fail(done.message());
  web::allow_files(static_cast<std::size_t>(2 * settings.threads + 200));
  const base::SystemClock clock;
  const store::Options database = database_options(settings.database);
  auto application = web::Application::make(
      *options, [&database] { return store::open_read_only(database); },
      [&] { return store::open_web_state(database, settings.data_directory); }, clock);
  if (!application) return fail(application.message());
  auto server = web::HttpServer::start(
      http_options(settings, (*application)->telemetry()),
      [&application](web::Request request) { return (*application)->answer(std::move(request)); });
  if (!server) return fail(server.message());

  const std::string address = base::cat(settings.listen_address, ":", (*server)->port());
  if (!settings.pid_file.empty()) {
    if (auto written = web::write_pid_file(settings.pid_file); !written) return fail(written.message());
  }
  if (!command.address_file.empty()) {
    if (auto written = web::write_file(command.address_file, address + "\n"); !written) return fail(written.message());
  }
  if (auto changed = web::become(settings.user); !changed) return fail(changed.message());
  if (command.foreground) print(stdout, base::cat("listening on http://", address, "/PasTmon/"));
  std::fflush(stdout);
  web::choose_log(settings.logging, !command.foreground);
  restrict_calls(settings.seccomp);
  base::log::info("version ", config::version(), ", listening on ", address);
  background.ready();

  web::watch({command, settings, address, (*application)->telemetry()}, process::ServiceManager::find());
  base::log::info("stopping");
  (*server)->stop();
  if (!settings.pid_file.empty()) ::unlink(settings.pid_file.c_str());  // if its directory is ours
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  ::mallopt(M_ARENA_MAX, 2);  // hundreds of threads would keep memory of their own each
  base::log::to_stderr("pastmon-web");
  const auto parsed = config::parse_web(argc, argv);
  if (!parsed.output.empty()) print(stdout, parsed.output);
  if (!parsed.error.empty()) print(stderr, parsed.error);
  if (!parsed.command) return parsed.status;
  config::WebCommand command = *parsed.command;
  command.config = configuration_file(command);  // the one that SIGHUP reads again
  auto settings = config::load_web(command.config, command.overrides);
  if (!settings) return fail(settings.message());
  for (const std::string& warning : settings->warnings) base::log::warning(warning);
  if (command.check_config) {
    if (auto options = application_options(*settings); !options) return fail(options.message());
    if (auto calendar = web::Calendar::make(settings->timezone, 1); !calendar) return fail(calendar.message());
    print(stdout, settings->effective);
    return 0;
  }
  if (settings->database.driver.empty())
    return fail("no database is configured: give section output_DBI in the file of --config");
  return serve(command, *settings);
}
