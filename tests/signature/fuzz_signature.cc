// SPDX-License-Identifier: MIT
// Fuzz target: the first byte chooses a framing (its messages must be the same whole and byte by byte) or the engine
// with the shipped signatures (any sequence of events over four flows). Rules that must hold are checked with a trap.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "framing.h"
#include "scene.h"

namespace pastmon::signature::test {
namespace {

void require(bool rule) {
  if (!rule) __builtin_trap();
}

/// Ends of the messages; the position where the framing gave up ends the list.
std::vector<std::uint64_t> ends(const config::FramingSpec& spec, bool from_client, const std::uint8_t* data,
                                std::size_t size, std::size_t piece) {
  std::vector<std::uint64_t> result;
  FramingState state;
  std::vector<std::uint8_t> unit;
  std::uint64_t skip = 0;
  bool message_ends = false;
  std::size_t at = 0;
  std::size_t seen = 0;
  while (at < size) {
    if (seen <= at) seen = std::min(size, at + piece);
    if (skip > 0) {
      const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(skip, seen - at));
      at += n;
      skip -= n;
    } else {
      const std::size_t old = unit.size();
      unit.insert(unit.end(), data + at, data + seen);
      const Step s = frame(spec, state, {from_client, 0}, {unit.data(), unit.size()});
      require(s.used <= unit.size());
      if (s.kind == Step::Kind::bad) break;
      if (s.kind == Step::Kind::more) {
        require(unit.size() < kMaxUnit);
        at = seen;
        continue;
      }
      require(s.used > old);
      if (s.skip == kForever) break;
      at += s.used - old;
      skip = s.skip;
      message_ends = s.kind == Step::Kind::end;
      unit.clear();
    }
    if (skip == 0 && message_ends) {
      result.push_back(at);
      message_ends = false;
    }
  }
  return result;
}

void fuzz_framing(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return;
  config::FramingSpec spec;
  spec.kind = static_cast<config::FramingKind>(data[0] % 13);
  spec.offset = data[1] % 4;
  spec.width = data[1] / 4 % 5;
  spec.little_endian = (data[1] & 0x20U) != 0;
  spec.varint = (data[1] & 0x40U) != 0;
  spec.adjust = spec.width == 0 ? 3 : data[1] % 5;
  const bool from_client = (data[1] & 0x80U) != 0;
  if (spec.kind <= config::FramingKind::turn) return;
  require(ends(spec, from_client, data + 2, size - 2, size) == ends(spec, from_client, data + 2, size - 2, 1));
}

void fuzz_engine(const std::uint8_t* data, std::size_t size) {
  Options options;
  options.max_open = 16;
  options.max_open_per_flow = 6;
  options.max_held = 2000;
  Scene s(shipped(), options);
  const std::uint16_t ports[] = {80, 25, 5432, 6379};
  std::vector<Flow> flows;
  for (flow::FlowId id = 0; id < 4; ++id) {
    flows.emplace_back(s, id, decode::Transport::tcp, ports[id],
                       id % 2 == 0 ? flow::ClientBy::syn : flow::ClientBy::port);
  }
  Flow datagrams(s, 4, decode::Transport::udp, 53, flow::ClientBy::first);
  flows.push_back(datagrams);
  base::Micros at = 0;
  for (std::size_t i = 0; i + 2 < size;) {
    const std::uint8_t what = data[i];
    Flow& f = flows[what % 5];
    const auto side = static_cast<flow::Side>(data[i + 1] % 2);
    const std::size_t n = std::min<std::size_t>(data[i + 1] / 2, size - i - 2);
    const std::string_view bytes(reinterpret_cast<const char*>(data + i + 2), n);
    at += 1000 * data[i + 1];
    i += 2;
    switch (what / 5) {
      case 0:
        f.end(at, static_cast<flow::EndReason>(n % 4));
        break;
      case 1:
        f.fin(side, at);
        break;
      case 2:
        f.rst(side, at);
        break;
      case 3:
        f.lost(side, at, static_cast<std::uint32_t>(n + 1));
        break;
      case 4:
        f.cut(side, at, bytes, n / 2), i += n;
        break;
      case 5:
        f.handshake(at, at, at);
        break;
      case 6:
        f.unreachable(side, at, bytes), i += n;
        break;
      default:
        f.send(side, at, bytes), i += n;
        break;
    }
  }
  for (Flow& f : flows) f.end(at, flow::EndReason::capture);
  s.finish(at);
  require(s.packets.size() == s.sent);
  require(s.engine.counters().open_requests == 0 && s.engine.counters().held_bytes == 0);
}

}  // namespace
}  // namespace pastmon::signature::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  if (data[0] % 2 == 0) {
    pastmon::signature::test::fuzz_framing(data + 1, size - 1);
  } else {
    pastmon::signature::test::fuzz_engine(data + 1, size - 1);
  }
  return 0;
}
