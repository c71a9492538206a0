// SPDX-License-Identifier: MIT
// The graph as a drawing, as a browser gets it.
#include "web/pages_fixture.h"

namespace pastmon::web::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class GraphImage : public PagesFixture {
 protected:
  static constexpr std::string_view kQuery = "/PasTmon/graph.svg?signature=HTTP+GET&client=*&server=10.20.0.10";
  Response picture(std::string_view more) { return ask(std::string(kQuery) + std::string(more)); }
};

TEST_F(GraphImage, SaysInWordsWhatItShows) {
  fill();
  const Response response = picture("&metric=response_time");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "image/svg+xml; charset=utf-8");
  EXPECT_THAT(response.body, AllOf(HasSubstr("Response time of HTTP GET from * to www.example"), HasSubstr("(UTC)"),
                                   HasSubstr("l-p95"), HasSubstr("5 minutes")));
}

TEST_F(GraphImage, ItsStylesMayBeInsideAndNothingElse) {
  fill();
  const std::string sent = serialise(picture("&metric=response_time"), 0, false, true);
  EXPECT_THAT(sent, AllOf(HasSubstr("Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline';"),
                          HasSubstr("Cross-Origin-Resource-Policy: cross-origin\r\n"), Not(HasSubstr("script-src"))));
}

TEST_F(GraphImage, HasTheLinesAndTheSizeAskedFor) {
  fill();
  const std::string svg = picture("&metric=response_time&lines=p50,p999,count&w=700&h=300").body;
  EXPECT_THAT(svg, AllOf(HasSubstr("width=\"700\" height=\"300\""), HasSubstr("class=\"line l-p50\""),
                         HasSubstr("class=\"line l-p999\""), HasSubstr("class=\"line l-count\""),
                         Not(HasSubstr("class=\"line l-mean\""))));
  EXPECT_THAT(picture("&metric=response_time&bare=1").body, HasSubstr("width=\"360\" height=\"150\""));
}

TEST_F(GraphImage, ComparesWithTheDayBefore) {
  SampleOptions days;
  days.buckets = 2 * 288;
  days.gap_at = -1;
  fill(days);
  EXPECT_THAT(picture("&metric=response_time&range=3h&compare=day").body,
              AllOf(HasSubstr("class=\"line l-mean dashed\""), HasSubstr("Avg a day before")));
  EXPECT_THAT(picture("&metric=response_time&range=3h&compare=week").body, Not(HasSubstr("dashed\"")));
}

TEST_F(GraphImage, WhatIsWrongIsADrawingTooWithItsStatus) {
  fill();
  for (const std::string_view more :
       {"", "&metric=nonsense", "&metric=response_time&sensor=none", "&metric=response_time&from=x"}) {
    const Response response = picture(more);
    EXPECT_EQ(response.status, 400) << more;
    EXPECT_THAT(response.body, testing::StartsWith("<svg")) << more;
  }
  data->fail_query = "no route to host";
  const Response down = picture("&metric=response_time");
  EXPECT_EQ(down.status, 503);
  EXPECT_THAT(down.body, AllOf(testing::StartsWith("<svg"), HasSubstr("no route to host")));
}

TEST_F(GraphImage, WithoutDataItSaysSo) {
  const Response response = picture("&metric=response_time");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("No value of"));
}

TEST_F(GraphImage, HostileNamesStayText) {
  SampleOptions hostile;
  hostile.hostile = true;
  fill(hostile);
  const std::string svg = page("/PasTmon/graph.svg?signature=*&client=192.0.2.66&server=*&metric=packets_client");
  EXPECT_THAT(svg, AllOf(HasSubstr("&lt;script&gt;alert(1)"), Not(HasSubstr("<script"))));
}

}  // namespace
}  // namespace pastmon::web::test
