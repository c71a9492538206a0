// SPDX-License-Identifier: MIT
#include "sensor.h"

#include <cstdio>

#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/store/sensors.h"

namespace pastmon::admin {

int release_sensor(const store::Options& options, const std::string& sensor) {
  if (const base::Result<void> released = store::release_sensor(options, sensor); !released) {
    base::log::error(released.message());
    return 1;
  }
  std::printf("the name is free: the next machine that writes as sensor \"%s\" takes it\n",
              base::escape_controls(sensor).c_str());
  return 0;
}

}  // namespace pastmon::admin
