// SPDX-License-Identifier: MIT
#include "favourite.h"

#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

QueryState parse(std::string_view query) { return QueryState::parse(*Parameters::parse(query)); }

Names names() {
  Names names;
  const auto address = *base::Address::parse("10.20.0.10");
  names.hosts.push_back({store::id_of(address), address, "www.example", "dns"});
  names.host_index[names.hosts[0].id] = 0;
  return names;
}

TEST(Favourite, KeepsWhatIsShownButNotWhen) {
  EXPECT_EQ(
      favourite_text(parse("signature=HTTP+GET&client=*&server=10.20.0.10&port=80&sensor=a&metric=response_time&"
                           "level=2&range=24h&step=900&sort=-last&rows=1&page=3&limit=200&favourite=7&compare=day")),
      "level=2&signature=HTTP%20GET&client=%2A&server=10.20.0.10&port=80&sensor=a&metric=response_time");
  EXPECT_EQ(favourite_text(parse("metric=transactions&from=2026-01-01T10:00&to=2026-01-02T10:00")),
            "signature=%2A&client=%2A&server=%2A&metric=transactions");
}

TEST(Favourite, APatternStaysAsLongAsNoHostIsChosen) {
  EXPECT_EQ(favourite_text(parse("client_like=desk&metric=transactions")),
            "signature=%2A&server=%2A&client_like=desk&metric=transactions");
  EXPECT_EQ(favourite_text(parse("client_like=desk&client=*&metric=transactions")),
            "signature=%2A&client=%2A&server=%2A&metric=transactions");
}

TEST(Favourite, OneGraphHasOneText) {
  EXPECT_EQ(favourite_text(parse("metric=transactions&range=7d")),
            favourite_text(parse("server=*&signature=*&metric=transactions&client=*&from=2026-01-01")));
}

TEST(Favourite, LinesAreKeptUnlessTheyAreTheUsualOnes) {
  EXPECT_EQ(favourite_text(parse("metric=response_time&lines=p95,nonsense&compare=week")),
            "signature=%2A&client=%2A&server=%2A&metric=response_time&lines=p95");
  EXPECT_EQ(favourite_text(parse("metric=response_time&lines=mean,p95,max")),
            favourite_text(parse("metric=response_time")));
  EXPECT_EQ(favourite_title(parse("signature=HTTP+GET&metric=response_time&lines=p95"), names()),
            "HTTP GET: * to *, response time p95");
  EXPECT_EQ(favourite_title(parse("metric=response_time&lines=mean,p99"), names()),
            "All services: * to *, response time avg, p99");
}

TEST(Favourite, WhatWasStoredIsReadBack) {
  const std::string text = favourite_text(parse("signature=a%26b%3D&client=192.0.2.1&metric=server_time"));
  ASSERT_TRUE(read_favourite(text));
  EXPECT_EQ(favourite_text(*read_favourite(text)), text);
  for (const char* wrong : {"", "signature=x", "metric=nonsense", "metric=verdict_loss", "%zz"})
    EXPECT_FALSE(read_favourite(wrong)) << wrong;
}

TEST(Favourite, TheUsualTitleSaysWhatIsShown) {
  EXPECT_EQ(favourite_title(parse("signature=HTTP+GET&server=10.20.0.10&metric=response_time"), names()),
            "HTTP GET: * to www.example, response time");
  EXPECT_EQ(favourite_title(parse("client=192.0.2.9&port=443&sensor=office&level=all&metric=mss_client"), names()),
            "All services: 192.0.2.9 to * port 443, maximum segment size, client, sensor office, both levels");
  EXPECT_EQ(favourite_title(parse("client_like=%5Edesk&metric=transactions&level=2"), names()),
            "All services: /^desk/ to *, transactions, Level 2");
}

TEST(Favourite, ATitleIsOneBoundedLine) {
  EXPECT_EQ(clean_title("  a \t b  "), clean_title("a \t b"));
  EXPECT_EQ(clean_title("  two   words "), "two words");
  EXPECT_EQ(clean_title(" "), "");
  EXPECT_EQ(clean_title("x\xe2\x80\xaey"), "xy");
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "ä";
  const std::string cut = clean_title(wide);
  EXPECT_LE(cut.size(), kMaxFavouriteTitle);
  EXPECT_EQ(cut.size() % 2, 1U);  // whole letters of two bytes, and the ellipsis of three
  EXPECT_TRUE(cut.ends_with("…"));
  EXPECT_EQ(clean_title(std::string(120, 'x')).size(), 120U);
}

}  // namespace
}  // namespace pastmon::web
