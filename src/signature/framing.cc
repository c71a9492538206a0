// SPDX-License-Identifier: MIT
#include "framing.h"

namespace pastmon::signature {

Step frame(const config::FramingSpec& spec, FramingState& state, const FramingContext& context, Bytes bytes) noexcept {
  using config::FramingKind;
  switch (spec.kind) {
    case FramingKind::datagram:
    case FramingKind::turn:
      return frame_whole(state, bytes);
    case FramingKind::line:
      return frame_line(state, bytes);
    case FramingKind::length:
      return frame_length(spec, state, bytes);
    case FramingKind::http:
      return frame_http(state, context, bytes);
    case FramingKind::tls:
      return frame_tls(state, bytes);
    case FramingKind::resp:
      return frame_resp(state, context, bytes);
    case FramingKind::ber:
      return frame_ber(state, bytes);
    case FramingKind::imap:
      return frame_imap(state, bytes);
    case FramingKind::memcached:
      return frame_memcached(state, context, bytes);
    case FramingKind::rpc:
      return frame_rpc(state, bytes);
    case FramingKind::smb2:
      return frame_smb2(state, bytes);
    case FramingKind::http2:
      return frame_http2(state, context, bytes);
  }
  return step::bad();
}

}  // namespace pastmon::signature
