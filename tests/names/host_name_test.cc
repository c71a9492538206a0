// SPDX-License-Identifier: MIT
#include "pastmon/names/host_name.h"

#include <gtest/gtest.h>

namespace pastmon::names {
namespace {

TEST(HostName, IsLowerCaseWithoutFinalDot) { EXPECT_EQ(clean_host_name("WWW.Example.ORG."), "www.example.org"); }

TEST(HostName, KeepsUtf8) { EXPECT_EQ(clean_host_name("drucker-küche.local"), "drucker-küche.local"); }

TEST(HostName, ControlCharactersAndBrokenUtf8AreReplaced) {
  EXPECT_EQ(clean_host_name("a\nb\x1b[31m\x7f.org"), "a\uFFFDb\uFFFD[31m\uFFFD.org");
  EXPECT_EQ(clean_host_name("a\xff\xc0\x80z"), "a\uFFFD\uFFFD\uFFFDz");
  EXPECT_EQ(clean_host_name(std::string_view("a\0b", 3)), "a\uFFFDb");
  EXPECT_EQ(clean_host_name("a\u0085b"), "a\uFFFDb") << "C1";
}

TEST(HostName, TextThatTurnsOrHidesTextIsReplaced) {
  EXPECT_EQ(clean_host_name("a\u202Egro.elpmaxe"), "a\uFFFDgro.elpmaxe");
  EXPECT_EQ(clean_host_name("pay\u200Bpal.com"), "pay\uFFFDpal.com");
  EXPECT_EQ(clean_host_name("\uFEFFa"), "\uFFFDa");
}

TEST(HostName, EmptyAndTooLongAreNone) {
  EXPECT_EQ(clean_host_name(""), std::nullopt);
  EXPECT_EQ(clean_host_name("."), std::nullopt);
  EXPECT_EQ(clean_host_name(std::string(255, 'a')), std::string(255, 'a'));
  EXPECT_EQ(clean_host_name(std::string(256, 'a')), std::nullopt);
  EXPECT_EQ(clean_host_name(std::string(200, '\xff')), std::nullopt) << "600 bytes once it is repaired";
  EXPECT_EQ(clean_host_name(std::string(1'000'000, 'a')), std::nullopt);
}

}  // namespace
}  // namespace pastmon::names
