// SPDX-License-Identifier: MIT
// A batch of frames with a copy of their bytes, for libpcap, whose own bytes last only until its next call.
#pragma once

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <vector>

#include "pastmon/capture/source.h"

namespace pastmon::capture {

class FrameBatch {
 public:
  /// `largest`: no frame is longer than this, so that a batch that is not full() always has room for one more.
  explicit FrameBatch(std::size_t largest) : largest_(largest), arena_(std::max(largest * 2, kArena)) {}

  void clear() noexcept { count_ = used_ = 0; }
  std::size_t size() const noexcept { return count_; }
  bool full() const noexcept { return room() == 0; }
  /// Frames that surely fit, however long they are.
  std::size_t room() const noexcept { return std::min(kBatch - count_, (arena_.size() - used_) / largest_); }

  /// The batch is not full. Bytes beyond `largest` are cut off.
  void add(const pcap_pkthdr& header, const std::uint8_t* data, LinkType link) noexcept {
    Frame& f = frames_[count_++];
    f.time = std::clamp<base::Micros>(header.ts.tv_sec, 0, kLastSecond) * base::kSecond + header.ts.tv_usec;
    f.captured = static_cast<std::uint32_t>(std::min<std::size_t>(header.caplen, largest_));
    f.length = std::max(header.len, header.caplen);
    f.data = arena_.data() + used_;
    f.link = link;
    std::memcpy(arena_.data() + used_, data, f.captured);
    used_ += f.captured;
  }
  std::span<const Frame> frames() const noexcept { return {frames_.data(), count_}; }

 private:
  /// The end of the year 9999: pcapng can say more, and sums of times must not overflow.
  static constexpr base::Seconds kLastSecond = 253'402'300'799;
  static constexpr std::size_t kArena = 2U << 20U;
  std::size_t largest_;
  std::vector<std::uint8_t> arena_;
  std::array<Frame, kBatch> frames_;
  std::size_t count_ = 0;
  std::size_t used_ = 0;
};

}  // namespace pastmon::capture
