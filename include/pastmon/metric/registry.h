// SPDX-License-Identifier: MIT
// The one place that names every metric. Schema, report, queries, API and pages follow from it.
// Definitions: docs/metrics.md; a test compares the two.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace pastmon::metric {

enum class Kind : std::uint8_t {
  counter,       ///< a sum
  size,          ///< count, sum, min, max
  distribution,  ///< count, sum, min, max and a sketch; microseconds
};

enum class Unit : std::uint8_t { transactions, packets, bytes, segments, microseconds };

// The order of enumerators is that of an Aggregate's memory: what each packet touches stands together. Nothing stored
// or shown depends on it: numbers and the order for people are the registry's.

enum class Counter : std::uint8_t {
  packets_client,
  packets_server,
  bytes_client,
  bytes_server,
  payload_client,
  payload_server,
  retransmissions_client,
  retransmissions_server,
  transactions,
  answered,
  unanswered,
  refused,
  aborted,
  errors,
  early,
  late,
  zero_windows_client,
  zero_windows_server,
  out_of_order_client,
  out_of_order_server,
  duplicate_acks_client,
  duplicate_acks_server,
  resets_client,
  resets_server,
  ack_gaps_client,
  ack_gaps_server,
  /// Verdict parts, microseconds summed over answered transactions that have round trips (metrics.md, "The verdict").
  verdict_client,
  verdict_network,
  verdict_server,
  verdict_transfer,
  verdict_loss,
  verdict_transactions,
  count_
};
enum class Size : std::uint8_t {
  segment_size_client,
  window_size_client,
  segment_size_server,
  window_size_server,
  request_bytes,
  response_bytes,
  mss_client,
  mss_server,
  count_
};
enum class Distribution : std::uint8_t {
  ack_rtt_server,
  ack_rtt_client,
  response_time,
  server_time,
  request_time,
  transfer_time,
  transaction_time,
  retransmission_delay_client,
  retransmission_delay_server,
  connect_time,
  connect_rtt_server,
  connect_rtt_client,
  count_
};
inline constexpr std::size_t kCounters = static_cast<std::size_t>(Counter::count_);
inline constexpr std::size_t kSizes = static_cast<std::size_t>(Size::count_);
inline constexpr std::size_t kDistributions = static_cast<std::size_t>(Distribution::count_);

struct Info {
  std::string_view name;         ///< "response_time": key in URLs, JSON (distributions there end in "_us") and SQL
  std::string_view title;        ///< "Response time": for people
  std::string_view description;  ///< one sentence
  Kind kind = Kind::counter;
  Unit unit = Unit::packets;
  std::uint8_t index = 0;   ///< value of the Counter, Size or Distribution enumerator
  std::uint8_t number = 0;  ///< in the stored detail; never given to another metric
  bool hot = false;         ///< has database columns of its own (sizes and distributions: count, sum, min, max)
};

/// All metrics in the order in which they are shown.
std::span<const Info> registry() noexcept;
const Info* find(std::string_view name) noexcept;        ///< null: no such metric
const Info* find_number(std::uint64_t number) noexcept;  ///< by stored number; null: a metric of a newer program
const Info& info(Counter metric) noexcept;
const Info& info(Size metric) noexcept;
const Info& info(Distribution metric) noexcept;

}  // namespace pastmon::metric
