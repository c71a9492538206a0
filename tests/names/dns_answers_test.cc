// SPDX-License-Identifier: MIT
// dns_answers.cc and dns_name.cc.
#include "pastmon/names/dns_answers.h"

#include <gtest/gtest.h>

#include "dns_name.h"
#include "names/dns_message.h"

namespace pastmon::names::testing {
namespace {

struct Answers {
  bool whole = false;
  std::vector<AnsweredAddress> list;

  std::vector<std::string> text() const {
    std::vector<std::string> out;
    for (const AnsweredAddress& a : list)
      out.push_back(a.address.to_string() + " " + a.name + " " + std::to_string(a.ttl));
    return out;
  }
};

Answers read(const std::string& message) {
  Answers a;
  std::vector<std::uint8_t> b = bytes(message);
  b.shrink_to_fit();
  a.whole = read_dns_answers(b, a.list);
  return a;
}

using Lines = std::vector<std::string>;
const std::string kWww = name("www.example.org");

TEST(DnsAnswers, AddressesGetTheNameThatWasAskedFor) {
  const Answers a = read(header(kResponse, 1, 2) + question(kWww) + record(pointer(12), kA, kFour, 60) +
                         record(kWww, kAaaa, kSix, 70));
  EXPECT_TRUE(a.whole);
  EXPECT_EQ(a.text(), (Lines{"192.1.2.3 www.example.org 60", "2001:db8::1 www.example.org 70"}));
}

TEST(DnsAnswers, AliasesLeadBackToTheQuestion) {
  const std::string one = record(kWww, kCname, name("cdn.example.net")),
                    two = record(name("cdn.example.net"), kCname, name("edge.cdn.net"));
  const std::string address = record(name("EDGE.cdn.net"), kA, kFour);
  const Lines expected = {"192.1.2.3 www.example.org 300"};
  EXPECT_EQ(read(header(kResponse, 1, 3) + question(kWww) + one + two + address).text(), expected);
  EXPECT_EQ(read(header(kResponse, 1, 3) + question(kWww) + address + two + one).text(), expected) << "in any order";
}

TEST(DnsAnswers, AliasTargetsMayBeCompressed) {
  const std::string start = header(kResponse, 1, 2) + question(kWww);
  // "cdn" + pointer to "example.org" inside the question.
  EXPECT_EQ(
      read(start + record(pointer(12), kCname, label("cdn") + pointer(16)) + record(name("cdn.example.org"), kA, kFour))
          .text(),
      Lines{"192.1.2.3 www.example.org 300"});
}

TEST(DnsAnswers, AliasesInACircleEnd) {
  const Answers a = read(header(kResponse, 1, 3) + question(name("a")) + record(name("a"), kCname, name("b")) +
                         record(name("b"), kCname, name("a")) + record(name("b"), kA, kFour));
  EXPECT_EQ(a.text(), Lines{"192.1.2.3 a 300"});
}

TEST(DnsAnswers, RecordsThatTheQuestionDoesNotLeadToAreIgnored) {
  const Answers a = read(header(kResponse, 1, 1) + question(kWww) + record(name("www.bank.org"), kA, kFour));
  EXPECT_TRUE(a.whole);
  EXPECT_TRUE(a.list.empty());
}

TEST(DnsAnswers, MulticastAnswersNameThemselves) {
  EXPECT_EQ(read(header(0x8400, 0, 1, 0) + record(name("printer.local"), kA, kFour, 120, 0x8001)).text(),
            Lines{"192.1.2.3 printer.local 120"});
}

TEST(DnsAnswers, QuestionsErrorsAndOtherKindsGiveNothing) {
  const std::string body = question(kWww) + record(kWww, kA, kFour);
  EXPECT_FALSE(read(header(0x0100, 1, 1) + body).whole) << "a question";
  EXPECT_FALSE(read(header(kResponse | 3, 1, 1) + body).whole) << "NXDOMAIN";
  EXPECT_FALSE(read(header(kResponse | 0x2800, 1, 1) + body).whole) << "UPDATE";
  EXPECT_FALSE(read(header(kResponse, 2, 1) + body).whole) << "two questions";
  EXPECT_TRUE(read(header(kResponse, 1, 1) + question(kWww) + record(kWww, kA, kFour, 1, 3)).list.empty())
      << "class CHAOS";
  EXPECT_TRUE(read(header(kResponse, 1, 1) + question(kWww) + record(kWww, kA, "abc")).list.empty()) << "three bytes";
  EXPECT_TRUE(read(header(kResponse, 1, 1) + question(kWww) + record(kWww, 16, "\x03xyz")).list.empty()) << "TXT";
}

TEST(DnsAnswers, CutMessageGivesWhatIsWhole) {
  const std::string whole = header(kResponse, 1, 2) + question(kWww) + record(kWww, kA, kFour);
  const Answers a = read(whole + record(kWww, kA, kFour).substr(0, 20));
  EXPECT_FALSE(a.whole);
  EXPECT_EQ(a.list.size(), 1U);
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(read(whole.substr(0, size)).whole) << size;
}

TEST(DnsAnswers, RecordsOfOneMessageAreBounded) {
  std::string message = header(kResponse, 1, 1000) + question(kWww);
  for (int i = 0; i < 1000; ++i) message += record(pointer(12), kA, kFour);
  EXPECT_EQ(read(message).list.size(), kMaxAnswers);
}

std::optional<std::string> name_at(const std::string& message, std::size_t at, std::size_t* behind = nullptr) {
  const std::vector<std::uint8_t> b = bytes(message);
  auto result = read_dns_name(b, at);
  if (behind != nullptr) *behind = at;
  return result;
}

TEST(DnsName, DotsBackslashesAndControlsInsideLabelsAreEscaped) {
  EXPECT_EQ(name_at(label("a.b") + label("c\\d") + label("e\n") + std::string(1, '\0'), 0), "a\\.b.c\\\\d.e\\010");
}

TEST(DnsName, EndsBehindTheFirstPointer) {
  std::size_t behind = 0;
  EXPECT_EQ(name_at(name("org") + label("www") + pointer(0) + "x", 5, &behind), "www.org");
  EXPECT_EQ(behind, 5U + 4 + 2);
}

TEST(DnsName, PointersMustLeadBack) {
  EXPECT_EQ(name_at(pointer(0), 0), std::nullopt) << "to itself";
  EXPECT_EQ(name_at(label("a") + pointer(0), 0), std::nullopt) << "round and round";
  EXPECT_EQ(name_at(pointer(2) + name("org"), 0), std::nullopt) << "forward";
  EXPECT_EQ(name_at(pointer(2) + pointer(0), 2), std::nullopt) << "to and fro";
  EXPECT_EQ(name_at(std::string("\xc0"), 0), std::nullopt) << "half a pointer";
}

TEST(DnsName, TooLongOrReservedIsNone) {
  std::string longest;
  for (int i = 0; i < 3; ++i) longest += label(std::string(63, 'a'));
  EXPECT_TRUE(name_at(longest + label(std::string(61, 'a')) + std::string(1, '\0'), 0)) << "255 bytes";
  EXPECT_FALSE(name_at(longest + label(std::string(62, 'a')) + std::string(1, '\0'), 0));
  EXPECT_FALSE(name_at("\x41" + std::string(80, 'a'), 0)) << "label type 01";
  EXPECT_FALSE(
      name_at("\x05"
              "abc",
              0));
  EXPECT_FALSE(name_at("", 0));
}

}  // namespace
}  // namespace pastmon::names::testing
