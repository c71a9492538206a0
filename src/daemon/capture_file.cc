// SPDX-License-Identifier: MIT
#include "capture_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "pastmon/base/hash.h"
#include "pastmon/base/text.h"
#include "signals.h"

namespace pastmon::daemon {

using base::cat;
using base::Error;
using base::Result;

Result<FileEnd> read_file(const capture::FileOptions& options, base::Micros shift, Worker& worker,
                          const AfterBatch& after) {
  Result<std::unique_ptr<capture::Source>> opened = capture::open_file(options);
  if (!opened) return opened.error();
  capture::Source& source = **opened;
  std::array<capture::Frame, capture::kBatch> shifted;
  FileEnd end;
  while (true) {
    std::span<const capture::Frame> batch;
    const capture::State state = source.read(batch);
    if (state == capture::State::frames && shift != 0) {
      std::copy(batch.begin(), batch.end(), shifted.begin());
      for (std::size_t i = 0; i < batch.size(); ++i) shifted[i].time += shift;
      batch = std::span<const capture::Frame>(shifted.data(), batch.size());
    }
    worker.process(batch);
    if (after) {
      if (Result<void> done = after(source.counters()); !done) return done.error();
    }
    if (state == capture::State::failed) end.damage = source.error();
    if (state == capture::State::failed || state == capture::State::end) break;
    if (signals::stop_requested()) {
      end.interrupted = true;
      break;
    }
  }
  end.counters = source.counters();
  return end;
}

Result<base::Micros> shift_to(const std::string& path, base::Micros now) {
  Result<std::unique_ptr<capture::Source>> opened = capture::open_file({path, ""});
  if (!opened) return opened.error();
  base::Micros newest = base::kNone;
  std::span<const capture::Frame> batch;
  while ((*opened)->read(batch) == capture::State::frames) {
    for (const capture::Frame& frame : batch) newest = std::max(newest, frame.time);
  }
  return newest == base::kNone ? 0 : now - newest;
}

Result<std::int64_t> run_of_file(const std::string& path, const std::string& variant) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{cat(path, ": cannot be read: ", std::strerror(errno))};
  std::vector<char> block(1U << 20U);
  std::int64_t run = base::stable_id(variant);
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    // Chained: each block's hash is taken together with that of all before it.
    const auto of_block = base::stable_id(std::string_view(block.data(), static_cast<std::size_t>(in.gcount())));
    run = base::stable_id(cat(run, ":", of_block));
  }
  return run;
}

}  // namespace pastmon::daemon
