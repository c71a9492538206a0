// SPDX-License-Identifier: MIT
// Files of the journal that were set aside, because they are damaged or the database refuses them: within bounds. Used
// by one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "journal_directory.h"
#include "pastmon/base/clock.h"

namespace pastmon::store {

class Aside {
 public:
  static constexpr std::size_t kMaxFiles = 1'000;

  /// `max_bytes`, and kMaxFiles: beyond them the oldest go; that is logged once a `repeat`.
  Aside(const JournalDirectory& directory, std::uint64_t max_bytes, base::Micros repeat)
      : directory_(directory), max_bytes_(max_bytes), repeat_(repeat) {}

  /// Takes up what lies in the directory, and removes what is beyond the bounds.
  void find();
  /// This file is not read again. Returns the name that it has now.
  std::string add(const std::string& name, std::string_view end);
  /// A file that was written under the name of one aside.
  void added(const std::string& name);

  std::size_t files() const { return files_.size(); }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t deleted() const { return deleted_; }  ///< beyond the bounds, since the start
  /// Logs what was deleted and not logged yet, if it is time, or `now`.
  void report(bool now);

 private:
  struct File {
    std::string name;
    std::uint64_t bytes = 0;
  };
  void keep_bounds();

  const JournalDirectory& directory_;
  const std::uint64_t max_bytes_;
  const base::Micros repeat_;
  std::deque<File> files_;  ///< oldest first
  std::uint64_t bytes_ = 0;
  std::uint64_t deleted_ = 0;
  std::uint64_t deleted_logged_ = 0;
  std::chrono::steady_clock::time_point next_report_{};
};

}  // namespace pastmon::store
