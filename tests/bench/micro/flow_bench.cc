// SPDX-License-Identifier: MIT
// What tracking one packet costs: established TCP in order, requests and answers in turn over few and many flows, and
// datagrams. Time a packet is 1 / items_per_second.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "flow/packets.h"

namespace pastmon::flow {
namespace {

using test::End;

std::vector<test::Connection> connections(std::int64_t count) {
  std::vector<test::Connection> all;
  for (std::int64_t i = 0; i < count; ++i) {
    test::Connection c(static_cast<std::uint16_t>(1024 + i % 60'000), 80);
    c.client.tuple.source = c.server.tuple.destination = test::address(0x0a000000U + static_cast<std::uint32_t>(i / 7));
    all.push_back(c);
  }
  return all;
}

void run(benchmark::State& state, Tracker& tracker, std::vector<decode::Packet>& packets, std::uint32_t sequence_step) {
  Events events;
  for (auto _ : state) {
    for (std::size_t at = 0; at < packets.size(); at += 32) {
      const std::span batch(packets.data() + at, std::min<std::size_t>(32, packets.size() - at));
      tracker.process(batch, events);
      benchmark::DoNotOptimize(events.events.data());
      for (decode::Packet& p : batch) {  // the next pass goes on where this one ends
        p.time += 1'000'000;
        p.tcp.sequence += sequence_step;
        p.tcp.acknowledgement += sequence_step;
      }
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(packets.size()));
}

// Each flow: 100 bytes of request, 100 bytes of answer, and an ACK for each.
void TcpInTurn(benchmark::State& state) {
  static const std::string text(100, 'x');
  Tracker tracker{Options{}};
  Events events;
  std::vector<decode::Packet> packets[4];
  for (const test::Connection& c : connections(state.range(0))) {
    const std::vector<decode::Packet> handshake = {c.client.syn(0), c.server.syn_ack(10), c.client.ack(20, 0, 0)};
    tracker.process(handshake, events);
    packets[0].push_back(c.client.data(100, 0, 0, text));
    packets[1].push_back(c.server.ack(200, 0, 100));
    packets[2].push_back(c.server.data(300, 0, 100, text));
    packets[3].push_back(c.client.ack(400, 100, 100));
  }
  std::vector<decode::Packet> all;
  for (const auto& turn : packets) all.insert(all.end(), turn.begin(), turn.end());
  run(state, tracker, all, 100);
}
BENCHMARK(TcpInTurn)->Arg(1)->Arg(8)->Arg(1'000)->Arg(100'000)->Arg(500'000);

// One direction of data in order, an ACK for every second segment.
void TcpBulk(benchmark::State& state) {
  static const std::string text(1448, 'x');
  Tracker tracker{Options{}};
  Events events;
  std::vector<decode::Packet> all;
  const auto flows = connections(state.range(0));
  for (const test::Connection& c : flows) {
    const std::vector<decode::Packet> handshake = {c.client.syn(0), c.server.syn_ack(10), c.client.ack(20, 0, 0)};
    tracker.process(handshake, events);
  }
  for (int i = 0; i < 12; i += 2) {
    for (const test::Connection& c : flows) {
      all.push_back(c.server.data(100 + i, 1448 * i, 0, text));
      all.push_back(c.server.data(101 + i, 1448 * (i + 1), 0, text));
      all.push_back(c.client.ack(102 + i, 0, 1448 * (i + 2)));
    }
  }
  Events out;
  for (auto _ : state) {
    for (std::size_t at = 0; at < all.size(); at += 32) {
      const std::span batch(all.data() + at, std::min<std::size_t>(32, all.size() - at));
      tracker.process(batch, out);
      benchmark::DoNotOptimize(out.events.data());
      for (decode::Packet& p : batch) {
        p.time += 1'000;
        (p.payload_length > 0 ? p.tcp.sequence : p.tcp.acknowledgement) += 12 * 1448;
      }
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(all.size()));
}
BENCHMARK(TcpBulk)->Arg(1)->Arg(100);

void Datagrams(benchmark::State& state) {
  Tracker tracker{Options{}};
  std::vector<decode::Packet> all;
  for (const test::Connection& c : connections(state.range(0))) {
    decode::FiveTuple t = c.client.tuple;
    t.protocol = 17;
    all.push_back(test::packet(0, decode::Transport::udp, t, "question"));
    all.push_back(test::packet(10, decode::Transport::udp, test::reversed(t), "answer"));
  }
  run(state, tracker, all, 0);
}
BENCHMARK(Datagrams)->Arg(8)->Arg(100'000);

}  // namespace
}  // namespace pastmon::flow
