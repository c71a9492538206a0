// SPDX-License-Identifier: MIT
// The log of a program: standard error in the foreground, syslog as a daemon. One line a message; control bytes and
// broken UTF-8 are escaped here, so that nothing from the wire can forge a line. Of messages that differ in numbers
// only, twenty a minute are written (from `info` up); of the others a line tells how many there were. Any thread.
#pragma once

#include <string_view>

#include "pastmon/base/text.h"

namespace pastmon::base::log {

enum class Level { debug, info, warning, error };

/// Where messages go. Before the first call: standard error, from `info` up.
void to_stderr(std::string_view program, Level from = Level::info);
/// `program` becomes syslog's ident. May be called again; never both at once.
void to_syslog(std::string_view program, Level from = Level::info);

void write(Level level, std::string_view message);

/// Tells of what was not written, when its minute is over. The next message does so too; a program whose log may fall
/// silent calls it now and then.
void tell_suppressed();

template <class... Parts>
void debug(const Parts&... parts) {
  write(Level::debug, cat(parts...));
}
template <class... Parts>
void info(const Parts&... parts) {
  write(Level::info, cat(parts...));
}
template <class... Parts>
void warning(const Parts&... parts) {
  write(Level::warning, cat(parts...));
}
template <class... Parts>
void error(const Parts&... parts) {
  write(Level::error, cat(parts...));
}

}  // namespace pastmon::base::log
