// SPDX-License-Identifier: MIT
// Level 1, graph, home and the states that all pages share.
#include "web/pages_fixture.h"

namespace pastmon::web {
namespace {

using test::clock_text;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Pages : public test::PagesFixture {};

TEST_F(Pages, UnfilteredLevel1ShowsWhatIsMostCommon) {
  fill();
  const std::string html = page("/PasTmon/level1");
  for (const char* text : {"Signatures", "Clients", "Servers", "Redis GET", "desk-11.office.example", "www.example",
                           "TCP connections", "TCP SYNACK", "ICMP ECHO", "DNS AAAA", "Busiest services"}) {
    EXPECT_THAT(html, HasSubstr(text));
  }
  EXPECT_THAT(html, HasSubstr("data-pie=\"[{&quot;label&quot;:&quot;Redis GET&quot;"));
  EXPECT_THAT(html, HasSubstr("<option value=\"PostgreSQL QUERY\">"));
}

TEST_F(Pages, EveryCellOfARowIsALink) {
  fill();
  const std::string html = page("/PasTmon/level1?signature=HTTP+POST");
  const std::string body = html.substr(html.find("<table class=\"rows\">"));
  const std::string row =
      body.substr(body.find("<tbody>"), body.find("</tr>", body.find("<tbody>")) - body.find("<tbody>"));
  std::size_t cells = 0, links = 0;
  for (std::size_t at = 0; (at = row.find("<td", at)) != std::string::npos; ++at) ++cells;
  for (std::size_t at = 0; (at = row.find("<a ", at)) != std::string::npos; ++at) ++links;
  EXPECT_EQ(cells, 15U);
  EXPECT_EQ(links, 16U);  // one cell has two: first and last seen
  EXPECT_THAT(row, AllOf(HasSubstr("client=10.20.1."), HasSubstr("server=10.20.0.10"), HasSubstr("port=80"),
                         HasSubstr("from=2025-"), HasSubstr("/PasTmon/graph?"), HasSubstr("metric=response_time")));
}

TEST_F(Pages, FiltersNarrowTheRows) {
  fill();
  const std::string html = page("/PasTmon/level1?client_like=desk-1[12]&server_like=^db1");
  EXPECT_THAT(html, AllOf(HasSubstr("desk-11.office.example"), HasSubstr("desk-12.office.example"),
                          HasSubstr("PostgreSQL QUERY")));
  EXPECT_THAT(html, AllOf(Not(HasSubstr("desk-13.office.example")), Not(HasSubstr("cache1.example"))));
  EXPECT_THAT(html, HasSubstr("/desk-1[12]/"));
}

TEST_F(Pages, TheCurrentQueryFillsInAndEachCellWidensAgain) {
  fill();
  const std::string html = page("/PasTmon/level1?signature=HTTP+GET&client=10.20.1.11&range=24h");
  EXPECT_THAT(html, HasSubstr("<b><bdi>desk-11.office.example</bdi></b><small><bdi>10.20.1.11</bdi></small>"));
  EXPECT_THAT(html,
              HasSubstr("href=\"/PasTmon/level1?client=10.20.1.11&amp;range=24h\" title=\"Take back: Signature\""));
  EXPECT_THAT(html,
              HasSubstr("href=\"/PasTmon/level1?signature=HTTP%20GET&amp;range=24h\" title=\"Take back: Client\""));
  EXPECT_THAT(html, HasSubstr("title=\"All together: Server\""));
}

TEST_F(Pages, SignatureClientAndServerLeadToMetricsAndAMetricToItsGraph) {
  fill();
  const std::string metrics = page("/PasTmon/level1?signature=HTTP+GET&client=*&server=10.20.0.10");
  EXPECT_THAT(metrics,
              AllOf(HasSubstr("Response time"), HasSubstr("Where the time went"), Not(HasSubstr("Zero windows"))));
  EXPECT_THAT(
      metrics,
      HasSubstr("/PasTmon/graph?signature=HTTP%20GET&amp;client=%2A&amp;server=10.20.0.10&amp;metric=response_time"));
  const std::string graph = page("/PasTmon/graph?signature=HTTP+GET&client=*&server=10.20.0.10&metric=response_time");
  EXPECT_THAT(graph, AllOf(HasSubstr("data-graph=\"{&quot;metric&quot;:&quot;response_time&quot;"), HasSubstr("p95"),
                           HasSubstr("Figures")));
  EXPECT_THAT(page("/PasTmon/graph?metric=nonsense"), HasSubstr("Which metric?"));
}

TEST_F(Pages, ManyRowsComeInPages) {
  fill();
  const std::string first = page("/PasTmon/level1?rows=1");
  EXPECT_THAT(first, AllOf(HasSubstr("Rows 1 to 50"), HasSubstr("Next"), Not(HasSubstr("Previous"))));
  EXPECT_THAT(page("/PasTmon/level1?rows=1&page=2"), AllOf(HasSubstr("Rows 51 to"), HasSubstr("Previous")));
  EXPECT_THAT(page("/PasTmon/level1?rows=1&page=900"), HasSubstr("No more rows"));
}

TEST_F(Pages, HostileNamesAreTextEverywhere) {
  test::SampleOptions sample;
  sample.hostile = true;
  fill(sample);
  const std::string ours = "<noscript><a href=\"/PasTmon/graph.svg";  // the one picture that a page has
  for (const char* target :
       {"/PasTmon/", "/PasTmon/level1", "/PasTmon/level1?client_like=^192",
        "/PasTmon/level1?signature=*&client=192.0.2.66", "/PasTmon/level1?signature=*&client=192.0.2.67&server=*",
        "/PasTmon/graph?signature=*&client=192.0.2.67&server=*&metric=packets_client"}) {
    std::string html = page(target);
    if (const std::size_t picture = html.find(ours); picture != std::string::npos)
      html.erase(picture, html.find("</noscript>") - picture);
    EXPECT_THAT(html, AllOf(Not(HasSubstr("<script>")), Not(HasSubstr("<img")), Not(HasSubstr("onmouseover=\"")),
                            Not(HasSubstr("\x1b"))))
        << target;
  }
  EXPECT_THAT(page("/PasTmon/level1?client_like=^192"), HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;.example"));
}

TEST_F(Pages, WhatAUserTypesIsTextToo) {
  fill();
  const std::string html =
      page("/PasTmon/level1?client_like=%22%3E%3Cscript%3E&signature=%3Cb%3E&sensor=%27%22%3E&metric=%3Ci%3E");
  EXPECT_THAT(html, AllOf(Not(HasSubstr("<script>")), Not(HasSubstr("<b>\"")),
                          Not(HasSubstr("\"><"
                                        "script"))));
  EXPECT_THAT(page("/PasTmon/level1?client_like=("), HasSubstr("This regular expression cannot be used"));
  EXPECT_THAT(page("/PasTmon/level1?client=nobody"), HasSubstr("is not an address"));
  EXPECT_THAT(page("/PasTmon/level1?from=x"), HasSubstr("is not a time"));
}

TEST_F(Pages, AnEmptyDatabaseSaysWhenDataWillBeThere) {
  EXPECT_THAT(page("/PasTmon/level1"), AllOf(HasSubstr("No data yet"), HasSubstr("ten seconds")));
  EXPECT_THAT(page("/PasTmon/graph?metric=response_time"), HasSubstr("No data yet"));
  EXPECT_THAT(page("/PasTmon/internal"), HasSubstr("No figures of the monitor itself"));
}

TEST_F(Pages, NothingInTheRangeSaysWhereDataIs) {
  fill();
  EXPECT_THAT(page("/PasTmon/level1?range=last_month"),
              AllOf(HasSubstr("No data in this time range"), HasSubstr("range=all")));
  EXPECT_THAT(page("/PasTmon/level1?client_like=nobody"), HasSubstr("Nothing matches this query"));
}

TEST_F(Pages, ADatabaseThatIsDownIsSaidAndComesBack) {
  data->fail_open = "cannot open <db>";
  EXPECT_THAT(page("/PasTmon/level1", 503),
              AllOf(HasSubstr("The database cannot be reached"), HasSubstr("cannot open &lt;db&gt;")));
  EXPECT_EQ(ask("/PasTmon/health").status, 503);
  EXPECT_EQ(ask("/PasTmon/api/v1/list").content_type, "application/problem+json");
  data->fail_open.clear();
  clock.advance(2 * base::kSecond);
  fill();
  EXPECT_THAT(page("/PasTmon/level1"), HasSubstr("Busiest services"));
  data->fail_query = "disk I/O error";
  EXPECT_THAT(page("/PasTmon/level1", 503), HasSubstr("disk I/O error"));
}

TEST_F(Pages, HealthTellsTheNewestData) {
  EXPECT_THAT(page("/PasTmon/health"), AllOf(HasSubstr("\"status\":\"ok\""), HasSubstr("\"last_data\":null")));
  fill();
  EXPECT_THAT(page("/PasTmon/health"), HasSubstr("\"last_data\":" + std::to_string(test::SampleOptions().end - 300)));
}

TEST_F(Pages, TheApiListsWhatThePageShows) {
  fill();
  const std::string json = page("/PasTmon/api/v1/list?group=signature&signature=DNS+PTR");
  EXPECT_THAT(json, AllOf(HasSubstr("\"signature\":\"DNS PTR\""), HasSubstr("\"response_time_us\":{\"count\":"),
                          HasSubstr("\"verdict\":")));
  EXPECT_EQ(ask("/PasTmon/api/v1/list?group=nonsense").status, 400);
  EXPECT_EQ(ask("/PasTmon/api/v1/list?client_like=(").status, 400);
  EXPECT_EQ(ask("/PasTmon/api/v1/series?metric=nonsense").status, 400);
  EXPECT_THAT(page("/PasTmon/api/v1/series?metric=packets_client&range=hour"),
              HasSubstr("\"columns\":[\"time\",\"sum\"]"));
}

TEST_F(Pages, WhatIsMissingIsSaid) {
  fill();
  EXPECT_THAT(page("/PasTmon/level1"), Not(HasSubstr("class=\"notice\"")));
  EXPECT_THAT(page("/PasTmon/api/v1/list"), Not(HasSubstr("\"warnings\"")));
  data->warnings = {"Group <north> cannot be read"};
  for (const char* path : {"/PasTmon/", "/PasTmon/level1", "/PasTmon/level1?server=*&client=*", "/PasTmon/internal",
                           "/PasTmon/graph?metric=response_time"})
    EXPECT_THAT(page(path), HasSubstr("<p class=\"notice\" role=\"status\">Group &lt;north&gt; cannot be read</p>"));
  for (const char* path : {"/PasTmon/api/v1/list", "/PasTmon/api/v1/series?metric=packets_client"})
    EXPECT_THAT(page(path), HasSubstr("\"warnings\":[\"Group <north> cannot be read\"]"));
}

constexpr const char* kAddedUp = "sensors are added up here";

TEST_F(Pages, FiguresOverSeveralSensorsSaySoAndLinkToEachOfThem) {
  fill();
  for (const char* target :
       {"/PasTmon/", "/PasTmon/level1", "/PasTmon/graph?signature=*&client=*&server=*&metric=transactions"})
    EXPECT_THAT(page(target), Not(HasSubstr("class=\"sensors\""))) << target;
  fill_second("branch & co", 12);
  clock.advance(60 * base::kSecond);
  for (const char* target : {"/PasTmon/", "/PasTmon/level1", "/PasTmon/level1?rows=1&range=24h",
                             "/PasTmon/level1?signature=*&client=*&server=*",
                             "/PasTmon/graph?signature=*&client=*&server=*&metric=transactions"}) {
    const std::string html = page(target);
    EXPECT_THAT(html, AllOf(HasSubstr(std::string("<b>2 ") + kAddedUp), HasSubstr("sensor=office"),
                            HasSubstr("sensor=branch%20%26%20co"), HasSubstr("<bdi>branch &amp; co</bdi>")))
        << target;
  }
  EXPECT_THAT(
      page("/PasTmon/graph?signature=*&client=*&server=*&metric=transactions"),
      HasSubstr(
          "/PasTmon/graph?signature=%2A&amp;client=%2A&amp;server=%2A&amp;sensor=office&amp;metric=transactions"));
}

TEST_F(Pages, OneSensorIsChosenByTheAddressAndKeptInTheLinks) {
  fill();
  fill_second("branch", 12);
  for (const char* target : {"/PasTmon/?sensor=branch", "/PasTmon/level1?sensor=branch",
                             "/PasTmon/graph?signature=*&client=*&server=*&sensor=branch&metric=transactions"}) {
    const std::string html = page(target);
    EXPECT_THAT(html, AllOf(Not(HasSubstr(kAddedUp)), HasSubstr("Only the sensor <b><bdi>branch</bdi></b>"),
                            HasSubstr("all together"), HasSubstr("sensor=office"), HasSubstr("sensor=branch")))
        << target;
  }
  const std::string rows = page("/PasTmon/level1?sensor=branch&rows=1");
  const std::string body = rows.substr(rows.find("<table class=\"rows\">"));
  EXPECT_THAT(body, AllOf(HasSubstr("sensor=branch"), Not(HasSubstr("sensor=office"))));
  EXPECT_THAT(page("/PasTmon/level1"), HasSubstr("<option value=\"branch\">branch</option>"));
}

TEST_F(Pages, WhatOnlyOneOfTheSensorsSawIsNotSaidToBeAddedUp) {
  fill();
  fill_second("branch", 12);  // the last hour only
  const std::string from = clock_text(test::SampleOptions().end - 3 * 3600),
                    to = clock_text(test::SampleOptions().end - 2 * 3600);
  EXPECT_THAT(page("/PasTmon/level1?from=" + from + "&to=" + to),
              AllOf(Not(HasSubstr(kAddedUp)), HasSubstr("Busiest services")));
}

TEST_F(Pages, TheApiFiltersBySensorAndSaysWhatIsAddedUp) {
  fill();
  EXPECT_THAT(page("/PasTmon/api/v1/list?group=signature"), HasSubstr("\"sensors\":[\"office\"],\"added_up\":false"));
  fill_second("branch", 12);
  clock.advance(60 * base::kSecond);
  for (const char* target : {"/PasTmon/api/v1/list?group=signature", "/PasTmon/api/v1/series?metric=transactions"}) {
    EXPECT_THAT(page(target), AllOf(HasSubstr("\"sensors\":[\"office\",\"branch\"],\"added_up\":true"),
                                    HasSubstr("add up 2 sensors")))
        << target;
    const std::string one = page(std::string(target) + "&sensor=branch");
    EXPECT_THAT(one, AllOf(HasSubstr("\"sensors\":[\"branch\"],\"added_up\":false"), Not(HasSubstr("add up"))))
        << target;
    const Response unknown = ask(std::string(target) + "&sensor=elsewhere");
    EXPECT_EQ(unknown.status, 400) << target;
    EXPECT_THAT(unknown.body, AllOf(HasSubstr("elsewhere"), HasSubstr("office")));
  }
  EXPECT_THAT(
      page("/PasTmon/api/v1/list?group=sensor"),
      AllOf(HasSubstr("\"added_up\":false"), HasSubstr("\"sensor\":\"office\""), HasSubstr("\"sensor\":\"branch\"")));
}

TEST_F(Pages, TheMenuMarksWhereOneIsAndHasNoDeadEntry) {
  fill();
  EXPECT_THAT(page("/PasTmon/level1"), HasSubstr("<a href=\"/PasTmon/level1\" aria-current=\"page\">Level 1</a>"));
  for (const MenuEntry& entry : menu()) EXPECT_EQ(ask(entry.path).status, 200) << entry.path;
  EXPECT_EQ(ask("/PasTmon/elsewhere").status, 404);
  EXPECT_EQ(ask("/").status, 303);
}

TEST_F(Pages, ForeignHostsAndProxiesAreRefused) {
  Request request;
  request.method = "GET";
  request.path = "/PasTmon/";
  request.peer = *base::Address::parse("127.0.0.1");
  request.headers = {{"host", "attacker.example"}};
  EXPECT_EQ(application_->answer(request).status, 421);
  request.headers = {{"host", "localhost"}, {"x-forwarded-for", "192.0.2.1"}};
  EXPECT_EQ(application_->answer(request).status, 403);
}

}  // namespace
}  // namespace pastmon::web
