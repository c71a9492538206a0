// SPDX-License-Identifier: MIT
#include "query_state.h"

#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

QueryState parse(std::string_view query) { return QueryState::parse(*Parameters::parse(query)); }
std::string again(std::string_view query) { return parse(query).url("/p"); }

TEST(QueryState, EveryUrlIsReadBackAsItWas) {
  const std::string url =
      "/p?signature=HTTP%20GET&client=192.0.2.1&server=%2A&port=80&sensor=a%26b&client_like=%5Eweb&server_like=db%7C10%"
      "5C."
      "&range=24h&metric=response_time&lines=mean%2Cp95&compare=week&step=900&sort=-response_mean&rows=1&page=3";
  EXPECT_EQ(again(url.substr(3)), url);
  EXPECT_EQ(again("level=2&from=2026-01-01T10%3A00&to=2026-01-02"), "/p?level=2&from=2026-01-01T10%3A00&to=2026-01-02");
}

TEST(QueryState, APathThatListsALevelSaysWhichOne) {
  const Parameters none = *Parameters::parse("client=*"), other = *Parameters::parse("level=2&client=*");
  EXPECT_EQ(QueryState::parse(none, "/PasTmon/all").level, store::Level::all);
  EXPECT_EQ(QueryState::parse(other, "/PasTmon/level1").level, store::Level::one);
  EXPECT_EQ(QueryState::parse(other, "/PasTmon/graph").level, store::Level::two);
  EXPECT_EQ(QueryState::parse(other).list_url(), "/PasTmon/level2?client=%2A");
  EXPECT_EQ(QueryState::parse(none, "/PasTmon/all").url("/PasTmon/graph"), "/PasTmon/graph?level=all&client=%2A");
}

TEST(QueryState, DefaultsAndEmptyFieldsStayOutOfTheUrl) {
  EXPECT_EQ(again(""), "/p");
  EXPECT_EQ(again("signature=&client_like=&port=&sort=transactions&page=1&level=1"), "/p");
}

TEST(QueryState, LinesOfAFormAreOneList) {
  EXPECT_EQ(again("lines=mean&lines=&lines=p95"), "/p?lines=mean%2Cp95");
  EXPECT_EQ(again("compare=year&lines=" + std::string(QueryState::kMaxLines + 1, 'x')), "/p");
}

TEST(QueryState, ValuesOutOfRangeAreLeftOut) {
  EXPECT_EQ(again("port=70000&page=x&step=-5&sort=nonsense"), "/p");
  EXPECT_EQ(parse("page=99999999").page, QueryState::kMaxPage);
  EXPECT_EQ(parse("page=0").page, 1U);
}

TEST(QueryState, TypedTimesWinOverAPreset) {
  EXPECT_EQ(parse("range=24h&from=2026-01-01").range, "");
  EXPECT_EQ(parse("range=24h&from=").range, "24h");
}

TEST(QueryState, AStarIsAChoice) {
  const QueryState query = parse("signature=*&client=*&server=192.0.2.1");
  EXPECT_TRUE(query.signature.any());
  EXPECT_TRUE(query.server.one());
  EXPECT_TRUE(query.complete());
  EXPECT_FALSE(query.unfiltered());
  EXPECT_FALSE(parse("signature=*&client=*").complete());
}

TEST(QueryState, OnlyTimeIsUnfiltered) {
  EXPECT_TRUE(parse("range=hour").unfiltered());
  EXPECT_FALSE(parse("client_like=x").unfiltered());
  EXPECT_FALSE(parse("port=80").unfiltered());
  EXPECT_FALSE(parse("rows=1").unfiltered());
}

TEST(QueryState, ChangesGoBackToTheFirstPage) {
  const QueryState query = parse("page=4&client_like=desk&range=hour");
  EXPECT_EQ(query.with_client("192.0.2.1").url("/p"), "/p?client=192.0.2.1&client_like=desk&range=hour");
  EXPECT_EQ(query.with_range("today").url("/p"), "/p?client_like=desk&range=today");
  EXPECT_EQ(query.with_time("2026-01-01T10:00", "").url("/p"), "/p?client_like=desk&from=2026-01-01T10%3A00");
  EXPECT_EQ(query.with_page(5).page, 5U);
}

TEST(QueryState, SortingTwiceTurnsTheOrder) {
  const QueryState once = parse("").sorted_by(store::Order::failures);
  EXPECT_EQ(once.url("/p"), "/p?sort=failures");
  const QueryState twice = once.sorted_by(store::Order::failures);
  EXPECT_EQ(twice.url("/p"), "/p?sort=-failures");
  EXPECT_FALSE(parse("sort=-failures").descending);
  EXPECT_EQ(again("sort=-transactions"), "/p?sort=-transactions");
}

TEST(QueryState, CompletedFillsWhatIsOpen) {
  EXPECT_EQ(parse("signature=DNS+A&page=2").completed().url("/p"), "/p?signature=DNS%20A&client=%2A&server=%2A");
}

}  // namespace
}  // namespace pastmon::web
