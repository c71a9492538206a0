// SPDX-License-Identifier: MIT
#include "host_names.h"

#include <gtest/gtest.h>

#include <string>

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

TEST(HostNames, OtherObservationsAndRubbishAreNoNames) {
  HostNames names({});
  const std::string message = dns_answer("a.test", 8);
  names.observe({"tls", message, nullptr, 0});
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
  EXPECT_EQ(names.take(0).size(), 16U);
  EXPECT_LE(names.known(), 16U);
}

}  // namespace
}  // namespace pastmon::daemon
