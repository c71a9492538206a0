// SPDX-License-Identifier: MIT
#include "pastmon/names/quic_initial.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "names/quic_vectors.h"
#include "pastmon/names/tls_hello.h"

namespace pastmon::names::testing {
namespace {

constexpr std::size_t kHelloSize = 241;

std::vector<std::uint8_t> unhex(std::string_view text) {
  std::vector<std::uint8_t> out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    out.push_back(static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return out;
}

std::string name_in(std::span<const std::uint8_t> message) {
  const auto hello = read_client_hello(message);
  return hello ? std::string(hello->server_name) : "none";
}

TEST(QuicInitial, ReadsTheExamplesOfTheStandards) {
  QuicHellos quic({});
  EXPECT_EQ(name_in(quic.read(unhex(kRfc9001Initial), 0)), "example.com");
  EXPECT_EQ(quic.version(), 1U);
  QuicHellos second({});
  EXPECT_EQ(name_in(second.read(unhex(kRfc9369Initial), 0)), "example.com");
  EXPECT_EQ(second.version(), 0x6b3343cfU);
  for (const std::string_view draft : {kDraft29Initial, kDraft23Initial}) {
    QuicHellos old({});
    EXPECT_EQ(name_in(old.read(unhex(draft), 0)), "example.com");
  }
}

TEST(QuicInitial, PutsPiecesOfTwoDatagramsTogether) {
  QuicHellos quic({});
  EXPECT_TRUE(quic.read(unhex(kLastPieces), 0).empty());
  EXPECT_TRUE(quic.read(unhex(kLastPieces), 1).empty()) << "sent again";
  EXPECT_EQ(quic.unfinished(), 1U);
  const auto message = quic.read(unhex(kFirstPieces), 2);
  EXPECT_EQ(message.size(), kHelloSize);
  EXPECT_EQ(name_in(message), "example.com");
  EXPECT_TRUE(quic.read(unhex(kFirstPieces), 3).empty()) << "each ClientHello is given once";
}

TEST(QuicInitial, FindsTheSecondPacketOfADatagram) {
  QuicHellos quic({});
  EXPECT_EQ(name_in(quic.read(unhex(std::string(kLastPieces) + std::string(kFirstPieces)), 0)), "example.com");
}

TEST(QuicInitial, DamageAndOtherPacketsGiveNothing) {
  QuicHellos quic({});
  auto damaged = unhex(kRfc9001Initial);
  damaged[700] ^= 1;
  EXPECT_TRUE(quic.read(damaged, 0).empty());
  EXPECT_EQ(quic.counters().failed, 1U);
  auto unknown = unhex(kRfc9001Initial);
  unknown[1] = 0x77;
  EXPECT_TRUE(quic.read(unknown, 0).empty());
  auto handshake = unhex(kRfc9001Initial);
  handshake[0] = 0xe0;
  EXPECT_TRUE(quic.read(handshake, 0).empty());
  EXPECT_TRUE(quic.read({}, 0).empty());
  EXPECT_EQ(quic.counters().failed, 1U);
  EXPECT_EQ(quic.unfinished(), 0U);
}

TEST(QuicInitial, NeverReadsBehindTheEnd) {
  const auto whole = unhex(kFirstPieces);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    QuicHellos quic({});
    const std::vector<std::uint8_t> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_TRUE(quic.read(cut, 0).empty());
  }
}

TEST(QuicInitial, AFloodIsPassedAndCounted) {
  QuicHellos::Options options;
  options.max_per_second = 10;
  QuicHellos quic(options);
  auto forged = unhex(kRfc9001Initial);
  for (int i = 0; i < 100; ++i) {
    forged[6] = static_cast<std::uint8_t>(i);
    quic.read(forged, 0);
  }
  EXPECT_EQ(quic.counters().failed, 10U);
  EXPECT_EQ(quic.counters().passed, 90U);
  EXPECT_EQ(name_in(quic.read(unhex(kRfc9001Initial), base::kSecond)), "example.com") << "a second later";
}

TEST(QuicInitial, AClockThatStepsBackDoesNotStopIt) {
  QuicHellos::Options options;
  options.max_per_second = 1;
  QuicHellos quic(options);
  quic.read(unhex(kDraft29Initial), 1'000'000 * base::kSecond);
  EXPECT_EQ(name_in(quic.read(unhex(kRfc9001Initial), 0)), "example.com");
}

TEST(QuicInitial, UnfinishedOnesAreGivenUp) {
  QuicHellos quic({});
  quic.read(unhex(kLastPieces), 0);
  EXPECT_TRUE(quic.read(unhex(kFirstPieces), 60 * base::kSecond).empty()) << "the other piece is forgotten";
  EXPECT_EQ(quic.counters().given_up, 1U);
  QuicHellos::Options options;
  options.max_hello = 200;
  QuicHellos small(options);
  small.read(unhex(kLastPieces), 0);
  EXPECT_TRUE(small.read(unhex(kFirstPieces), 0).empty()) << "too long";
}

}  // namespace
}  // namespace pastmon::names::testing
