// SPDX-License-Identifier: MIT
// The graph page: what it says, what it draws, and where its links lead.
#include "pages/graph_parts.h"
#include "web/pages_fixture.h"

namespace pastmon::web::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class GraphPage : public PagesFixture {
 protected:
  std::string graph(std::string_view more) {
    return page("/PasTmon/graph?signature=HTTP+GET&client=*&server=10.20.0.10" + std::string(more));
  }
  /// Attribute values are escaped.
  static std::string link(std::string_view more) {
    return "/PasTmon/graph?signature=HTTP%20GET&amp;client=%2A&amp;server=10.20.0.10" + std::string(more) + "\"";
  }
};

TEST_F(GraphPage, SaysInWordsWhatItShows) {
  fill();
  EXPECT_THAT(graph("&metric=response_time"), HasSubstr("<h1>Response time of HTTP GET from * to www.example</h1>"));
  EXPECT_THAT(page("/PasTmon/graph?signature=*&client_like=desk&server=*&port=80&sensor=office&metric=transactions"),
              HasSubstr("<h1>Transactions of * from /desk/ to * port 80 at office</h1>"));
}

TEST_F(GraphPage, LinesAreLinksThatAddAndTakeAway) {
  fill();
  const std::string html = graph("&metric=response_time&lines=mean,p999");
  EXPECT_THAT(html, AllOf(HasSubstr(link("&amp;metric=response_time&amp;lines=p999") + " aria-current=\"true\""),
                          HasSubstr(link("&amp;metric=response_time&amp;lines=mean%2Cp75%2Cp999")),
                          HasSubstr("[&quot;time&quot;,&quot;count&quot;,&quot;mean&quot;,&quot;p999&quot;]")));
}

TEST_F(GraphPage, BoxesOfAFormAreLinesToo) {
  fill();
  EXPECT_THAT(graph("&metric=response_time&lines=mean&lines=max"),
              HasSubstr("[&quot;time&quot;,&quot;count&quot;,&quot;mean&quot;,&quot;max&quot;]"));
}

TEST_F(GraphPage, AnyMetricIsOneLinkAwayAndKeepsTheRest) {
  fill();
  const std::string html = graph("&metric=response_time&lines=max&level=all");
  for (const metric::Info& info : metric::registry()) {
    if (!shown_alone(info)) continue;
    EXPECT_THAT(
        html, HasSubstr("href=\"/PasTmon/graph?level=all&amp;signature=HTTP%20GET&amp;client=%2A&amp;server=10.20.0.10"
                        "&amp;metric=" +
                        std::string(info.name) + "&amp;lines=max\""));
  }
}

TEST_F(GraphPage, ComparesWithTheDayBefore) {
  SampleOptions days;
  days.buckets = 2 * 288;
  days.gap_at = -1;
  fill(days);
  EXPECT_THAT(graph("&metric=response_time&range=3h&compare=day"),
              AllOf(HasSubstr("&quot;before&quot;:{&quot;title&quot;:&quot;a day before&quot;"),
                    HasSubstr("a day before</small>")));
  EXPECT_THAT(graph("&metric=response_time&range=3h"), Not(HasSubstr("&quot;before&quot;")));
}

TEST_F(GraphPage, WhatTheCaptureSpoiledIsShadedAndSaid) {
  fill();
  EXPECT_THAT(graph("&metric=response_time&range=24h"),
              AllOf(HasSubstr("Shaded: the sensor lost "),
                    HasSubstr("ACKs were for bytes that it never saw. Figures there may lack"),
                    Not(HasSubstr("&quot;shades&quot;:[]"))));
  EXPECT_THAT(graph("&metric=response_time&range=hour"),
              AllOf(Not(HasSubstr("Shaded:")), HasSubstr("&quot;shades&quot;:[]")));
}

TEST_F(GraphPage, TimesHaveASpreadAndAVerdictUnderThem) {
  fill();
  EXPECT_THAT(graph("&metric=response_time"),
              AllOf(HasSubstr("data-heat="), HasSubstr("class=\"h7\""), HasSubstr("Spread as a table"),
                    HasSubstr("data-verdict="), HasSubstr("class=\"b-server\"")));
  EXPECT_THAT(graph("&metric=transactions"), AllOf(Not(HasSubstr("data-heat=")), Not(HasSubstr("data-verdict="))));
}

TEST_F(GraphPage, WithoutScriptsThereIsADrawing) {
  fill();
  EXPECT_THAT(graph("&metric=response_time"),
              HasSubstr("<noscript><a href=\"/PasTmon/graph.svg?signature=HTTP%20GET&amp;"));
}

TEST_F(GraphPage, ManyStepsMakeAShortTable) {
  SampleOptions days;
  days.buckets = 500;
  fill(days);
  EXPECT_THAT(page("/PasTmon/graph?signature=HTTP+GET&client=*&server=*&metric=response_time&range=all"),
              HasSubstr("the newest 300 of "));
}

TEST_F(GraphPage, AMetricWithoutValuesSaysSo) {
  fill();
  EXPECT_THAT(graph("&metric=mss_client"), HasSubstr("No value of “Maximum segment size, client” here"));
}

TEST_F(GraphPage, TheSameFiguresAreThereAsJsonAndCsv) {
  fill();
  const std::string query = "?signature=HTTP+GET&client=*&server=10.20.0.10&metric=response_time&lines=mean,p75";
  EXPECT_THAT(graph("&metric=response_time&lines=mean,p75"), HasSubstr("/PasTmon/api/v1/series?signature=HTTP%20GET"));
  EXPECT_THAT(page("/PasTmon/api/v1/series" + query),
              AllOf(HasSubstr("\"columns\":[\"time\",\"mean\",\"p75\"]"), HasSubstr("\"shades\":[[")));
  const Response csv = ask("/PasTmon/api/v1/series" + query + "&format=csv");
  EXPECT_THAT(csv.body, testing::StartsWith("time,local,mean_us,p75_us\r\n"));
  EXPECT_EQ(csv.content_type, "text/csv; charset=utf-8; header=present");
  EXPECT_THAT(csv.headers, testing::ElementsAre(std::pair<std::string, std::string>(
                               "Content-Disposition", "attachment; filename=\"response_time.csv\"")));
  EXPECT_EQ(ask("/PasTmon/api/v1/series" + query + "&format=xls").status, 400);
}

TEST(GraphTimes, WholeDaysMoveByWholeDaysOfTheZone) {
  const Calendar berlin = *Calendar::make("Europe/Berlin", 1);
  const auto at = [&](const char* text) { return *berlin.parse(text, Calendar::Ambiguous::earlier); };
  const TimeRange day{at("2026-10-26"), at("2026-10-27")};
  const TimeRange before = pages::earlier(berlin, day);
  EXPECT_EQ(before, (TimeRange{at("2026-10-25"), at("2026-10-26")}));
  EXPECT_EQ(before.to - before.from, 25 * 3600);
  EXPECT_EQ(pages::later(berlin, before), day);
}

TEST(GraphTimes, OtherSpansMoveByHalfAndZoomAroundTheMiddle) {
  const Calendar utc = *Calendar::make("UTC", 1);
  const TimeRange hours{36'000, 43'200};
  EXPECT_EQ(pages::earlier(utc, hours), (TimeRange{32'400, 39'600}));
  EXPECT_EQ(pages::later(utc, hours), (TimeRange{39'600, 46'800}));
  EXPECT_EQ(pages::wider(hours, 100'000), (TimeRange{32'400, 46'800}));
  EXPECT_EQ(pages::wider(hours, 43'200), (TimeRange{28'800, 43'200})) << "not into the future";
  EXPECT_EQ(pages::narrower(hours), (TimeRange{37'800, 41'400}));
  EXPECT_EQ(pages::earlier(utc, {0, 7200}), (TimeRange{0, 7200})) << "nothing is earlier";
}

}  // namespace
}  // namespace pastmon::web::test
