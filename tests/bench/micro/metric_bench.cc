// SPDX-License-Identifier: MIT
// What metric costs a sample, a record and a row.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <ctime>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "pastmon/metric/bucket.h"
#include "pastmon/metric/fold.h"

namespace pastmon::metric {
namespace {

/// Response times as they are: log-normal, spread over about 200 bins.
std::vector<std::int64_t> samples(std::size_t count, double spread) {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> draw(8.0, spread);
  std::vector<std::int64_t> values(count);
  for (auto& value : values) value = static_cast<std::int64_t>(draw(random));
  return values;
}

void BinOfValue(benchmark::State& state) {
  const auto values = samples(4096, 2.0);
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(Sketch::bin(values[i++ & 4095U]));
}
BENCHMARK(BinOfValue);

/// Argument: tenths of the standard deviation of the logarithm.
void SketchAdd(benchmark::State& state) {
  const auto values = samples(65536, static_cast<double>(state.range(0)) / 10);
  Sketch sketch;
  std::size_t i = 0;
  for (auto _ : state) sketch.add(values[i++ & 65535U]);
  state.counters["bins"] = static_cast<double>(sketch.bins().size());
}
BENCHMARK(SketchAdd)->Arg(0)->Arg(1)->Arg(5)->Arg(10)->Arg(20);

void SketchMerge(benchmark::State& state) {
  Sketch part, sum;
  for (const auto value : samples(5000, 1.0)) part.add(value);
  for (auto _ : state) sum.merge(part);
}
BENCHMARK(SketchMerge);

/// Batches of 32 packets of so many conversations, in no order: data segments, every other one acknowledges something.
/// Facts and endpoints stand in the order of the packets: what comes before metric has just touched them.
struct Packets {
  explicit Packets(std::uint32_t conversations, std::size_t count = 131'072) : endpoints(count), facts(count) {
    std::mt19937 random(2);
    const auto times = samples(count, 1.0);
    for (std::size_t i = 0; i < count; ++i) {
      const auto id = static_cast<std::uint32_t>(count == conversations ? i : random() % conversations);
      const std::uint8_t client[4] = {10, static_cast<std::uint8_t>(id >> 16U), static_cast<std::uint8_t>(id >> 8U),
                                      static_cast<std::uint8_t>(id)};
      const std::uint8_t server[4] = {192, 0, 2, 1};
      endpoints[i] = {base::Address::v4(client), base::Address::v4(server), 443};
      facts[i].time = 1'700'000'100'000'000;
      facts[i].wire_bytes = 1'514;
      facts[i].new_payload = facts[i].segment_size = 1'460;
      facts[i].window = 65'535;
      facts[i].ack_rtt = i % 2 == 0 ? times[i] : base::kNone;
      if (i % 32 == 0) batches.emplace_back();
      batches.back().packets.push_back({id, 1, &endpoints[i], &facts[i], random() % 2 == 0});
    }
  }
  std::vector<signature::Endpoints> endpoints;
  std::vector<flow::PacketFacts> facts;
  std::vector<signature::Records> batches;
};

void AddPackets(benchmark::State& state) {
  const Packets packets(static_cast<std::uint32_t>(state.range(0)));
  BucketSet set({}, [](signature::NameId) { return "TLS DATA"; });
  for (const auto& batch : packets.batches) set.add(batch);
  std::size_t i = 0;
  for (auto _ : state) set.add(packets.batches[i++ & 4095U]);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * 32);
}
BENCHMARK(AddPackets)->Arg(1)->Arg(100)->Arg(10'000)->Arg(1'000'000);

void AddTransactions(benchmark::State& state) {
  const auto times = samples(32, 1.0);
  const signature::Endpoints endpoints;
  signature::Records records;
  for (const auto time : times) {
    signature::Transaction t;
    t.endpoints = &endpoints;
    t.request_begin = t.request_end = t.server_from = 1'700'000'100'000'000;
    t.response_begin = t.request_end + time;
    t.at = t.response_end = t.response_begin + time / 8;
    t.server_rtt = t.client_rtt = 300;
    t.request_bytes = 100;
    t.response_bytes = 1'000;
    records.transactions.push_back(t);
  }
  BucketSet set({}, [](signature::NameId) { return "HTTP GET"; });
  for (auto _ : state) set.add(records);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * 32);
}
BENCHMARK(AddTransactions);

/// A flood: every packet makes a row. Rows of a closed bucket, too.
void OpenAndCloseRows(benchmark::State& state) {
  const Packets packets(131'072);
  for (auto _ : state) {
    BucketSet set({}, [](signature::NameId) { return "TCP SYNACK"; });
    for (const auto& batch : packets.batches) set.add(batch);
    set.close_all();
    benchmark::DoNotOptimize(set.take_closed());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * 131'072);
}
BENCHMARK(OpenAndCloseRows)->Unit(benchmark::kMillisecond);

/// What happens to a bucket of a million rows, one in 32 of them with an answer, in three steps: the pipeline's part
/// of closing it, rows made of it, folded to 20,000 (both in a thread of their own). Argument: a scan of one server, or
/// of as many servers.
void CloseAMillionRows(benchmark::State& state) {
  const std::size_t rows = 1'000'000;
  const Packets packets(static_cast<std::uint32_t>(rows), rows);
  std::vector<signature::Records> batches = packets.batches;
  std::vector<signature::Endpoints> endpoints = packets.endpoints;
  std::size_t next = 0;
  for (auto& batch : batches) {
    for (auto& packet : batch.packets) {
      if (state.range(0) != 0) std::swap(endpoints[next].client, endpoints[next].server);
      packet.endpoints = &endpoints[next++];
    }
    batch.transactions.resize(1);
    batch.transactions[0].endpoints = batch.packets[0].endpoints;
    batch.transactions[0].name = 1;
    batch.transactions[0].at = 1'700'000'100'000'000;
  }
  // Processor time: on a busy machine the clock on the wall says little.
  const auto ms = [](std::clock_t from, std::clock_t to) {
    return 1e3 * static_cast<double>(to - from) / CLOCKS_PER_SEC;
  };
  for (auto _ : state) {
    BucketSet set({.max_rows = 2 * rows}, [](signature::NameId) { return "TCP SYNACK"; });
    for (const auto& batch : batches) set.add(batch);
    const auto begun = std::clock();
    set.close_all();
    std::vector<ClosedBucket> closed = set.hand_over();
    const auto handed = std::clock();
    Bucket bucket = std::move(closed[0]).rows();
    const auto made = std::clock();
    const Folded folded = fold(bucket, 20'000);
    const auto done = std::clock();
    state.SetIterationTime(ms(begun, done) / 1e3);
    state.counters["folded"] = static_cast<double>(folded.rows);
    state.counters["close_ms"] = ms(begun, handed);
    state.counters["rows_ms"] = ms(handed, made);
    state.counters["fold_ms"] = ms(made, done);
  }
}
BENCHMARK(CloseAMillionRows)->Arg(0)->Arg(1)->UseManualTime()->Iterations(3)->Unit(benchmark::kMillisecond);

Aggregate busy_row(std::size_t count) {
  Aggregate values;
  const auto times = samples(count, 1.0);
  for (const auto d : {Distribution::response_time, Distribution::server_time, Distribution::request_time,
                       Distribution::transfer_time, Distribution::transaction_time, Distribution::ack_rtt_client}) {
    for (const auto time : times) values[d].add(time);
  }
  values[Size::request_bytes].add(100);
  return values;
}

void EncodeRow(benchmark::State& state) {
  const Aggregate values = busy_row(static_cast<std::size_t>(state.range(0)));
  std::size_t bytes = 0;
  for (auto _ : state) bytes = values.encode_detail().size();
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(EncodeRow)->Arg(1)->Arg(10)->Arg(1000);

void DecodeRow(benchmark::State& state) {
  const std::string detail = busy_row(static_cast<std::size_t>(state.range(0))).encode_detail();
  for (auto _ : state) {
    Aggregate values;
    if (!values.merge_detail(detail)) state.SkipWithError("refused");
    benchmark::DoNotOptimize(values);
  }
}
BENCHMARK(DecodeRow)->Arg(1)->Arg(10)->Arg(1000);

}  // namespace
}  // namespace pastmon::metric
