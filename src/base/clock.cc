// SPDX-License-Identifier: MIT
#include "pastmon/base/clock.h"

#include <ctime>

namespace pastmon::base {
namespace {

Micros read(clockid_t id) {
  timespec t{};
  clock_gettime(id, &t);
  return Micros{t.tv_sec} * kSecond + t.tv_nsec / 1000;
}

}  // namespace

Micros SystemClock::now() const { return read(CLOCK_REALTIME); }
Micros SystemClock::monotonic() const { return read(CLOCK_MONOTONIC); }

}  // namespace pastmon::base
