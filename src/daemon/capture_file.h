// SPDX-License-Identifier: MIT
// Reading one capture file through a worker.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "pastmon/capture/source.h"
#include "pastmon/daemon/worker.h"

namespace pastmon::daemon {

/// How the reading of a file ended.
struct FileEnd {
  capture::Counters counters;
  std::optional<base::Error> damage;  ///< everything before it was read
  bool interrupted = false;
};

/// Called after each batch; an error ends the reading.
using AfterBatch = std::function<base::Result<void>(const capture::Counters&)>;

/// Reads to the end, to the damage or to a signal that asks us to stop. `shift` is added to every frame's time. Does
/// not finish the worker. Errors: the file cannot be opened; what `after` says.
base::Result<FileEnd> read_file(const capture::FileOptions& options, base::Micros shift, Worker& worker,
                                const AfterBatch& after = nullptr);

/// What to add to the times of a file so that its newest frame is at `now`.
base::Result<base::Micros> shift_to(const std::string& path, base::Micros now);

/// The run of a file: derived from its contents and from `variant` (whatever else changes what is stored), so that
/// reading it twice stores it once.
base::Result<std::int64_t> run_of_file(const std::string& path, const std::string& variant);

}  // namespace pastmon::daemon
