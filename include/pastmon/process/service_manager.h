// SPDX-License-Identifier: MIT
// Messages to the service manager that started us (systemd's protocol, sd_notify(3)): one datagram each to the socket
// that NOTIFY_SOCKET names. The protocol is a few lines of text, so no library is linked for it. Without such a socket
// nothing happens. A message that cannot be delivered is lost: a program does not fail because nobody listens.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "pastmon/base/clock.h"

namespace pastmon::process {

class ServiceManager {
 public:
  using Environment = std::function<std::optional<std::string>(const char*)>;

  /// Nobody to tell.
  ServiceManager() = default;
  /// As the environment says (by default that of the process). A watchdog is kept only if it is meant for this process.
  static ServiceManager find(const Environment& environment = {});

  bool present() const noexcept { return !socket_.empty(); }
  /// How often alive() is wanted: half of what the manager waits for; 0: not at all.
  base::Micros alive_every() const noexcept { return alive_every_; }

  void ready(std::string_view status) const;  ///< at the start, and after reloading()
  void status(std::string_view text) const;   ///< one line for people
  void reloading() const;                     ///< until ready()
  void stopping() const;
  void alive() const;  ///< only when work really goes on

 private:
  void send(const std::string& message) const;

  std::string socket_;  ///< a path, or "@" and an abstract name; empty: none
  base::Micros alive_every_ = 0;
};

}  // namespace pastmon::process
