// SPDX-License-Identifier: MIT
// HTTP/2 compresses headers with a table that both ends keep (HPACK, RFC 7541). This reads them for patterns: of each
// block the pseudo headers, without the query of the path, content-type and grpc-status; nothing else is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "framing.h"

struct nghttp2_hd_inflater;

namespace pastmon::signature {

/// Header blocks of one direction of a connection, from its beginning on and without a gap. Up to 64 KB of memory.
class HeaderReader {
 public:
  /// `in_use` counts the readers there are; it must live longer.
  explicit HeaderReader(std::size_t& in_use);
  ~HeaderReader();
  HeaderReader(const HeaderReader&) = delete;
  HeaderReader& operator=(const HeaderReader&) = delete;

  /// Reads one whole frame of a header block, HEADERS or PUSH_PROMISE or the next CONTINUATION, so that a block may
  /// have any size. Puts what patterns see into `text`: the first frame's head (9 bytes), then "\n:method: GET\n:path:
  /// /\n", at most kMaxText bytes. False: the block is damaged, and so are all that follow.
  bool read(Bytes frame, std::vector<std::uint8_t>& text);

  static constexpr std::size_t kMaxText = 1024;

 private:
  bool inflate(Bytes fragment, bool last, std::vector<std::uint8_t>& text);

  std::size_t& in_use_;
  nghttp2_hd_inflater* inflater_ = nullptr;
};

/// Readers that an engine has at the same time; connections beyond are followed without their headers.
inline constexpr std::size_t kMaxHeaderReaders = 2048;

/// A frame that begins a header block.
bool has_headers(Bytes frame) noexcept;

}  // namespace pastmon::signature
