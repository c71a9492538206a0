// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "capture/capture_files.h"

namespace pastmon::capture::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kTime = 1'700'000'000'123'456;

TEST(Pcapng, GivesTimeLinkAndBytes) {
  const Result r = read_content(section() + interface_block(101) + packet_block(0, kTime, "abcde"));
  ASSERT_EQ(r.frames.size(), 1U);
  EXPECT_EQ(r.frames[0].time, static_cast<base::Micros>(kTime));
  EXPECT_EQ(r.frames[0].link, LinkType::raw_ip);
  EXPECT_EQ(r.bytes[0], "abcde");
  EXPECT_EQ(r.last, State::end);
}

TEST(Pcapng, EveryPacketOfALargeFileComesOnceAndWhole) {
  std::string content = section() + interface_block(1) + interface_block(1);
  std::vector<std::string> sent;
  for (std::uint32_t i = 0; i < 3000; ++i) {
    sent.emplace_back(i % 300 == 0 ? 65'000 : i % 1500, static_cast<char>(i));
    content += packet_block(i % 2, kTime + i, sent.back());
  }
  const Result r = read_content(content);
  EXPECT_EQ(r.bytes, sent);
  EXPECT_EQ(r.counters.received, sent.size());
}

TEST(Pcapng, FilteredPacketsAreCounted) {
  std::string content = section() + interface_block(1);
  for (std::uint16_t i = 0; i < 100; ++i) content += packet_block(0, kTime, udp_frame(i % 2 == 0 ? 53 : 80));
  const Result r = read_content(content, "port 53");
  EXPECT_EQ(r.frames.size(), 50U);
  EXPECT_EQ(r.counters.filtered, 50U);
}

TEST(Pcapng, MixedLinkTypesAreOneClearLine) {
  const Result r = read_content(section() + interface_block(1) + packet_block(0, kTime, "abc") + interface_block(101) +
                                packet_block(1, kTime, "def"));
  EXPECT_EQ(r.bytes, std::vector<std::string>{"abc"});
  EXPECT_EQ(r.last, State::failed);
  EXPECT_THAT(r.error, HasSubstr("interfaces differ in link type"));
  EXPECT_EQ(r.error.find('\n'), std::string::npos);
}

TEST(Pcapng, TruncationGivesFramesFirstAndThenItsByte) {
  const std::string whole = section() + interface_block(1) + packet_block(0, kTime, "abc");
  const Result r = read_content(whole + packet_block(0, kTime, "defg").substr(0, 30));
  EXPECT_EQ(r.bytes, std::vector<std::string>{"abc"});
  EXPECT_EQ(r.last, State::failed);
  EXPECT_THAT(r.error, HasSubstr(": damaged or truncated at byte " + std::to_string(whole.size() + 30) + ": "));
  EXPECT_THAT(r.error, HasSubstr("truncated"));
}

TEST(Pcapng, AbsurdTimeIsTheYear9999) {
  const Result r = read_content(section() + interface_block(1) + packet_block(0, ~std::uint64_t{0} >> 1U, "abc"));
  ASSERT_EQ(r.frames.size(), 1U);
  EXPECT_EQ(r.frames[0].time / base::kSecond, 253'402'300'799);
}

TEST(Pcapng, NonsenseBehindTheMagicIsRefusedAtOpening) {
  EXPECT_THAT(open_error(number(0x0a0d0d0a, 4) + std::string(60, 'x')), HasSubstr(": not a capture file"));
}

TEST(ModifiedPcap, IsReadByLibpcap) {
  const Classic c{};
  std::string content = c.header();
  content.replace(0, 4, number(0xa1b2cd34, 4));
  content += number(5, 4) + number(6, 4) + number(3, 4) + number(3, 4) + number(0, 8) + "abc";
  const Result r = read_content(content);
  ASSERT_EQ(r.bytes, std::vector<std::string>{"abc"}) << r.error;
  EXPECT_EQ(r.frames[0].time, 5'000'006);
}

}  // namespace
}  // namespace pastmon::capture::testing
