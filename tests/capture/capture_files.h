// SPDX-License-Identifier: MIT
// Capture files put together byte by byte, and what a source gives for them.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "pastmon/capture/source.h"

namespace pastmon::capture::testing {

/// A number in a file's byte order.
inline std::string number(std::uint64_t value, int size, bool big = false) {
  std::string out;
  for (int i = 0; i < size; ++i) {
    const int shift = 8 * (big ? size - 1 - i : i);
    out.push_back(static_cast<char>(value >> shift));
  }
  return out;
}

/// Classic pcap.
struct Classic {
  bool big = false;
  bool nanoseconds = false;
  std::uint32_t link = 1;
  std::uint16_t minor = 4;

  std::string header() const {
    return number(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, 4, big) + number(2, 2, big) + number(minor, 2, big) +
           number(0, 8, big) + number(65535, 4, big) + number(link, 4, big);
  }
  std::string record(std::uint32_t seconds, std::uint32_t fraction, const std::string& data,
                     std::uint32_t length) const {
    return number(seconds, 4, big) + number(fraction, 4, big) + number(data.size(), 4, big) + number(length, 4, big) +
           data;
  }
  std::string record(std::uint32_t seconds, const std::string& data) const {
    return record(seconds, 0, data, static_cast<std::uint32_t>(data.size()));
  }
};

/// pcapng blocks (draft-ietf-opsawg-pcapng), little-endian.
inline std::string block(std::uint32_t type, std::string body) {
  body.resize((body.size() + 3) / 4 * 4);
  const std::string size = number(body.size() + 12, 4);
  return number(type, 4) + size + body + size;
}
inline std::string section() {
  return block(0x0a0d0d0a, number(0x1a2b3c4d, 4) + number(1, 2) + number(0, 2) + std::string(8, '\xff'));
}
inline std::string interface_block(std::uint16_t link) {
  return block(1, number(link, 2) + number(0, 2) + number(65535, 4));
}
inline std::string packet_block(std::uint32_t interface, std::uint64_t micros, const std::string& data) {
  return block(6, number(interface, 4) + number(micros >> 32, 4) + number(micros & 0xffffffff, 4) +
                      number(data.size(), 4) + number(data.size(), 4) + data);
}

/// An Ethernet frame with an IPv4 UDP header to `port`, so that filters have something to look at.
inline std::string udp_frame(std::uint16_t port, const std::string& payload = {}) {
  const std::size_t total = 28 + payload.size();
  return std::string(12, '\x02') + number(0x0800, 2, true) + "\x45" + std::string(1, '\0') + number(total, 2, true) +
         std::string(4, '\0') + "\x40\x11" + std::string(2, '\0') + "\x0a\x01\x01\x01\x0a\x01\x01\x02" +
         number(4000, 2, true) + number(port, 2, true) + number(8 + payload.size(), 2, true) + std::string(2, '\0') +
         payload;
}

/// A file that is removed at the end of the test.
class TempFile {
 public:
  explicit TempFile(const std::string& content) : path_(::testing::TempDir() + "pastmon_capture_XXXXXX") {
    const int fd = mkstemp(path_.data());
    EXPECT_GE(fd, 0);
    close(fd);
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TempFile() { unlink(path_.c_str()); }
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// All that a source gives, and how it ends.
struct Result {
  std::vector<Frame> frames;       ///< without bytes
  std::vector<std::string> bytes;  ///< of each frame
  State last = State::end;
  std::string error;
  Counters counters;
};

inline Result read_all(Source& source) {
  Result r;
  for (;;) {
    std::span<const Frame> batch;
    r.last = source.read(batch);
    if (r.last != State::frames) break;
    EXPECT_FALSE(batch.empty());
    EXPECT_LE(batch.size(), kBatch);
    for (const Frame& f : batch) {
      r.frames.push_back(f);
      r.bytes.emplace_back(reinterpret_cast<const char*>(f.data), f.captured);
      r.frames.back().data = nullptr;
    }
  }
  r.error = source.error().message;
  r.counters = source.counters();
  return r;
}

/// Opens and reads a file with this content.
inline Result read_content(const std::string& content, const std::string& filter = {}) {
  const TempFile file(content);
  auto source = open_file({file.path(), filter});
  EXPECT_TRUE(source.ok()) << source.message();
  return read_all(**source);
}

/// The error of opening a file with this content, without the path in front.
inline std::string open_error(const std::string& content, const std::string& filter = {}) {
  const TempFile file(content);
  const auto source = open_file({file.path(), filter});
  if (source.ok()) return "opened";
  const std::string message = source.message();
  return message.starts_with(file.path()) ? message.substr(file.path().size()) : message;
}

/// Runs `act` in a process of its own that has no privileges, and returns the text that it gave.
template <class Act>
std::string as_nobody(Act act) {
  int fds[2];
  EXPECT_EQ(pipe(fds), 0);
  const pid_t child = fork();
  if (child == 0) {
    constexpr unsigned nobody = 65534;
    if (geteuid() == 0 && (setgid(nobody) != 0 || setuid(nobody) != 0)) _exit(1);
    const std::string text = act();
    const ssize_t written = write(fds[1], text.data(), text.size());
    _exit(written < 0 ? 1 : 0);
  }
  close(fds[1]);
  std::string text;
  char buffer[1024];
  for (ssize_t n; (n = read(fds[0], buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(n));
  close(fds[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  return text;
}

}  // namespace pastmon::capture::testing
