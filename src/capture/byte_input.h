// SPDX-License-Identifier: MIT
// The bytes of a file or of standard input, in order, with a few of them given back.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "pastmon/base/result.h"
#include "wakeup.h"

namespace pastmon::capture {

/// One thread reads; any thread or signal handler may interrupt().
class ByteInput {
 public:
  /// `path` "-" is standard input. The error names the file and the system's reason.
  static base::Result<std::unique_ptr<ByteInput>> open(const std::string& path);
  ~ByteInput();
  ByteInput(const ByteInput&) = delete;
  ByteInput& operator=(const ByteInput&) = delete;

  /// At most `size` bytes to `to`. 0: the end, or interrupted. −1: errno says why. Waits for a pipe.
  ssize_t read(std::uint8_t* to, std::size_t size) noexcept;

  /// The bytes that the next read() gives first.
  void give_back(std::span<const std::uint8_t> bytes);

  std::uint64_t offset() const noexcept { return offset_; }   ///< bytes given so far, less those given back
  const std::string& name() const noexcept { return name_; }  ///< for messages
  void interrupt() noexcept { wakeup_.set(); }
  bool interrupted() const noexcept { return wakeup_.is_set(); }

 private:
  ByteInput(int fd, std::string name, bool waits);
  bool wait() noexcept;

  int fd_;
  std::string name_;
  bool waits_;  // a pipe or terminal, not a regular file
  std::vector<std::uint8_t> given_back_;
  std::uint64_t offset_ = 0;
  Wakeup wakeup_;
};

}  // namespace pastmon::capture
