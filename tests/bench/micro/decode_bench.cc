// SPDX-License-Identifier: MIT
// Cost of decoding one packet, all in the first level cache: the part of a packet's cost that is ours alone.
#include <benchmark/benchmark.h>

#include "decode/packet_builder.h"

namespace pastmon::decode::testing {
namespace {

void decode_frames(benchmark::State& state, const Octets& bytes, capture::LinkType link = capture::LinkType::ethernet) {
  // 32 copies at different addresses, as in a batch.
  std::vector<Octets> copies(std::size_t{32}, bytes);
  std::vector<capture::Frame> frames;
  for (const Octets& copy : copies) {
    capture::Frame f;
    f.data = copy.data();
    f.captured = f.length = static_cast<std::uint32_t>(copy.size());
    f.link = link;
    frames.push_back(f);
  }
  std::vector<Packet> packets(std::size_t{32});
  Decoder decoder;
  for (auto _ : state) {
    for (std::size_t i = 0; i < frames.size(); ++i) benchmark::DoNotOptimize(decoder.decode(frames[i], packets[i]));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(frames.size()));
  if (decoder.counters().undecodable != 0) state.SkipWithError("the packet does not decode");
}

const Octets kTimestamp = be(0x0101080a, 4) + zeros(8);
const Octets kSynOptions = be(0x020405b4, 4) + be(0x0402080a, 4) + zeros(8) + be(0x01030307, 4);

void Ipv4Tcp(benchmark::State& state) {
  decode_frames(state, ethernet(0x0800) + ipv4({}, tcp({.options = kTimestamp}, "0123456789")));
}
void Ipv4TcpSyn(benchmark::State& state) {
  decode_frames(state, ethernet(0x0800) + ipv4({}, tcp({.flags = tcp_flag::syn, .options = kSynOptions})));
}
void Ipv4Udp(benchmark::State& state) {
  decode_frames(state, ethernet(0x0800) + ipv4({.protocol = kUdp}, udp(53, 4000, "0123456789")));
}
void Ipv6Tcp(benchmark::State& state) {
  decode_frames(state, ethernet(0x86dd) + ipv6({}, tcp({.options = kTimestamp}, "0123456789")));
}
void QinqIpv4Tcp(benchmark::State& state) {
  decode_frames(state, ethernet(0x88a8) + vlan(1, 0x8100) + vlan(2, 0x0800) + ipv4({}, tcp({.options = kTimestamp})));
}
void CookedIpv4Tcp(benchmark::State& state) {
  decode_frames(state, be(0x0800, 2) + zeros(18) + ipv4({}, tcp({.options = kTimestamp})),
                capture::LinkType::linux_cooked_2);
}
void IcmpUnreachable(benchmark::State& state) {
  decode_frames(state, ethernet(0x0800) + ipv4({.protocol = kIcmp}, icmp(3, 1, 0, ipv4({}, tcp({})))));
}
void Hash(benchmark::State& state) {
  FiveTuple tuple{base::Address::v4(kV4A.data()), base::Address::v4(kV4B.data()), 1000, 80, kTcp};
  for (auto _ : state) {
    benchmark::DoNotOptimize(tuple);
    benchmark::DoNotOptimize(symmetric_hash(tuple));
  }
}

BENCHMARK(Ipv4Tcp);
BENCHMARK(Ipv4TcpSyn);
BENCHMARK(Ipv4Udp);
BENCHMARK(Ipv6Tcp);
BENCHMARK(QinqIpv4Tcp);
BENCHMARK(CookedIpv4Tcp);
BENCHMARK(IcmpUnreachable);
BENCHMARK(Hash);

}  // namespace
}  // namespace pastmon::decode::testing
