// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "capture/capture_files.h"

namespace pastmon::capture::testing {
namespace {

using ::testing::HasSubstr;

TEST(ClassicFile, ReadsBothByteOrdersAndResolutions) {
  for (const bool big : {false, true}) {
    for (const bool nanoseconds : {false, true}) {
      const Classic c{.big = big, .nanoseconds = nanoseconds};
      const Result r =
          read_content(c.header() + c.record(4'000'000'000, nanoseconds ? 123'456'789 : 123'456, "abc", 1500));
      ASSERT_EQ(r.frames.size(), 1U);
      EXPECT_EQ(r.frames[0].time, 4'000'000'000'123'456) << "seconds are unsigned, nanoseconds rounded down";
      EXPECT_EQ(r.frames[0].captured, 3U);
      EXPECT_EQ(r.frames[0].length, 1500U);
      EXPECT_EQ(r.frames[0].link, LinkType::ethernet);
      EXPECT_EQ(r.bytes[0], "abc");
      EXPECT_EQ(r.last, State::end);
    }
  }
}

TEST(ClassicFile, HeaderAloneIsAnEmptyCapture) {
  const Result r = read_content(Classic{}.header());
  EXPECT_TRUE(r.frames.empty());
  EXPECT_EQ(r.last, State::end);
}

TEST(ClassicFile, EveryRecordOfALargeFileComesOnceAndWhole) {
  std::mt19937 random(7);
  const Classic c{};
  std::string content = c.header();
  std::vector<std::string> sent;
  for (std::uint32_t i = 0; i < 4000; ++i) {
    const std::size_t size = i % 500 == 0 ? 200'000 : random() % 1500;
    sent.emplace_back(size, static_cast<char>(i));
    content += c.record(i, sent.back());
  }
  const Result r = read_content(content);
  ASSERT_EQ(r.bytes.size(), sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    ASSERT_EQ(r.bytes[i], sent[i]) << i;
    ASSERT_EQ(r.frames[i].time, static_cast<base::Micros>(i) * base::kSecond);
  }
  EXPECT_EQ(r.last, State::end);
  EXPECT_EQ(r.counters.received, sent.size());
}

TEST(ClassicFile, LargestRecordIsRead) {
  const Classic c{};
  const std::string largest(262'144, 'x');
  const Result r = read_content(c.header() + c.record(1, "a") + c.record(2, largest) + c.record(3, largest));
  ASSERT_EQ(r.bytes.size(), 3U);
  EXPECT_EQ(r.bytes[2], largest);
}

TEST(ClassicFile, AbsurdLengthIsDamageAtItsByte) {
  const Classic c{};
  std::string content = c.header() + c.record(1, "abcd") + c.record(2, "efgh");
  const std::size_t at = content.size();
  content += number(3, 8) + number(262'145, 4) + number(262'145, 4) + std::string(300'000, 'x');
  const Result r = read_content(content);
  EXPECT_EQ(r.bytes, (std::vector<std::string>{"abcd", "efgh"})) << "frames up to the damage";
  EXPECT_EQ(r.last, State::failed);
  EXPECT_THAT(r.error, HasSubstr(": damaged at byte " + std::to_string(at) + ": a record of 262145 bytes"));
}

TEST(ClassicFile, TruncationIsToldWithItsByte) {
  const Classic c{};
  const std::string whole = c.header() + c.record(1, "abcd");
  for (const std::size_t cut : {1U, 15U, 16U, 19U}) {
    const Result r = read_content(whole + c.record(2, "efgh").substr(0, cut));
    EXPECT_EQ(r.bytes, std::vector<std::string>{"abcd"});
    EXPECT_EQ(r.last, State::failed);
    EXPECT_THAT(r.error, HasSubstr(": truncated at byte " + std::to_string(whole.size()) + ":")) << cut;
  }
}

TEST(ClassicFile, FailureIsForGood) {
  const Classic c{};
  const TempFile file(c.header() + "x");
  auto source = open_file({file.path(), {}});
  ASSERT_TRUE(source.ok());
  std::span<const Frame> batch;
  EXPECT_EQ((*source)->read(batch), State::failed);
  EXPECT_EQ((*source)->read(batch), State::failed);
  EXPECT_TRUE(batch.empty());
}

TEST(ClassicFile, LengthOnTheWireIsAtLeastWhatWasCaptured) {
  const Classic c{};
  EXPECT_EQ(read_content(c.header() + c.record(1, 0, "abcdef", 2)).frames.at(0).length, 6U);
}

TEST(ClassicFile, FilteredFramesAreCounted) {
  const Classic c{};
  std::string content = c.header();
  for (std::uint32_t i = 0; i < 100; ++i) content += c.record(i, udp_frame(i % 4 == 0 ? 53 : 80));
  const Result r = read_content(content, "udp port 53");
  EXPECT_EQ(r.frames.size(), 25U);
  EXPECT_EQ(r.counters.received, 100U);
  EXPECT_EQ(r.counters.filtered, 75U);
}

TEST(ClassicFile, FilterThatRefusesAllEndsTheFile) {
  const Classic c{};
  const Result r = read_content(c.header() + c.record(1, udp_frame(80)), "tcp");
  EXPECT_TRUE(r.frames.empty());
  EXPECT_EQ(r.last, State::end);
  EXPECT_EQ(r.counters.filtered, 1U);
}

TEST(ClassicFile, FrameCheckSequenceBitsAreNoPartOfTheLinkType) {
  const Classic c{.link = 0x24000001};
  EXPECT_EQ(read_content(c.header() + c.record(1, "abcd")).frames.at(0).link, LinkType::ethernet);
}

TEST(ClassicFile, InterruptEndsTheReading) {
  const Classic c{};
  std::string content = c.header();
  for (std::uint32_t i = 0; i < 2000; ++i) content += c.record(i, std::string(1000, 'x'));
  const TempFile file(content);
  auto source = open_file({file.path(), {}});
  ASSERT_TRUE(source.ok());
  std::span<const Frame> batch;
  ASSERT_EQ((*source)->read(batch), State::frames);
  (*source)->interrupt();
  const Result r = read_all(**source);
  EXPECT_EQ(r.last, State::end);
  EXPECT_LT(r.frames.size(), 1000U);
}

}  // namespace
}  // namespace pastmon::capture::testing
