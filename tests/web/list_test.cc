// SPDX-License-Identifier: MIT
// Level 1, Level 2 and All: rows, their order and form, the filter, and what is said when there is nothing.
#include <string>

#include "web/pages_fixture.h"

namespace pastmon::web {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size()) ++found;
  return found;
}

class List : public test::PagesFixture {
 protected:
  /// The sample office of two months ago, as level 2.
  void fill_archive() {
    test::SampleOptions old;
    old.end -= 60 * 86'400;
    data->archive.push_back(test::sample_batch(old));
  }
  /// From the table of rows on.
  std::string rows(std::string_view target) {
    const std::string html = page(target);
    const std::size_t at = html.find("<table class=\"rows\">");
    EXPECT_NE(at, std::string::npos) << target;
    return at == std::string::npos ? std::string() : html.substr(at);
  }
};

class Levels : public List, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Paths, Levels, testing::Values("level1", "level2", "all"),
                         [](const auto& path) { return std::string(path.param); });

TEST_P(Levels, LeadFromWhatIsMostCommonToAMetric) {
  fill();
  fill_archive();
  const std::string path = std::string("/PasTmon/") + GetParam();
  const std::string level = path == "/PasTmon/level1" ? "" : path == "/PasTmon/all" ? "level=all&amp;" : "level=2&amp;";
  const std::string all = "range=all";
  EXPECT_THAT(page(path + "?" + all), AllOf(HasSubstr("Busiest services"),
                                            HasSubstr("href=\"" + path + "?signature=HTTP%20GET&amp;range=all\"")));
  EXPECT_THAT(rows(path + "?signature=HTTP+GET&" + all),
              HasSubstr("href=\"" + path + "?signature=HTTP%20GET&amp;client=10.20.1.11&amp;range=all\""));
  EXPECT_THAT(page(path + "?signature=HTTP+GET&client=10.20.1.11&server=10.20.0.10&" + all),
              HasSubstr("href=\"/PasTmon/graph?" + level +
                        "signature=HTTP%20GET&amp;client=10.20.1.11&amp;server=10.20.0.10&amp;range=all&amp;"
                        "metric=response_time\""));
}

TEST_F(List, LevelsShowTheirOwnRows) {
  fill_archive();
  EXPECT_THAT(page("/PasTmon/level1"), HasSubstr("No data yet"));
  EXPECT_THAT(page("/PasTmon/level2"), AllOf(HasSubstr("Busiest services"), HasSubstr("All data")));
  EXPECT_THAT(page("/PasTmon/all?signature=HTTP+GET"), HasSubstr("www.example"));
}

TEST_F(List, AnEmptyArchiveSaysWhatFillsIt) {
  fill();
  EXPECT_THAT(page("/PasTmon/level2"),
              AllOf(HasSubstr("The archive is empty"), HasSubstr("<pre"),
                    HasSubstr("0 1 * * * pastmon_summarise_level_2 --age=32 --interval=3600 --delete")));
}

TEST_F(List, EachLevelOffersTimesThatFitIt) {
  fill();
  fill_archive();
  EXPECT_THAT(page("/PasTmon/level1"), AllOf(HasSubstr(">Last hour</a>"), Not(HasSubstr(">Last year</a>"))));
  EXPECT_THAT(page("/PasTmon/level2"), AllOf(Not(HasSubstr(">Last hour</a>")), HasSubstr(">Last year</a>")));
  EXPECT_THAT(page("/PasTmon/all"), AllOf(HasSubstr(">Last hour</a>"), HasSubstr(">Last year</a>")));
  EXPECT_THAT(page("/PasTmon/level1?range=12d"), HasSubstr("aria-current=\"true\">Last 12 days</a>"));
}

TEST_F(List, AllHasTheSwitchHourDayWeek) {
  fill();
  const std::string html = page("/PasTmon/all?signature=HTTP+GET&range=24h");
  EXPECT_THAT(html, AllOf(HasSubstr("class=\"segments\""),
                          HasSubstr("href=\"/PasTmon/all?signature=HTTP%20GET&amp;range=hour\">Hour</a>"),
                          HasSubstr("aria-current=\"true\">Day</a>"),
                          HasSubstr("href=\"/PasTmon/all?signature=HTTP%20GET&amp;range=7d\">Week</a>")));
  EXPECT_THAT(page("/PasTmon/level1"), Not(HasSubstr("class=\"segments\"")));
}

TEST_F(List, EveryColumnThatCanSortsAndSaysSo) {
  fill();
  const std::string html = rows("/PasTmon/level1?signature=HTTP+GET");
  for (const char* key : {"signature", "client", "server", "port"})
    EXPECT_THAT(html, HasSubstr("sort=-" + std::string(key) + "\"")) << key;  // names and ports begin low
  for (const char* key :
       {"failures", "errors", "response_mean", "response_max", "loss", "verdict", "bytes", "first", "last"})
    EXPECT_THAT(html, HasSubstr("sort=" + std::string(key) + "\"")) << key;
  EXPECT_THAT(html, HasSubstr("aria-sort=\"descending\"><a class=\"line\" href=\"/PasTmon/level1?"));
  const std::string by_client = rows("/PasTmon/level1?signature=HTTP+GET&sort=-client");
  EXPECT_LT(by_client.find("10.20.1.15</bdi>"), by_client.find("desk-11"));
  EXPECT_LT(by_client.find("desk-11"), by_client.find("desk-12"));
  EXPECT_THAT(by_client, AllOf(HasSubstr("aria-sort=\"ascending\""), HasSubstr("sort=client\"")));
}

TEST_F(List, WhatIsAllTogetherHasNoColumn) {
  fill();
  const std::string html = rows("/PasTmon/level1?signature=HTTP+GET&client=*");
  EXPECT_THAT(html, AllOf(Not(HasSubstr(">Client<")), HasSubstr("data-title=\"Server\"")));
}

TEST_F(List, EachRowHasItsLineAndWhereItsTimeWent) {
  fill();
  const std::string html = rows("/PasTmon/level1?signature=HTTP+GET");
  EXPECT_EQ(count(html, "<path d=\"M"), count(html, "data-title=\"Trend\""));
  EXPECT_THAT(html, AllOf(HasSubstr("title=\"Average response time, each"), HasSubstr("title=\"client 1."),
                          HasSubstr("class=\"b-server\"")));
}

TEST_F(List, ZeroIsQuietAndWhatIsBadStandsOut) {
  fill();
  EXPECT_THAT(rows("/PasTmon/level1?signature=Redis+GET"),
              AllOf(HasSubstr("class=\"n zero\" data-title=\"Failures\""), Not(HasSubstr("n bad"))));
  EXPECT_THAT(rows("/PasTmon/level1?signature=DNS+PTR"), HasSubstr("class=\"n bad\" data-title=\"Failures\""));
}

TEST_F(List, PagesHaveTheSizeWanted) {
  fill();
  const std::string html = page("/PasTmon/level1?rows=1&limit=25");
  EXPECT_EQ(count(html, "data-title=\"Trend\""), 25U);
  EXPECT_THAT(html, AllOf(HasSubstr("Rows 1 to 25"), HasSubstr("rows=1&amp;limit=25&amp;page=2"),
                          HasSubstr("href=\"/PasTmon/level1?rows=1&amp;limit=100\">100</a>")));
  EXPECT_THAT(page("/PasTmon/level1?signature=ICMP+ECHO"), HasSubstr("<h2>9 rows</h2>"));
  EXPECT_EQ(count(page("/PasTmon/level1?rows=1&limit=1000"), "data-title=\"Trend\""), 100U);
}

TEST_F(List, TheSameRowsComeAsCsvAndJson) {
  fill();
  const std::string html = page("/PasTmon/level1?signature=HTTP+GET&sort=-client&limit=5&page=2");
  EXPECT_THAT(html, HasSubstr("href=\"/PasTmon/api/v1/list?signature=HTTP%20GET&amp;sort=-client&amp;limit=5&amp;page=2"
                              "&amp;format=csv\""));
  const Response csv = ask("/PasTmon/api/v1/list?signature=HTTP+GET&sort=-client&limit=5&page=2&format=csv");
  EXPECT_EQ(csv.content_type, "text/csv; charset=utf-8; header=present");
  EXPECT_THAT(csv.body, testing::StartsWith("signature,client,client_name,server,server_name,port,transactions,"));
  EXPECT_EQ(count(csv.body, "\r\n"), 6U);
  const std::string table = html.substr(html.find("<tbody>", html.find("class=\"rows\"")));
  EXPECT_THAT(table, HasSubstr("desk-13"));
  EXPECT_THAT(csv.body, HasSubstr("HTTP GET,10.20.1.13,desk-13.office.example,"));
  const std::string json = page("/PasTmon/api/v1/list?signature=HTTP+GET&sort=-client&limit=5&page=2");
  EXPECT_EQ(count(json, "\"verdict\":"), 5U);
  EXPECT_EQ(ask("/PasTmon/api/v1/list?format=xml").status, 400);
}

TEST_F(List, NamesFromTheNetworkAreNoFormulas) {
  fill();
  store::Batch& batch = data->batches.front();
  batch.buckets.back().rows.front().signature = "=HYPERLINK(\"http://evil.example\",\"x\")";
  batch.names.push_back({*base::Address::parse("10.20.1.12"), "@SUM(1+1)", "dns", 1});
  const std::string csv = page("/PasTmon/api/v1/list?rows=1&limit=1000&format=csv");
  EXPECT_THAT(csv, AllOf(HasSubstr("\"'=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\","),
                         HasSubstr(",'@SUM(1+1),"), Not(HasSubstr(",@SUM"))));
}

TEST_F(List, AFamilyStandsForAllOfAProtocol) {
  fill();
  const std::string html = page("/PasTmon/level1?signature=DNS+*");
  EXPECT_THAT(html, AllOf(HasSubstr("3 signatures"), HasSubstr("<option value=\"DNS *\">all 3 of DNS</option>")));
  EXPECT_THAT(rows("/PasTmon/level1?signature=DNS+*"),
              AllOf(HasSubstr("DNS AAAA"), HasSubstr("DNS PTR"), Not(HasSubstr("HTTP GET"))));
  EXPECT_THAT(page("/PasTmon/level1?signature=DNS+*&client=*&server=*"), HasSubstr("<h2>Outcomes</h2>"));
}

TEST_F(List, ASignatureThatIsNotThereBringsTheLikeOfIt) {
  fill();
  const std::string html = page("/PasTmon/level1?signature=postgres");
  EXPECT_THAT(html, AllOf(HasSubstr("No signature is called “postgres”"),
                          HasSubstr("href=\"/PasTmon/level1?signature=PostgreSQL%20QUERY\">PostgreSQL QUERY</a>"),
                          Not(HasSubstr("signature=Redis%20GET\">Redis GET</a> <a"))));
}

TEST_F(List, AWrongExpressionStaysInItsFieldAndCanBeTakenBack) {
  fill();
  const std::string html = page("/PasTmon/level1?client_like=(&server_like=^www&range=24h");
  EXPECT_THAT(html, AllOf(HasSubstr("This regular expression cannot be used"),
                          HasSubstr("name=\"client_like\" value=\"(\""), HasSubstr("aria-invalid=\"true\""),
                          HasSubstr("href=\"/PasTmon/level1?server_like=%5Ewww&amp;range=24h\">Without this filter")));
  EXPECT_EQ(count(html, "aria-invalid"), 1U);
  EXPECT_THAT(page("/PasTmon/level1?sensor=elsewhere"), HasSubstr("No sensor is called"));
}

TEST_F(List, WhatIsChosenIsNotMatchedAsWell) {
  fill();
  const std::string html = page("/PasTmon/level1?client=10.20.1.11");
  EXPECT_THAT(html, AllOf(Not(HasSubstr("name=\"client_like\"")), HasSubstr("name=\"server_like\""),
                          HasSubstr("type=\"hidden\" name=\"client\" value=\"10.20.1.11\"")));
}

TEST_F(List, MetricsStandByTopic) {
  fill();
  const std::string html = page("/PasTmon/level1?signature=HTTP+POST&client=*&server=*");
  std::size_t before = 0;
  for (const char* topic : {"Response", "Outcomes", "Round trips", "TCP", "Traffic", "Sizes"}) {
    const std::size_t at = html.find("<h2>" + std::string(topic) + "</h2>");
    ASSERT_NE(at, std::string::npos) << topic;
    EXPECT_GT(at, before) << topic;
    before = at;
  }
  EXPECT_THAT(html,
              AllOf(HasSubstr(" of transactions"), HasSubstr("of the server&#39;s packets"), HasSubstr("/s</td>")));
}

}  // namespace
}  // namespace pastmon::web
