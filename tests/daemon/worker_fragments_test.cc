// SPDX-License-Identifier: MIT
// Datagrams in fragments from frames to rows.
//
// Which time has a response that came in fragments? Wireshark shows the whole datagram at its last fragment. Here the
// definition holds (metrics.md): response_time ends with the first sighting of the response's first byte, which is the
// first fragment; transfer_time is the distance from there to the last one. A server that needs long to send the rest
// has answered early and transfers slowly.
#include <gtest/gtest.h>

#include <map>

#include "decode/fragments.h"
#include "pastmon/daemon/worker.h"

namespace pastmon::daemon {
namespace {

using namespace decode::testing;
using metric::Counter;
using metric::Distribution;

const Octets kQuestion = ipv4({.protocol = kUdp, .swapped = true}, udp(40000, 53, "question"));
const Octets kAnswer = udp(53, 40000, std::string(2000, 'a'));
constexpr Cut kFirst{0, 1480}, kRest{1480, 2008};

class WorkerFragments : public ::testing::Test {
 protected:
  void send(base::Micros at, const Octets& bytes) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    const capture::Frame frame{kStart + at, bytes.data(), size, size, capture::LinkType::raw_ip, 0};
    worker_.process(std::span(&frame, 1));
  }
  /// The rows at the end, by name.
  std::map<std::string, const metric::Row*> rows() {
    worker_.finish();
    buckets_ = worker_.take_closed();
    std::map<std::string, const metric::Row*> found;
    for (const metric::Bucket& bucket : buckets_) {
      for (const metric::Row& row : bucket.rows) found[row.signature] = &row;
    }
    return found;
  }

  Worker worker_{WorkerOptions{}, *signature::SignatureSet::compile({})};
  std::vector<metric::Bucket> buckets_;
};

TEST_F(WorkerFragments, TheFirstFragmentIsTheResponsesFirstByte) {
  send(0, kQuestion);
  send(700, fragment_v4(kAnswer, kFirst));
  send(1'000, fragment_v4(kAnswer, kRest));
  const auto found = rows();
  ASSERT_EQ(found.size(), 1U);
  const metric::Aggregate& values = found.at("UDP OTHER")->values;
  EXPECT_EQ(values[Counter::transactions], 1);
  EXPECT_EQ(values[Counter::answered], 1);
  EXPECT_EQ(values[Distribution::response_time].summary.sum, 700);
  EXPECT_EQ(values[Distribution::transfer_time].summary.sum, 300);
  EXPECT_EQ(values[Distribution::transaction_time].summary.sum, 1'000);
  EXPECT_EQ(values[metric::Size::response_bytes].sum, 2000);
  EXPECT_EQ(values[Counter::packets_server], 2);
  EXPECT_EQ(values[Counter::bytes_server], 2008 + 40);
  EXPECT_EQ(values[Counter::payload_server], 2000);
}

TEST_F(WorkerFragments, TheFirstFragmentAnswersEvenIfTheRestIsLost) {
  send(0, kQuestion);
  send(700, fragment_v4(kAnswer, kFirst));
  send(11 * base::kSecond, kQuestion);
  const auto found = rows();
  const metric::Aggregate& values = found.at("UDP OTHER")->values;
  EXPECT_EQ(values[Counter::answered], 1);
  EXPECT_EQ(values[Distribution::response_time].summary.sum, 700);
  EXPECT_EQ(values[Counter::packets_server], 1);
  EXPECT_EQ(worker_.counters().fragments.incomplete, 1U);
}

TEST_F(WorkerFragments, WithoutItsFirstFragmentADatagramIsIpOther) {
  send(0, kQuestion);
  send(700, fragment_v4(kAnswer, kRest));
  const auto found = rows();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found.at("UDP OTHER")->values[Counter::transactions], 0);
  const metric::Aggregate& other = found.at("IP OTHER")->values;
  EXPECT_EQ(other[Counter::packets_client] + other[Counter::packets_server], 1);
}

TEST_F(WorkerFragments, AnIdleLineGivesThemOutToo) {
  send(0, fragment_v4(kAnswer, kFirst));
  worker_.idle(kStart + 5 * base::kSecond);
  EXPECT_EQ(worker_.counters().flow.flows, 0U);
  worker_.idle(kStart + 20 * base::kSecond);
  EXPECT_EQ(worker_.counters().flow.flows, 1U);
}

TEST_F(WorkerFragments, PacketsAroundThemKeepTheirOrder) {
  const Octets first = fragment_v4(kAnswer, kFirst), rest = fragment_v4(kAnswer, kRest);
  std::vector<capture::Frame> frames;
  for (int i = 0; i < 100; ++i) {
    const auto frame = [&](const Octets& o, int at) {
      const auto size = static_cast<std::uint32_t>(o.size());
      frames.push_back({kStart + i * 100'000 + at, o.data(), size, size, capture::LinkType::raw_ip, 0});
    };
    frame(kQuestion, 0);
    frame(first, 500);
    frame(rest, 600);
  }
  worker_.process(frames);
  const auto found = rows();
  const metric::Aggregate& values = found.at("UDP OTHER")->values;
  EXPECT_EQ(values[Counter::answered], 100);
  EXPECT_EQ(values[Distribution::response_time].summary.sum, 100 * 500);
  EXPECT_EQ(values[Counter::packets_client] + values[Counter::packets_server], 300);
  EXPECT_EQ(worker_.counters().flow.clock_steps, 0U);
}

}  // namespace
}  // namespace pastmon::daemon
