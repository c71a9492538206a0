// SPDX-License-Identifier: MIT
// TCP (RFC 9293), with the options of RFC 9293 (MSS), RFC 7323 (window scale) and RFC 2018 (SACK).
//
//   0               2               4
//  +---------------+---------------+---------------+---------------+
//  | source port   | destination   | sequence number               |
//  +---------------+---------------+-------+-------+---------------+
//  | acknowledgement number        |off|   | flags | window        |
//  +---------------+---------------+-------+-------+---------------+
//  | checksum      | urgent        | options (off − 5 words) …
//  +---------------+---------------+--------
#include "layers.h"

namespace pastmon::decode::layer {
namespace {

void window_scale(TcpFields& tcp, std::uint8_t shift) noexcept {
  constexpr std::uint8_t largest = 14;  // RFC 7323, 2.3: a larger one is taken as 14
  tcp.window_scale = shift > largest ? largest : shift;
}

/// Malformed options end the reading of options and harm nothing else.
void options(TcpFields& tcp, base::Cursor c) noexcept {
  enum : std::uint8_t { kEnd = 0, kNoOperation = 1, kMss = 2, kWindowScale = 3, kSackPermitted = 4, kSack = 5 };
  while (c.left() > 0) {
    const std::uint8_t kind = c.u8();
    if (kind == kNoOperation) continue;
    if (kind == kEnd) return;
    const std::uint8_t size = c.u8();
    if (size < 2) return;
    base::Cursor body(c.bytes(size - 2U));
    if (!c.ok()) return;
    if (kind == kMss && size == 4) tcp.mss = body.be16();
    if (kind == kWindowScale && size == 3) window_scale(tcp, body.u8());
    if (kind == kSackPermitted && size == 2) tcp.sack_permitted = true;
    if (kind == kSack && size >= 10 && (size - 2) % 8 == 0) tcp.sack_blocks = true;
  }
}

/// Most segments carry a timestamp and nothing else, aligned as RFC 7323, appendix A recommends.
bool only_a_timestamp(const std::uint8_t* options) noexcept {
  return options[0] == 1 && options[1] == 1 && options[2] == 8 && options[3] == 10;
}

}  // namespace

Verdict tcp(State& s, Bytes b) noexcept {
  if (!b.has(20)) return s.other(b, Reason::transport_truncated);
  const auto h = b.header<20>();
  const std::uint32_t header = h.u8<12>() / 16U * 4U;
  if (header < 20 || header > b.length) return s.other(b, Reason::transport_malformed);

  Packet& p = s.packet;
  p.tuple.source_port = h.be16<0>();
  p.tuple.destination_port = h.be16<2>();
  p.tcp = TcpFields{};
  p.tcp.sequence = h.be32<4>();
  p.tcp.acknowledgement = h.be32<8>();
  p.tcp.flags = h.u8<13>() & 0x3fU;
  p.tcp.window = h.be16<14>();
  if (header > 20 && !(header == 32 && b.has(32) && only_a_timestamp(b.data + 20))) {
    Bytes o = b;
    o.trim(header);
    o.skip(20);
    options(p.tcp, o.cursor());
  }
  b.skip(header);
  return s.done(Transport::tcp, b);
}

}  // namespace pastmon::decode::layer
