// SPDX-License-Identifier: MIT
// What tracking one packet costs: established TCP in order, requests and answers in turn over few and many flows, and
// datagrams. Time a packet is 1 / items_per_second.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "flow/packets.h"

namespace pastmon::flow {
namespace {

// As decode does: a batch is written into the same few packets again and again.
constexpr std::size_t kBatch = 32;

std::vector<test::Connection> connections(std::int64_t count) {
  std::vector<test::Connection> all;
  for (std::int64_t i = 0; i < count; ++i) {
    test::Connection c(static_cast<std::uint16_t>(1024 + i % 60'000), 80);
    c.client.tuple.source = c.server.tuple.destination = test::address(0x0a000000U + static_cast<std::uint32_t>(i / 7));
    all.push_back(c);
  }
  return all;
}

struct Endpoints {
  decode::FiveTuple tuple;
  std::uint32_t hash = 0;
};

void open(Tracker& tracker, const std::vector<test::Connection>& all) {
  Events events;
  for (const test::Connection& c : all) {
    const std::vector<decode::Packet> handshake = {c.client.syn(0), c.server.syn_ack(10), c.client.ack(20, 0, 0)};
    tracker.process(handshake, events);
  }
}

// Each flow: 100 bytes of request, an ACK, 100 bytes of answer, an ACK; all flows in turn.
void TcpInTurn(benchmark::State& state) {
  static const std::string text(100, 'x');
  Tracker tracker{Options{}};
  const auto flows = connections(state.range(0));
  open(tracker, flows);
  std::vector<Endpoints> ends;
  for (const test::Connection& c : flows) ends.push_back({c.client.tuple, symmetric_hash(c.client.tuple)});
  const test::Connection model;
  const decode::Packet turns[4] = {model.client.data(0, 0, 0, text), model.server.ack(0, 0, 100),
                                   model.server.data(0, 0, 100, text), model.client.ack(0, 100, 100)};
  std::vector<decode::Packet> batch(kBatch);
  Events events;
  base::Micros time = test::kStart + base::kSecond;
  std::uint32_t round = 0;
  for (auto _ : state) {
    for (int turn = 0; turn < 4; ++turn) {
      for (std::size_t at = 0; at < ends.size();) {
        const std::size_t n = std::min(kBatch, ends.size() - at);
        for (std::size_t i = 0; i < n; ++i, ++at) {
          decode::Packet& p = batch[i];
          const decode::Packet& model_packet = turns[turn];
          p.time = ++time;
          p.tuple = turn == 0 || turn == 3 ? ends[at].tuple : test::reversed(ends[at].tuple);
          p.hash = ends[at].hash;
          p.wire_bytes = model_packet.wire_bytes;
          p.transport = decode::Transport::tcp;
          p.payload = model_packet.payload;
          p.payload_length = p.payload_captured = model_packet.payload_length;
          p.tcp = model_packet.tcp;
          p.tcp.sequence += 100 * round;
          p.tcp.acknowledgement += 100 * round;
        }
        if (state.range(1) != 0) tracker.process({batch.data(), n}, events);
        benchmark::DoNotOptimize(batch.data());
        benchmark::DoNotOptimize(events.events.data());
      }
    }
    ++round;
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * 4);
}
// The second argument: 0 leaves the tracker out and shows what making the packets costs.
BENCHMARK(TcpInTurn)->ArgsProduct({{1, 8, 1'000, 100'000, 500'000}, {0, 1}});

// One direction of data in order, an ACK for every second segment.
void TcpBulk(benchmark::State& state) {
  static const std::string text(1448, 'x');
  Tracker tracker{Options{}};
  std::vector<decode::Packet> all;
  const auto flows = connections(state.range(0));
  open(tracker, flows);
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
  Events events;
  std::vector<decode::Packet> batch(kBatch);
  std::vector<Endpoints> ends;
  for (const test::Connection& c : connections(state.range(0))) {
    decode::FiveTuple t = c.client.tuple;
    t.protocol = 17;
    ends.push_back({t, symmetric_hash(t)});
  }
  base::Micros time = test::kStart;
  for (auto _ : state) {
    for (std::size_t at = 0; at < ends.size();) {
      const std::size_t n = std::min(kBatch, ends.size() - at);
      for (std::size_t i = 0; i < n; ++i, ++at) {
        batch[i].time = ++time;
        batch[i].tuple = ends[at].tuple;
        batch[i].hash = ends[at].hash;
        batch[i].transport = decode::Transport::udp;
      }
      tracker.process({batch.data(), n}, events);
      benchmark::DoNotOptimize(events.events.data());
    }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(Datagrams)->Arg(8)->Arg(100'000);

}  // namespace
}  // namespace pastmon::flow
