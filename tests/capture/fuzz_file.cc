// SPDX-License-Identifier: MIT
// Any bytes as a capture file: opened, and read to whatever end it has. Aborts when the frames do not add up.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "pastmon/capture/source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const int fd = memfd_create("capture", MFD_CLOEXEC);
  if (fd < 0 || write(fd, data, size) != static_cast<ssize_t>(size)) std::abort();
  lseek(fd, 0, SEEK_SET);
  {
    auto source = pastmon::capture::open_file({"/proc/self/fd/" + std::to_string(fd), {}});
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;
    if (source.ok()) {
      std::span<const pastmon::capture::Frame> batch;
      while ((*source)->read(batch) == pastmon::capture::State::frames) {
        for (const auto& frame : batch) {
          ++frames;
          if (frame.captured > frame.length) std::abort();
          for (std::uint32_t i = 0; i < frame.captured; ++i) bytes += frame.data[i] != 0 ? 1 : 0;
        }
      }
      if (frames != (*source)->counters().received || bytes > size) std::abort();
    }
  }
  close(fd);
  return 0;
}
