// SPDX-License-Identifier: MIT
// The lists' first face: what is most common.
#include "web/pages_fixture.h"

namespace pastmon::web {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Overview : public test::PagesFixture {};

TEST_F(Overview, NoQueryTellsConversationsApart) {
  fill();
  page("/PasTmon/level1");
  ASSERT_FALSE(data->lists.empty());
  // Roll-ups answer what tells apart, or filters by, clients or servers, not both.
  for (const store::ListQuery& query : data->lists) {
    const bool client = query.group_by.client || query.selection.clients;
    const bool server = query.group_by.server || query.group_by.port || query.selection.servers;
    EXPECT_FALSE(client && server);
  }
}

TEST_F(Overview, TheBusiestServicesStandInOneTableWithoutClients) {
  fill();
  const std::string html = page("/PasTmon/level1?range=24h");
  const std::string table = html.substr(html.find("<table class=\"rows\">"));
  EXPECT_THAT(table, AllOf(HasSubstr("Redis GET"), HasSubstr("cache1.example"), HasSubstr(">6379<"),
                           Not(HasSubstr(">Client<")), Not(HasSubstr("desk-11"))));
  EXPECT_THAT(html, AllOf(HasSubstr("href=\"/PasTmon/level1?client=%2A&amp;range=24h\">All services"),
                          HasSubstr("href=\"/PasTmon/level1?range=24h&amp;rows=1\">All conversations")));
}

}  // namespace
}  // namespace pastmon::web
