// SPDX-License-Identifier: MIT
#include "pastmon/process/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "pastmon/base/text.h"

namespace pastmon::process {
namespace {

using base::cat;

std::optional<std::string> of_process(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::int64_t number(const std::optional<std::string>& text) {
  std::int64_t value = 0;
  if (!text) return 0;
  const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), value);
  return code == std::errc() && end == text->data() + text->size() && value > 0 ? value : 0;
}

/// One line, so that a text cannot say more than it should.
std::string status_line(std::string_view text) { return cat("STATUS=", base::escape_controls(text)); }

}  // namespace

ServiceManager ServiceManager::find(const Environment& environment) {
  const Environment ask = environment ? environment : of_process;
  ServiceManager manager;
  const std::optional<std::string> socket = ask("NOTIFY_SOCKET");
  const bool named = socket && socket->size() > 1 && socket->size() < sizeof(sockaddr_un::sun_path) &&
                     ((*socket)[0] == '/' || (*socket)[0] == '@');
  if (!named) return manager;
  manager.socket_ = *socket;
  const std::optional<std::string> process = ask("WATCHDOG_PID");
  if (!process || number(process) == ::getpid()) manager.alive_every_ = number(ask("WATCHDOG_USEC")) / 2;
  return manager;
}

void ServiceManager::ready(std::string_view status) const {
  send(cat("READY=1\n", status_line(status), "\nMAINPID=", std::int64_t{::getpid()}));
}

void ServiceManager::status(std::string_view text) const { send(status_line(text)); }

void ServiceManager::reloading() const {
  send(
      cat("RELOADING=1\nMONOTONIC_USEC=", base::SystemClock().monotonic(), "\nSTATUS=Reading the configuration again"));
}

void ServiceManager::stopping() const { send("STOPPING=1\nSTATUS=Stopping"); }
void ServiceManager::alive() const { send("WATCHDOG=1"); }

void ServiceManager::send(const std::string& message) const {
  if (!present()) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return;
  // Not waiting: a manager that does not read must not stop the capture.
  static_cast<void>(::sendto(socket, message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&address), size));
  ::close(socket);
}

}  // namespace pastmon::process
