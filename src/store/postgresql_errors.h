// SPDX-License-Identifier: MIT
// What PostgreSQL's and libpq's errors mean for whoever waits: does it pass by itself?
#pragma once

#include <string>
#include <string_view>

namespace pastmon::store {

/// libdbi's error number of the pgsql driver is the SQLSTATE read in base 36.
constexpr int sqlstate(std::string_view state) {
  int number = 0;
  for (const char c : state) number = number * 36 + (c <= '9' ? c - '0' : c - 'A' + 10);
  return number;
}

/// A message of the server or of libpq on one line.
std::string one_line(std::string_view message);

/// Of an attempt to connect. True when the server could not be reached, or is not ready: waiting may help. What it
/// refuses ("FATAL": a wrong password, no such role) stays refused, and so does a host that nobody knows.
bool connecting_may_help_later(std::string_view message);

/// Of a statement. States that end without anybody changing a statement or a right: read-only, full disks and other
/// resources, locks, conflicts between transactions, a server that stops, trouble of the system it runs on.
bool passes(int state);

}  // namespace pastmon::store
