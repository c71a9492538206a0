// SPDX-License-Identifier: MIT
#include "watch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <string_view>

#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/process/sandbox.h"
#include "process.h"

namespace pastmon::web {
namespace {

using base::cat;
namespace log = base::log;

constexpr base::Micros kRound = 2 * base::kSecond;
constexpr base::Micros kPatience = 10 * base::kSecond;

std::string status(const Telemetry& t) {
  std::uint64_t requests = 0;
  for (std::size_t i = 1; i <= 5; ++i) requests += t.answers(i);
  std::uint64_t pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "re"); file != nullptr) {
    unsigned long total = 0;
    unsigned long resident = 0;
    if (std::fscanf(file, "%lu %lu", &total, &resident) == 2) pages = resident;
    std::fclose(file);
  }
  return cat(requests, " requests, ", t.answers(4), " of them refused, ", t.answers(5), " failed; ",
             t.connections.load(), " connections, ", t.connections_opened.load(), " so far, ",
             t.connections_refused.load(), " refused; ", t.queries_failed(),
             " questions to the database failed; memory ",
             pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) >> 20U, " MB");
}

void reload(const Watched& watched) {
  const auto read = config::load_web(watched.command.config, watched.command.overrides);
  if (!read) {
    log::error("keeping the old configuration: ", read.message());
    return;
  }
  choose_log(read->logging, !watched.command.foreground);
  std::string others;
  for (const std::string& key : config::changed_keys(watched.settings.effective, read->effective)) {
    if (key != "log_level" && key != "log_to") others += cat(others.empty() ? "" : ", ", key);
  }
  log::info("read again: log level");
  if (!others.empty()) log::warning("changed in the configuration, but taken over by a restart only: ", others);
}

}  // namespace

void choose_log(const config::Logging& logging, bool daemon) {
  const bool to_syslog = logging.to == config::LogTo::syslog || (logging.to == config::LogTo::automatic && daemon);
  if (to_syslog) {
    log::to_syslog("pastmon-web", logging.level);
  } else {
    log::to_stderr("pastmon-web", logging.level);
  }
}

bool answers(const std::string& address, base::Micros patience) {
  const auto colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  std::uint16_t port = 0;
  std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
  to.sin_port = htons(port);
  const std::string host = address.substr(0, colon);
  if (::inet_pton(AF_INET, host == "0.0.0.0" ? "127.0.0.1" : host.c_str(), &to.sin_addr) != 1) return false;
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  const timeval wait{patience / base::kSecond, patience % base::kSecond};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  constexpr std::string_view kQuestion = "GET /PasTmon/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  char first = 0;
  const bool answered = ::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 &&
                        ::send(socket, kQuestion.data(), kQuestion.size(), MSG_NOSIGNAL) > 0 &&
                        ::recv(socket, &first, 1, 0) == 1;
  ::close(socket);
  return answered;
}

void watch(const Watched& watched, const process::ServiceManager& manager) {
  const base::SystemClock clock;
  const std::string listening = cat("Listening on ", watched.address);
  base::Micros next_alive = clock.monotonic();
  bool well = true;
  manager.ready(listening);
  for (;;) {
    const int signal = wait_for_signal(manager.alive_every() == 0 ? kRound : std::min(kRound, manager.alive_every()));
    process::log_refused();
    log::tell_suppressed();
    if (signal == SIGTERM || signal == SIGINT) break;
    if (signal == SIGHUP) {
      manager.reloading();
      reload(watched);
      manager.ready(listening);
    }
    if (signal == SIGUSR1) log::info(status(watched.telemetry));
    if (manager.alive_every() == 0 || clock.monotonic() < next_alive) continue;
    next_alive = clock.monotonic() + manager.alive_every();
    const bool now_well = answers(watched.address, std::min(kPatience, manager.alive_every()));
    if (now_well) manager.alive();
    if (!now_well && well) log::error("the server does not answer itself: the watchdog is not fed");
    well = now_well;
  }
  manager.stopping();
}

}  // namespace pastmon::web
