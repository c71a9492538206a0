// SPDX-License-Identifier: MIT
#include "host_names.h"

#include <gmock/gmock.h>

#include <string>

#include "names/tls_message.h"
#include "statistics.h"

namespace pastmon::daemon {
namespace {

/// A response to "who is `name`": one A record of 192.0.2.`last`.
std::string dns_answer(const std::string& name, char last) {
  using namespace std::string_literals;
  std::string encoded;
  for (std::size_t at = 0; at <= name.size();) {
    const std::size_t dot = std::min(name.find('.', at), name.size());
    encoded += static_cast<char>(dot - at) + name.substr(at, dot - at);
    at = dot + 1;
  }
  encoded += '\0';
  return "\x12\x34\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00"s + encoded + "\x00\x01\x00\x01"s +
         "\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02"s + last;
}

base::Address host(const char* text) { return *base::Address::parse(text); }

TEST(HostNames, AnswersOnTheWireGiveNamesOnce) {
  HostNames names({});
  const std::string message = dns_answer("www.example.org", 7);
  names.observe({"dns", message, nullptr, 5 * base::kSecond});
  EXPECT_EQ(names.name_of(host("192.0.2.7")), "www.example.org");
  const auto changed = names.take(0);
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_EQ(changed[0].name, "www.example.org");
  EXPECT_EQ(changed[0].source, "dns");
  EXPECT_EQ(changed[0].seen, 5);
  names.observe({"dns", message, nullptr, 6 * base::kSecond});
  EXPECT_TRUE(names.take(0).empty()) << "nothing new";
}

TEST(HostNames, MessageOverTcpStandsBehindItsLength) {
  HostNames names({});
  const std::string message = dns_answer("a.test", 8);
  names.observe({"dns", std::string{'\0', static_cast<char>(message.size())} + message, nullptr, 0});
  EXPECT_EQ(names.name_of(host("192.0.2.8")), "a.test");
}

signature::Endpoints conversation() { return {host("10.0.0.1"), host("10.0.0.2"), 443}; }

std::string client_hello(const std::string& name) {
  using namespace names::testing;
  return record(names::testing::client_hello(server_name(name) + protocols("h2") + extension(43, "\x02\x03\x04")));
}

TEST(HostNames, HandshakesAndRequestsNameTheServer) {
  HostNames names({});
  const signature::Endpoints who = conversation();
  names.observe({"tls", client_hello("Shop.Example.org"), &who, 5 * base::kSecond});
  EXPECT_EQ(names.name_of(who.server), "shop.example.org");
  EXPECT_EQ(names.name_of(who.client), "");
  EXPECT_EQ(names.take(0).at(0).source, "sni");
  names.observe({"http", "GET / HTTP/1.1\r\nHost: www.example.org:80\r\n\r\n", &who, 6 * base::kSecond});
  const auto changed = names.take(0);
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_EQ(changed[0].name, "www.example.org");
  EXPECT_EQ(changed[0].source, "http");
  ASSERT_EQ(names.names_of(who.server).size(), 2U);
  EXPECT_EQ(names.names_of(who.server)[1].name, "shop.example.org");
}

TEST(HostNames, WhatIsNoHostNameIsNoName) {
  HostNames names({});
  const signature::Endpoints who = conversation();
  for (const char* name : {"", "10.0.0.9", "a b", "x\ny", "..", "caf\xc3\xa9"}) {
    names.observe({"tls", client_hello(name), &who, 0});
    EXPECT_EQ(names.name_of(who.server), "") << name;
  }
}

TEST(HostNames, VersionsAndProtocolsAreCounted) {
  using namespace names::testing;
  HostNames names({});
  const signature::Endpoints who = conversation();
  names.observe({"tls", client_hello("a.test"), &who, 0});
  names.observe({"tls", record(server_hello(extension(43, "\x03\x04"))), &who, 0});
  names.observe({"tls", record(server_hello(extension(16, list16(label("http/1.1"))))), &who, 0});
  EXPECT_THAT(names.counters(), ::testing::UnorderedElementsAre(
                                    ::testing::Pair("tls_offered_h2", 1), ::testing::Pair("tls_version_1_3", 1),
                                    ::testing::Pair("tls_version_1_2", 1), ::testing::Pair("tls_chosen_http_1_1", 1)));
  Statistics statistics(0);
  Reading reading;
  reading.name_counters = names.counters();
  statistics.sample(reading, 0);
  const auto all = statistics.take_all();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_THAT(all.begin()->second, ::testing::Contains(::testing::Field(&store::Statistic::name, "tls_version_1_3")));
}

TEST(HostNames, OtherObservationsAndRubbishAreNoNames) {
  HostNames names({});
  const std::string message = dns_answer("a.test", 8);
  names.observe({"tls", message, nullptr, 0});
  names.observe({"tls", client_hello("a.test"), nullptr, 0});
  names.observe({"quic", message, nullptr, 0});
  names.observe({"dhcp", message, nullptr, 0});
  names.observe({"dns", message.substr(0, 20), nullptr, 0});
  names.observe({"dns", "", nullptr, 0});
  EXPECT_TRUE(names.take(0).empty());
  HostNames::Options off;
  off.observe = false;
  HostNames blind(off);
  blind.observe({"dns", message, nullptr, 0});
  EXPECT_TRUE(blind.take(0).empty());
}

TEST(HostNames, WhatWaitsForTheDatabaseIsBounded) {
  HostNames::Options options;
  options.max_addresses = 16;
  HostNames names(options);
  for (int i = 0; i < 100; ++i) {
    const std::string message = dns_answer("h.test", static_cast<char>(i));
    names.observe({"dns", message, nullptr, 0});
  }
  const auto counters = names.counters();
  EXPECT_THAT(counters, testing::Contains(testing::Pair("names_not_stored", 84U)));
  EXPECT_EQ(names.take(0).size(), 16U);
  EXPECT_LE(names.known(), 16U);
}

// Forged answers name as many addresses as they like; each would be a row of the database.
TEST(HostNames, SoManyNamesGoIntoTheDatabaseInFiveMinutesAndTheOthersLater) {
  HostNames::Options options;
  options.max_taken = 30;
  HostNames names(options);
  const auto observe = [&names](int first, int last) {
    for (int i = first; i < last; ++i) {
      const std::string message = dns_answer("h.test", static_cast<char>(i));
      names.observe({"dns", message, nullptr, 0});
    }
  };
  observe(0, 50);
  EXPECT_EQ(names.take(0).size(), 30U);
  EXPECT_EQ(names.take(10 * base::kSecond).size(), 1U);
  EXPECT_EQ(names.take(5 * base::kSecond).size(), 0U) << "a clock that steps back gives nothing";
  EXPECT_EQ(names.take(105 * base::kSecond).size(), 10U);
  EXPECT_EQ(names.take(1005 * base::kSecond).size(), 9U) << "none is lost";
  observe(50, 100);
  EXPECT_EQ(names.take(base::kNone).size(), 30U);
  EXPECT_EQ(names.take(base::kNone).size(), 20U);
}

}  // namespace
}  // namespace pastmon::daemon
