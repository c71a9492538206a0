// SPDX-License-Identifier: MIT
#pragma once

namespace pastmon::summarise {

/// A bar on standard error, drawn anew when its figure changes; nothing at all where that is no terminal.
class ProgressBar {
 public:
  explicit ProgressBar(bool wanted);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void show(double done);  ///< 0 … 1

 private:
  bool shown_;
  int percent_ = -1;
};

}  // namespace pastmon::summarise
