// SPDX-License-Identifier: MIT
// What is timed: an empty pcap_loop, and the monitor's line up to each of its stages, without a database.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "pastmon/base/result.h"

namespace pastmon::bench {

/// Each stage does all that the ones before it do, too.
enum class Stage : std::uint8_t {
  empty_loop,  ///< pcap_open_offline and pcap_loop with a callback that only counts: the yardstick
  read,        ///< our source
  decode,
  duplicates,  ///< copies of a packet are found
  flow,
  signature,
  metric,  ///< up to the rows of closed buckets
};

std::span<const Stage> all_stages();
std::string_view name(Stage stage);

/// What all runs share, made before the clock starts.
class Setup {
 public:
  /// The directory of signature files.
  static base::Result<Setup> load(const std::string& signatures);
  Setup(Setup&&) noexcept;
  ~Setup();
  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  explicit Setup(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// What one run over a file saw; the figures that do not belong to a stage are 0.
struct Seen {
  std::uint64_t packets = 0;
  std::uint64_t flows = 0;
  std::uint64_t transactions = 0;
  std::uint64_t rows = 0;
};

/// Runs over the file once, from opening it to the end. This is what the clock measures.
base::Result<Seen> run(Stage stage, const std::string& capture, const Setup& setup);

}  // namespace pastmon::bench
