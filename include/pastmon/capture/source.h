// SPDX-License-Identifier: MIT
// Where frames come from: a live interface or a capture file, in batches. A source belongs to one thread; only
// interrupt() may be called from another thread or a signal handler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "pastmon/base/result.h"
#include "pastmon/capture/frame.h"

namespace pastmon::capture {

inline constexpr std::size_t kBatch = 32;  ///< frames in a batch at most

/// What became of frames before anybody saw them; totals since the source was opened.
struct Counters {
  std::uint64_t received = 0;           ///< frames handed out, and filtered ones of a file
  std::uint64_t filtered = 0;           ///< refused by the filter (files only; live, the kernel does not tell)
  std::uint64_t kernel_dropped = 0;     ///< no room in the kernel's buffer
  std::uint64_t interface_dropped = 0;  ///< dropped by the interface or its driver
};

enum class State {
  frames,  ///< the batch has at least one frame
  idle,    ///< nothing came within the time-out (live only)
  end,     ///< end of the file, or interrupted
  failed,  ///< see error(): a damaged file, an interface that went away
};

class Source {
 public:
  virtual ~Source() = default;

  /// Fills `batch` (at most kBatch frames) and says what happened. Frames stay valid until the next call.
  /// Live: waits at most about LiveOptions::wait. A damaged file gives all frames up to the damage first, then
  /// `failed`. Once `end` or `failed`, always so.
  virtual State read(std::span<const Frame>& batch) = 0;

  virtual Counters counters() = 0;
  virtual const std::string& name() const = 0;   ///< interface or path, for messages
  virtual const base::Error& error() const = 0;  ///< meaningful after State::failed
  virtual int descriptor() const noexcept = 0;   ///< to poll() on when a thread reads several live ones; -1: a file
  /// Makes read() return State::end soon; async-signal-safe. Live: the frames captured until then are given first, for
  /// at most about 150 ms, in which State::idle may come as well.
  virtual void interrupt() noexcept = 0;
};

struct LiveOptions {
  std::string interface = {};  ///< "eth0", or "any"
  bool promiscuous = true;
  std::uint32_t snaplen = 65'535;             ///< bytes kept of each frame
  std::uint64_t buffer_bytes = 32ULL << 20U;  ///< kernel ring
  std::string filter = {};                    ///< pcap-filter(7) expression; empty: everything
  base::Micros wait = 100'000;                ///< how long read() waits for a frame; 0: not at all
};

/// Errors: no such interface, no permission (names CAP_NET_RAW and the command that grants it), bad filter,
/// a link type that decode does not know. Each one line; `temporary`: the interface is not there, or down.
base::Result<std::unique_ptr<Source>> open_live(const LiveOptions& options);

struct FileOptions {
  std::string path = {};    ///< "-" reads standard input
  std::string filter = {};  ///< applied by us; refused frames are counted as filtered
};

/// pcap (both byte orders, micro- and nanoseconds) and pcapng. Errors: missing, unreadable, not a capture,
/// unknown link type, bad filter.
base::Result<std::unique_ptr<Source>> open_file(const FileOptions& options);

}  // namespace pastmon::capture
