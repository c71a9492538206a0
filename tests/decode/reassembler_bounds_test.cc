// SPDX-License-Identifier: MIT
// reassembler.cc: datagrams that stay incomplete, contradict themselves, or are too many.
#include <gtest/gtest.h>

#include <random>

#include "decode/fragments.h"

namespace pastmon::decode::testing {
namespace {

const std::string kAnswer = "0123456789abcdefghijklmnopqrstuvwxyzABCD";
const Octets kPayload = udp(53, 4000, kAnswer);  // 48 bytes

const FragmentCounters& counters(const Line& line) { return line.reassembler.counters(); }

TEST(ReassemblerBounds, TheRestDoesNotCome) {
  Line line({.timeout = 10 * base::kSecond});
  line(0, fragment_v4(kPayload, {0, 24}));
  line(5, fragment_v4(kPayload, {24, 32}));
  EXPECT_EQ(line.reassembler.due(), kStart + 10 * base::kSecond);
  EXPECT_TRUE(line.expire(10 * base::kSecond - 1).empty());
  const auto out = line.expire(10 * base::kSecond);
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].packet.transport, Transport::udp) << "the first fragment has the ports, and may say enough";
  EXPECT_EQ(out[0].packet.tuple.source_port, 53);
  EXPECT_EQ(out[0].payload, kAnswer.substr(0, 16));
  EXPECT_EQ(out[0].packet.payload_length, 16U) << "the payload ends with the fragment";
  EXPECT_EQ(out[0].packet.time, kStart);
  EXPECT_TRUE(out[0].packet.held);
  EXPECT_FALSE(out[0].packet.part);
  EXPECT_EQ(out[1].packet.transport, Transport::fragment);
  EXPECT_EQ(out[1].packet.time, kStart + 5);
  EXPECT_EQ(counters(line).incomplete, 1U);
  EXPECT_EQ(counters(line).held_bytes, 0U);
  EXPECT_EQ(line.reassembler.due(), std::numeric_limits<base::Micros>::max());
}

TEST(ReassemblerBounds, TheCaptureEndsBeforeTheRest) {
  Line line;
  line(0, fragment_v4(kPayload, {24, 48}));
  const auto out = line.finish();
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].packet.transport, Transport::fragment);
  EXPECT_EQ(counters(line).incomplete, 1U);
}

TEST(ReassemblerBounds, AnOldFragmentDoesNotMeetANewOne) {
  Line line;
  line(0, fragment_v4(kPayload, {0, 24}));
  const auto out = line(11 * base::kSecond, fragment_v4(kPayload, {24, 48}));
  ASSERT_EQ(out.size(), 1U) << "the first one alone: identifications are used again";
  EXPECT_EQ(out[0].packet.time, kStart);
}

TEST(ReassemblerBounds, AClockThatWasSetBackEndsTheWait) {
  Line line;
  line(60 * base::kSecond, fragment_v4(kPayload, {0, 24}));
  EXPECT_EQ(line(0, fragment_v6(kPayload, {0, 24})).size(), 1U);
}

TEST(ReassemblerBounds, OverlappingIpv4KeepsWhatCameFirst) {
  Octets other = kPayload;
  std::fill(other.begin(), other.end(), std::uint8_t{'!'});
  Line line;
  line(0, fragment_v4(kPayload, {16, 32}));
  line(1, fragment_v4(other, {8, 40}));  // new: 8-16 and 32-40
  line(2, fragment_v4(kPayload, {0, 16}));
  const auto out = line(3, fragment_v4(kPayload, {32, 48}));
  ASSERT_EQ(out.size(), 4U);
  EXPECT_EQ(out[0].payload, "!!!!!!!!" + kAnswer.substr(8, 16) + "!!!!!!!!" + kAnswer.substr(32));
  EXPECT_EQ(counters(line).overlaps, 3U);
  EXPECT_EQ(counters(line).refused, 0U);
}

TEST(ReassemblerBounds, OverlappingIpv6IsDiscardedWithAllThatBelongsToIt) {
  Line line;
  line(0, fragment_v6(kPayload, {0, 24}));
  const auto out = line(1, fragment_v6(kPayload, {16, 40}));
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].packet.transport, Transport::fragment) << "not even the first one is looked at";
  EXPECT_EQ(out[1].packet.transport, Transport::fragment);
  EXPECT_EQ(line(2, fragment_v6(kPayload, {24, 48})).size(), 1U) << "those that come later neither";
  EXPECT_EQ(line(3, fragment_v6(kPayload, {0, 24})).size(), 1U);
  EXPECT_EQ(counters(line).refused, 1U);
  EXPECT_TRUE(line.finish().empty());
  EXPECT_EQ(counters(line).incomplete, 0U);
  EXPECT_EQ(counters(line).held_bytes, 0U);
}

TEST(ReassemblerBounds, ContradictionsAreRefused) {
  const Octets shorter = part_of(kPayload, {0, 40});
  Line two_ends;
  two_ends(0, fragment_v4(kPayload, {24, 48}));
  EXPECT_EQ(two_ends(1, fragment_v4(shorter, {24, 40})).size(), 2U);
  Line beyond;
  beyond(0, fragment_v4(shorter, {24, 40}));
  EXPECT_EQ(beyond(1, fragment_v4(kPayload + zeros(16), {40, 48})).size(), 2U);
  Line end_inside;
  end_inside(0, fragment_v4(kPayload + zeros(16), {24, 48}));
  EXPECT_EQ(end_inside(1, fragment_v4(shorter, {24, 40})).size(), 2U);
  for (const Line* line : {&two_ends, &beyond, &end_inside}) EXPECT_EQ(counters(*line).refused, 1U);
}

TEST(ReassemblerBounds, FragmentsThatCannotBePartOfAnythingGoOnAtOnce) {
  Line line;
  EXPECT_EQ(line(0, fragment_v4(kPayload, {0, 21})).size(), 1U) << "not a multiple of 8";
  EXPECT_EQ(line(0, ipv4({.protocol = kUdp, .fragment = 0x1fff}, zeros(1480))).size(), 1U) << "ends behind 65,535";
  EXPECT_EQ(line(0, ipv4({.protocol = kUdp, .fragment = 0x2005}, {})).size(), 1U) << "empty";
  EXPECT_EQ(counters(line).refused, 3U);
  EXPECT_TRUE(line.finish().empty());
}

TEST(ReassemblerBounds, TooManyFragmentsAreRefused) {
  const Octets payload = udp(1, 2, std::string(8 * kMaxFragments, 'x'));  // one more than may be
  Line line;
  std::size_t out = 0;
  for (std::size_t at = 0; at < payload.size(); at += 8) out += line(0, fragment_v4(payload, {at, at + 8})).size();
  EXPECT_EQ(out, kMaxFragments + 1);
  EXPECT_EQ(counters(line).refused, 1U);
  EXPECT_EQ(counters(line).reassembled, 0U);
}

TEST(ReassemblerBounds, AFloodEvictsTheOldest) {
  Line line({.max_bytes = 64U << 10U});
  std::size_t given = 0;
  for (std::uint32_t id = 0; id < 10'000; ++id) {
    const auto out = line(id, fragment_v6(kPayload, {0, 24}, kUdp, id));
    for (const Given& g : out) EXPECT_EQ(g.packet.time, kStart + static_cast<base::Micros>(given++));
    EXPECT_LE(counters(line).held_bytes, 64U << 10U);
  }
  EXPECT_GT(counters(line).evicted, 9'000U);
  EXPECT_EQ(counters(line).evicted, given);
  EXPECT_EQ(given + line.finish().size(), 10'000U);
}

TEST(ReassemblerBounds, EveryFrameIsCountedOnceWhateverComes) {
  std::mt19937 random(20260101);
  for (int round = 0; round < 300; ++round) {
    Line line({.max_bytes = 4096U << random() % 4, .timeout = 500});
    std::uint64_t frames = 0, given = 0;
    const auto look = [&](const std::vector<Given>& out) {
      given += out.size();
      for (const Given& g : out) {
        EXPECT_LE(g.packet.payload_captured, g.packet.payload_length);
        EXPECT_GE(g.packet.spread, 0);
        for (const char c : g.payload) EXPECT_NE(c, static_cast<char>(0xee));
      }
    };
    const Octets tunnel = fragment_v4(kPayload, {0, 24}) + zeros(4);
    for (int i = 0; i < 60; ++i) {
      const Octets& payload = random() % 3 == 0 ? tunnel : kPayload;
      const std::size_t from = random() % 6 * 8;
      const Cut cut{from, std::min(payload.size(), from + random() % 4 * 8 + random() % 2)};
      const std::uint8_t protocol = random() % 4 == 0 ? 4 : kUdp;
      const Octets frame = random() % 2 == 0
                               ? fragment_v4(payload, cut, protocol, random() % 2 == 0)
                               : fragment_v6(payload, cut, protocol, static_cast<std::uint32_t>(random() % 3));
      const int captured = random() % 8 == 0 ? static_cast<int>(frame.size() - random() % 8) : -1;
      look(line(i * 20 - (random() % 16 == 0 ? 400 : 0), frame, captured));
      ++frames;
    }
    look(line.finish());
    const Counters& c = line.decoder.counters();
    EXPECT_EQ(given + c.not_ip + c.undecodable, frames);
    EXPECT_EQ(counters(line).held_bytes, 0U);
  }
}

}  // namespace
}  // namespace pastmon::decode::testing
