// SPDX-License-Identifier: MIT
// Framing `line`: a message is a line with its line feed.
#include "framing_text.h"

namespace pastmon::signature {

Step frame_line(FramingState& state, Bytes bytes) noexcept {
  // A line may be longer than any buffer: what is there is taken, the message goes on.
  const std::size_t n = text::line_size(bytes.data, bytes.size);
  state.phase = n == 0 ? 1 : 0;
  return n == 0 ? step::part(bytes.size) : step::end(n);
}

}  // namespace pastmon::signature
