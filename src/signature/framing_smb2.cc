// SPDX-License-Identifier: MIT
// Framing `smb2`: SMB 2 and 3 over TCP ([MS-SMB2] 2.1, 2.2.1). A head of 4 bytes (0, then 24 bits of length) is
// followed by one or several commands; NextCommand, in bytes 20 to 23 of a command's header, leads to the next one.
// Each command is a message; the head belongs to the first one and is hidden from patterns.
//
//   | 0 | length (3) | FE 'S' 'M' 'B' … NextCommand (LE 32) … | FE 'S' 'M' 'B' … NextCommand = 0 … |
//
// Encrypted (FD 'S' 'M' 'B') and compressed (FC) payloads, and SMB 1 (FF), are one message each; so are the NetBIOS
// session's own messages (RFC 1002, 4.3: a type of 0x81 to 0x85, flags, a length of 17 bits), whose head is not hidden.
#include "framing.h"

namespace pastmon::signature {
namespace {

constexpr std::size_t kSessionHead = 4;
constexpr std::size_t kToNext = 24;  ///< bytes of a command's header up to and with NextCommand
constexpr std::size_t kMinCommand = 64;

Step command(FramingState& state, Bytes bytes, std::size_t head) noexcept {
  const std::uint8_t* p = bytes.data + head;
  if (bytes.size < head + kToNext) return step::more(bytes);
  const std::uint64_t next =
      std::uint64_t{p[20]} | std::uint64_t{p[21]} << 8U | std::uint64_t{p[22]} << 16U | std::uint64_t{p[23]} << 24U;
  if (next != 0 && (next < kMinCommand || next >= state.outer)) return step::bad();
  const std::uint64_t size = next == 0 ? state.outer : next;
  state.outer -= size;
  state.phase = 0;
  return step::end(head + kToNext, size - kToNext);
}

bool of_session(std::uint8_t type) noexcept { return type >= 0x81 && type <= 0x85; }

Step session(Bytes bytes) noexcept {
  if (bytes.size < kSessionHead) return step::more(bytes);
  const std::uint8_t* p = bytes.data;
  if (p[1] > 1) return step::bad();
  return step::end(kSessionHead, std::uint64_t{p[1]} << 16U | std::uint64_t{p[2]} << 8U | p[3]);
}

}  // namespace

Step frame_smb2(FramingState& state, Bytes bytes) noexcept {
  state.hidden = 0;
  if (state.outer > 0) {
    if (bytes.data[0] != 0xfe || state.outer < kMinCommand) return step::bad();
    return command(state, bytes, 0);
  }
  if (of_session(bytes.data[0])) return session(bytes);
  if (bytes.size < kSessionHead + 4) return bytes.data[0] == 0 ? step::more(bytes) : step::bad();
  const std::uint8_t* p = bytes.data;
  const std::uint64_t length = std::uint64_t{p[1]} << 16U | std::uint64_t{p[2]} << 8U | p[3];
  if (p[0] != 0 || length < 4 || p[4] < 0xfc || p[5] != 'S' || p[6] != 'M' || p[7] != 'B') return step::bad();
  state.hidden = kSessionHead;
  if (p[4] != 0xfe) return step::end(kSessionHead + 4, length - 4);
  if (length < kMinCommand) return step::bad();
  if (bytes.size < kSessionHead + kToNext) return step::more(bytes);
  state.outer = length;
  return command(state, bytes, kSessionHead);
}

}  // namespace pastmon::signature
