// SPDX-License-Identifier: MIT
#include "options.h"

#include <unistd.h>

#include <array>

namespace pastmon::daemon {

WorkerOptions worker_options(const config::DaemonSettings& settings) {
  const config::Limits& limits = settings.limits;
  WorkerOptions options;
  if (settings.outer_addresses) options.tunnels = decode::TunnelAddresses::outer;
  options.duplicates.window = settings.duplicate_window;
  options.fragments.max_bytes = static_cast<std::size_t>(limits.max_fragments);
  options.fragments.timeout = limits.fragment_timeout;
  options.flow.max_flows = static_cast<std::size_t>(limits.max_flows);
  options.flow.max_buffered = static_cast<std::size_t>(limits.max_buffered);
  options.flow.max_buffered_per_side = static_cast<std::size_t>(limits.max_buffered_per_side);
  options.flow.syn_timeout = limits.syn_timeout;
  options.flow.tcp_idle = limits.tcp_idle;
  options.flow.tcp_linger = limits.tcp_linger;
  options.flow.udp_idle = limits.udp_idle;
  options.flow.gap_timeout = limits.gap_timeout;
  options.signature.max_open = static_cast<std::size_t>(limits.max_open_requests);
  options.signature.max_open_per_flow = static_cast<std::size_t>(limits.max_open_requests_per_flow);
  options.signature.max_message = static_cast<std::size_t>(limits.max_message);
  options.signature.max_held = static_cast<std::size_t>(limits.max_held);
  options.signature.hold_time = limits.hold_time;
  options.signature.hold_bytes = static_cast<std::size_t>(limits.hold_bytes);
  options.buckets.seconds = settings.bucket_seconds;
  options.buckets.grace = limits.bucket_grace;
  options.buckets.idle_grace = limits.bucket_idle_grace;
  options.buckets.max_shown = row_bound(settings);
  options.buckets.max_rows = static_cast<std::size_t>(limits.max_rows);
  return options;
}

std::size_t row_bound(const config::DaemonSettings& settings) {
  return static_cast<std::size_t>(settings.limits.max_rows_per_bucket);
}

HostNames::Options name_options(const config::DaemonSettings& settings) {
  const config::Names& names = settings.names;
  return {names.observe, names.reverse_dns, static_cast<std::uint32_t>(names.rate), names.server,
          static_cast<std::size_t>(names.max_names)};
}

std::string sensor_name(const config::DaemonSettings& settings) {
  if (!settings.sensor.empty()) return settings.sensor;
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "sensor";
  return name.data();
}

}  // namespace pastmon::daemon
