// SPDX-License-Identifier: MIT
// A live source that does what a test has written down for it.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "pastmon/base/clock.h"
#include "pastmon/capture/source.h"

namespace pastmon::daemon {

/// A source that does what the test has written down for it.
class ScriptedSource final : public capture::Source {
 public:
  using Script = std::shared_ptr<std::deque<capture::State>>;

  /// `script`: what each read() answers; when it is used up, the source is idle. Frames come at the clock's time.
  ScriptedSource(std::string name, Script script, const base::Clock& clock)
      : name_(std::move(name)), script_(std::move(script)), clock_(clock) {}

  capture::State read(std::span<const capture::Frame>& batch) override {
    batch = {};
    if (script_->empty()) return capture::State::idle;
    const capture::State state = script_->front();
    script_->pop_front();
    if (state == capture::State::frames) {
      ++bytes_[kIdentification];  // or one would be a copy of the other
      frames_[0] = {clock_.now(), bytes_.data(), 46, 46, capture::LinkType::ethernet, 0};
      batch = frames_;
      ++counters_.received;
    }
    return state;
  }
  capture::Counters counters() override { return counters_; }
  const std::string& name() const override { return name_; }
  const base::Error& error() const override { return error_; }
  int descriptor() const noexcept override { return -1; }
  void interrupt() noexcept override {}

 private:
  std::string name_;
  Script script_;
  const base::Clock& clock_;
  static constexpr std::size_t kIdentification = 19;
  // Ethernet, IPv4, UDP from 192.0.2.1:1234 to 192.0.2.2:5678 with four bytes of payload.
  std::array<std::uint8_t, 46> bytes_{0,    0,    0,    0,    0, 1,  0, 0, 0,   0,   0,   2,  8,   0,  //
                                      0x45, 0,    0,    32,   0, 1,  0, 0, 64,  17,  0,   0,  192, 0,
                                      2,    1,    192,  0,    2, 2,  //
                                      0x04, 0xd2, 0x16, 0x2e, 0, 12, 0, 0, 'a', 'b', 'c', 'd'};
  std::array<capture::Frame, 1> frames_;
  capture::Counters counters_;
  base::Error error_{"went away"};
};

}  // namespace pastmon::daemon
