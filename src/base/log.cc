// SPDX-License-Identifier: MIT
#include "pastmon/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <spdlog/spdlog.h>
#include <memory>
#include <mutex>
#include <vector>

#include "log_limit.h"
#include "pastmon/base/clock.h"

namespace pastmon::base::log {
namespace {

std::mutex guard;
std::shared_ptr<spdlog::logger> current;  // guarded by `guard`
Limit limit;                              // guarded by `guard`

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      break;
  }
  return spdlog::level::err;
}

void install(spdlog::sink_ptr sink, std::string_view program, Level from, const char* pattern) {
  auto logger = std::make_shared<spdlog::logger>(std::string(program), std::move(sink));
  logger->set_level(to_spdlog(from));
  logger->set_pattern(pattern);
  logger->flush_on(spdlog::level::trace);
  const std::lock_guard lock(guard);
  current = std::move(logger);
}

std::shared_ptr<spdlog::logger> logger() {
  {
    const std::lock_guard lock(guard);
    if (current) return current;
  }
  to_stderr("pastmon");
  const std::lock_guard lock(guard);
  return current;
}

}  // namespace

void to_stderr(std::string_view program, Level from) {
  install(std::make_shared<spdlog::sinks::stderr_sink_mt>(), program, from, "%n: %l: %v");
}

void to_syslog(std::string_view program, Level from) {
  install(std::make_shared<spdlog::sinks::syslog_sink_mt>(std::string(program), LOG_PID, LOG_DAEMON, true), program,
          from, "%v");
}

void write(Level level, std::string_view message) {
  try {
    tell_suppressed();
    const std::shared_ptr<spdlog::logger> to = logger();
    if (!to->should_log(to_spdlog(level))) return;
    if (level != Level::debug) {
      const std::lock_guard lock(guard);
      if (!limit.admit(static_cast<int>(level), message, SystemClock().monotonic())) return;
    }
    to->log(to_spdlog(level), "{}", escape_controls(message));
  } catch (...) {  // a log that cannot be written must not end the program
  }
}

void tell_suppressed() {
  try {
    std::vector<Limit::Suppressed> all;
    {
      const std::lock_guard lock(guard);
      all = limit.take(SystemClock().monotonic());
    }
    for (const Limit::Suppressed& each : all) {
      logger()->log(to_spdlog(static_cast<Level>(each.level)), "{} more lines within a minute like: {}", each.count,
                    escape_controls(each.example));
    }
  } catch (...) {
  }
}

}  // namespace pastmon::base::log
