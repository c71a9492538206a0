// SPDX-License-Identifier: MIT
#include "metric_topics.h"

namespace pastmon::web {

std::string_view metric_topic(const metric::Info& info) noexcept {
  using metric::Kind;
  using metric::Unit;
  const std::string_view name = info.name;
  if (info.unit == Unit::transactions) return kMetricTopics[1];
  if (name.starts_with("connect_") || name.starts_with("ack_rtt_")) return kMetricTopics[2];
  const bool loss = name.starts_with("retransmission");
  if (info.kind == Kind::distribution && !loss) return kMetricTopics[0];
  if (name.starts_with("packets_") || name.starts_with("bytes_") || name.starts_with("payload_"))
    return kMetricTopics[3];
  return info.kind == Kind::size ? kMetricTopics[4] : kMetricTopics[5];
}

}  // namespace pastmon::web
