// SPDX-License-Identifier: MIT
// For people who write signatures: an engine that is watched tells which messages its signatures matched and which they
// nearly did. Costs one comparison of a pointer where a service is looked for or a request begins, nothing per packet.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/signature/record.h"

namespace pastmon::signature {

/// A group of a request's pattern: one that stands in the row's name, or its id. No other bytes of a request are told.
struct SeenGroup {
  std::string_view name;
  std::string_view bytes;
};

/// A message that a signature took for the beginning of a request. Views are valid during the call only.
struct SeenRequest {
  std::string_view row;  ///< "HTTP GET"
  const Endpoints* endpoints = nullptr;
  base::Micros at = 0;
  std::span<const SeenGroup> groups;
};

/// How a message failed to be what it almost was.
enum class Near : std::uint8_t {
  framing,   ///< the pattern fits, but the bytes are no message of the service's framing
  alone,     ///< it fits, but proves nothing alone, and no answer came
  unpaired,  ///< it fits, but the answer does not (another pattern, or another id)
  response,  ///< the conversation is known, but this answer does not fit the response of the open request
  nobody,    ///< a conversation on a listed port that no signature recognised
};

struct NearMiss {
  Near kind = Near::nobody;
  std::string_view where;  ///< "http.conf:12" of the signature; empty for `nobody`
  const Endpoints* endpoints = nullptr;
  base::Micros at = 0;
  std::string_view bytes;   ///< the message's beginning
  std::string_view answer;  ///< `unpaired`, `nobody`: what the other side said, as far as it is at hand
};

/// Owned by the caller; called from the engine's process() and finish(). Must not throw.
class Watch {
 public:
  virtual ~Watch() = default;
  virtual void request(const SeenRequest& request) = 0;
  virtual void near_miss(const NearMiss& miss) = 0;
};

}  // namespace pastmon::signature
