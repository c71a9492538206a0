// SPDX-License-Identifier: MIT
// The wall of favourites: what it shows, for which times, and what changes it.
#include "pastmon/base/text.h"
#include "web/pages_fixture.h"

namespace pastmon::web {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kWall = "/PasTmon/favourites";
constexpr const char* kGet = "signature=HTTP%20GET&client=%2A&server=10.20.0.10&metric=response_time";

class FavouritesPage : public test::PagesFixture {
 protected:
  std::int64_t add(const std::string& title, const std::string& query) {
    auto id = state().add_favourite(title, query, "", 1);
    EXPECT_TRUE(id) << id.message();
    return id ? *id : 0;
  }
  std::vector<store::Favourite> kept() {
    auto favourites = state().favourites();
    EXPECT_TRUE(favourites) << favourites.message();
    return favourites ? std::move(*favourites) : std::vector<store::Favourite>();
  }
  std::vector<std::string> titles() {
    std::vector<std::string> list;
    for (const store::Favourite& favourite : kept()) list.push_back(favourite.title);
    return list;
  }
  /// Where a change leads; fails unless it is one.
  std::string changed(const std::string& target, const std::vector<std::pair<std::string, std::string>>& fields) {
    const Response response = post(target, fields);
    EXPECT_EQ(response.status, 303) << response.body;
    for (const auto& [name, value] : response.headers) {
      if (name == "Location") return value;
    }
    return "";
  }
  static std::size_t times(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++count;
    return count;
  }
};

TEST_F(FavouritesPage, AFavouriteIsASmallGraphWithItsFigures) {
  fill();
  add("Web answers", kGet);
  const std::string html = page("/PasTmon/favourites?range=3h");
  EXPECT_THAT(html, AllOf(HasSubstr("Web answers"), HasSubstr("HTTP GET: * to www.example, response time"),
                          HasSubstr("<dt>p95</dt>"), HasSubstr("<dt>Failures</dt>"), HasSubstr("v-server")));
  EXPECT_THAT(html, HasSubstr("/PasTmon/graph.svg?signature=HTTP%20GET&amp;client=%2A&amp;server=10.20.0.10&amp;"));
  EXPECT_THAT(html, HasSubstr("bare=1&amp;w=520&amp;h=170\" width=\"520\" height=\"170\" alt=\"Graph of Web answers"));
  EXPECT_THAT(html, HasSubstr("loading=\"lazy\""));
}

TEST_F(FavouritesPage, EveryTimeIsALinkAndGraphsOpenAtIt) {
  fill();
  add("Web", kGet);
  const std::string html = page("/PasTmon/favourites?range=hour");
  for (const char* range :
       {"hour", "24h", "7d", "today", "yesterday", "week", "last_week", "month", "last_month", "year", "last_year"})
    EXPECT_THAT(html, HasSubstr(base::cat("href=\"/PasTmon/favourites?range=", range, "\""))) << range;
  EXPECT_THAT(html, AllOf(HasSubstr("server=10.20.0.10&amp;range=hour&amp;metric=response_time\""),
                          HasSubstr("aria-current=\"true\">Hour</a>")));
}

TEST_F(FavouritesPage, LastDaysAreAFormAndThenABookmark) {
  fill();
  const Response moved = ask("/PasTmon/favourites?days=12&sensor=office");
  EXPECT_EQ(moved.status, 303);
  EXPECT_THAT(serialise(moved, 0, false, true), HasSubstr("Location: /PasTmon/favourites?sensor=office&range=12d"));
  add("Web", kGet);
  EXPECT_THAT(page("/PasTmon/favourites?range=12d"), AllOf(HasSubstr("Last 12 days"), HasSubstr("value=\"12\"")));
  EXPECT_THAT(serialise(ask("/PasTmon/favourites?days=x"), 0, false, true),
              HasSubstr("Location: /PasTmon/favourites\r\n"));
}

TEST_F(FavouritesPage, TheOtherSpellingLeadsHere) {
  EXPECT_THAT(serialise(ask("/PasTmon/favorites?range=week"), 0, false, true),
              AllOf(HasSubstr("303"), HasSubstr("Location: /PasTmon/favourites?range=week")));
}

TEST_F(FavouritesPage, AChangeAgainstTheTimeBeforeIsSaid) {
  test::SampleOptions sample;
  sample.buckets = 48;
  sample.gap_at = -1;
  fill(sample);
  add("Web", kGet);
  add("Calls", "signature=HTTP%20GET&client=%2A&server=10.20.0.10&metric=transactions");
  const std::string html = page("/PasTmon/favourites?range=hour");
  EXPECT_THAT(html, AllOf(HasSubstr("p95 against the hour before"), HasSubstr(" against the hour before: <b>")));
  // Nothing was measured before the data begin.
  EXPECT_THAT(page("/PasTmon/favourites?range=year"), Not(HasSubstr("against last year")));
}

TEST_F(FavouritesPage, OneWithoutDataSaysSoInsteadOfAnEmptyFrame) {
  fill();
  add("Gone service", "signature=Nothing%20like%20it&client=%2A&server=%2A&metric=response_time");
  add("Gone host", "signature=%2A&client=%2A&server=198.51.100.7&metric=response_time");
  add("Not then", kGet);
  add("Not that", "signature=DNS%20A&client=%2A&server=%2A&metric=connect_time");
  add("From elsewhere", "metric=not_yet_invented");
  const std::string html = page("/PasTmon/favourites?range=last_week");
  EXPECT_THAT(html, AllOf(HasSubstr("does not know the signature “Nothing like it” any more"),
                          HasSubstr("does not know the server 198.51.100.7 any more"), HasSubstr("Last seen"),
                          HasSubstr("cannot be shown"), Not(HasSubstr("<img"))));
  EXPECT_THAT(page(kWall), HasSubstr("nothing of it gave this figure"));
}

TEST_F(FavouritesPage, AnEmptyWallExplainsItselfAndOffersWhatIsInTheData) {
  fill();
  const std::string html = page(kWall);
  EXPECT_THAT(html, AllOf(HasSubstr("No favourites yet"), HasSubstr("The busiest service"),
                          HasSubstr("Redis GET: * to cache1.example port 6379, response time"),
                          HasSubstr("The server that takes longest"),
                          HasSubstr("SMTP MESSAGE: * to mail.example port 25, server time"),
                          HasSubstr("TCP SYNACK: * to *, response time")));
  EXPECT_EQ(times(html, "Add to favourites"), 3U);
}

TEST_F(FavouritesPage, AnEmptyDatabaseStillExplains) {
  EXPECT_THAT(page(kWall), AllOf(HasSubstr("No favourites yet"), HasSubstr("No data yet"), Not(HasSubstr("Add to"))));
}

TEST_F(FavouritesPage, AProposalIsAddedWithOneButton) {
  fill();
  EXPECT_EQ(changed("/PasTmon/favourites/add", {{"signature", "HTTP GET"},
                                                {"client", "*"},
                                                {"server", "10.20.0.10"},
                                                {"metric", "response_time"},
                                                {"range", "today"},
                                                {"title", "Web"},
                                                {"then", "wall"}}),
            "/PasTmon/favourites?range=today#favourite-1");
  EXPECT_EQ(kept().at(0).query, kGet);
}

TEST_F(FavouritesPage, TheGraphSavesAndThenLinksToWhatWasSaved) {
  fill();
  const std::string graph = std::string("/PasTmon/graph?") + kGet + "&range=today";
  EXPECT_THAT(page(graph),
              AllOf(HasSubstr("Save as favourite"), HasSubstr("value=\"HTTP GET: * to www.example, response time\"")));
  const std::string back = changed("/PasTmon/favourites/add", {{"signature", "HTTP GET"},
                                                               {"server", "10.20.0.10"},
                                                               {"metric", "response_time"},
                                                               {"range", "today"},
                                                               {"title", " The  web "}});
  EXPECT_THAT(back, HasSubstr("/PasTmon/graph?signature=HTTP%20GET"));
  EXPECT_THAT(back, HasSubstr("range=today"));
  EXPECT_EQ(titles(), std::vector<std::string>{"The web"});
  EXPECT_THAT(page(back), AllOf(Not(HasSubstr("Save as favourite")),
                                HasSubstr("href=\"/PasTmon/favourites?range=today#favourite-1\"")));
}

TEST_F(FavouritesPage, TheSameGraphIsNotKeptTwice) {
  fill();
  add("Web", kGet);
  const Response again =
      post("/PasTmon/favourites/add",
           {{"signature", "HTTP GET"}, {"client", "*"}, {"server", "10.20.0.10"}, {"metric", "response_time"}});
  EXPECT_EQ(again.status, 409);
  EXPECT_THAT(again.body, AllOf(HasSubstr("“Web” shows exactly this"), HasSubstr("#favourite-1")));
  EXPECT_EQ(titles().size(), 1U);
}

TEST_F(FavouritesPage, WhatIsNoGraphIsNotSaved) {
  EXPECT_EQ(post("/PasTmon/favourites/add", {{"metric", "nonsense"}, {"title", "x"}}).status, 400);
  EXPECT_EQ(post("/PasTmon/favourites/add", {}).status, 400);
  EXPECT_TRUE(titles().empty());
}

TEST_F(FavouritesPage, EditingReplacesOrAdds) {
  fill();
  add("HTTP GET: * to www.example, response time", kGet);
  add("Named by hand", "signature=%2A&client=%2A&server=%2A&metric=errors");
  const std::string editing =
      page("/PasTmon/graph?signature=HTTP+GET&client=*&server=10.20.0.10&metric=server_time&favourite=1");
  EXPECT_THAT(editing, AllOf(HasSubstr("You change the favourite"), HasSubstr("Save the change"),
                             HasSubstr("value=\"HTTP GET: * to www.example, server time\"")));
  EXPECT_THAT(page("/PasTmon/graph?metric=answered&signature=*&client=*&server=*&favourite=2"),
              HasSubstr("value=\"Named by hand\""));
  const std::vector<std::pair<std::string, std::string>> fields = {{"signature", "HTTP GET"},
                                                                   {"server", "10.20.0.10"},
                                                                   {"metric", "server_time"},
                                                                   {"favourite", "1"},
                                                                   {"title", "Server"}};
  auto replace = fields, other = fields;
  replace.emplace_back("how", "replace");
  EXPECT_EQ(changed("/PasTmon/favourites/add", replace), "/PasTmon/favourites#favourite-1");
  EXPECT_EQ(titles(), (std::vector<std::string>{"Server", "Named by hand"}));
  EXPECT_THAT(kept().at(0).query, HasSubstr("metric=server_time"));
  other[2].second = "transfer_time";
  changed("/PasTmon/favourites/add", other);
  EXPECT_EQ(titles().size(), 3U);
}

TEST_F(FavouritesPage, TheNumberOfTheFavouriteStaysInTheLinksWhileItIsEdited) {
  fill();
  add("Web", kGet);
  EXPECT_THAT(page(kWall), HasSubstr("favourite=1"));
  EXPECT_THAT(page("/PasTmon/level1?signature=HTTP+GET&client=*&server=*&favourite=1"),
              HasSubstr("metric=server_time&amp;favourite=1"));
}

TEST_F(FavouritesPage, RenamingMovingAndRemoving) {
  fill();
  for (const char* metric : {"response_time", "server_time", "errors"})
    add(metric, std::string("signature=%2A&client=%2A&server=%2A&metric=") + metric);
  changed("/PasTmon/favourites/rename", {{"favourite", "2"}, {"title", "Second"}});
  EXPECT_EQ(titles(), (std::vector<std::string>{"response_time", "Second", "errors"}));
  EXPECT_EQ(changed("/PasTmon/favourites/move", {{"favourite", "2"}, {"direction", "up"}, {"range", "week"}}),
            "/PasTmon/favourites?range=week#favourite-2");
  EXPECT_EQ(titles(), (std::vector<std::string>{"Second", "response_time", "errors"}));
  changed("/PasTmon/favourites/move", {{"favourite", "2"}, {"direction", "up"}});
  changed("/PasTmon/favourites/move", {{"favourite", "1"}, {"direction", "down"}});
  EXPECT_EQ(titles(), (std::vector<std::string>{"Second", "errors", "response_time"}));
  const std::string html = page(kWall);
  EXPECT_EQ(times(html, "↑ Earlier"), 2U);
  EXPECT_EQ(times(html, "↓ Later"), 2U);
  EXPECT_THAT(page("/PasTmon/favourites/remove?favourite=2"), AllOf(HasSubstr("Remove"), HasSubstr("Second")));
  EXPECT_EQ(titles().size(), 3U);
  changed("/PasTmon/favourites/remove", {{"favourite", "2"}});
  EXPECT_EQ(titles(), (std::vector<std::string>{"errors", "response_time"}));
}

TEST_F(FavouritesPage, OneThatIsGoneIsSaidToBeGone) {
  for (const char* path : {"/PasTmon/favourites/rename", "/PasTmon/favourites/move", "/PasTmon/favourites/remove"}) {
    const Response response = post(path, {{"favourite", "9"}, {"title", "x"}});
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_THAT(response.body, HasSubstr("This favourite is gone")) << path;
  }
  EXPECT_EQ(ask("/PasTmon/favourites/remove?favourite=9").status, 404);
  EXPECT_EQ(post("/PasTmon/favourites/add", {{"metric", "errors"}, {"favourite", "9"}, {"how", "replace"}}).status,
            404);
}

TEST_F(FavouritesPage, TheWallComesInPages) {
  fill();
  for (int i = 0; i < 30; ++i)
    add(base::cat("Wall ", i), base::cat("signature=%2A&client=%2A&server=%2A&port=", i + 1, "&metric=errors"));
  EXPECT_THAT(page(kWall), AllOf(HasSubstr("1 to 24 of 30"), HasSubstr("Wall 23"), Not(HasSubstr("Wall 24"))));
  EXPECT_THAT(page("/PasTmon/favourites?page=2"),
              AllOf(HasSubstr("25 to 30 of 30"), HasSubstr("Wall 24"), HasSubstr("Previous")));
  EXPECT_THAT(page("/PasTmon/favourites?page=9"), HasSubstr("25 to 30 of 30"));
  EXPECT_EQ(changed("/PasTmon/favourites/move", {{"favourite", "24"}, {"direction", "down"}}),
            "/PasTmon/favourites?page=2#favourite-24");
}

TEST_F(FavouritesPage, TheWallIsBounded) {
  for (std::size_t i = 0; i < store::WebState::kMaxFavourites; ++i)
    add("x", base::cat("signature=%2A&client=%2A&server=%2A&port=", i + 1, "&metric=errors"));
  const Response full = post("/PasTmon/favourites/add", {{"metric", "errors"}, {"title", "one more"}});
  EXPECT_EQ(full.status, 409);
  EXPECT_THAT(full.body, HasSubstr("The wall is full"));
}

TEST_F(FavouritesPage, HostileTitlesAndQueriesAreText) {
  fill();
  add("<script>alert(1)</script>", "signature=%3Cimg%20src%3Dx%3E&client=%2A&server=%2A&metric=errors");
  for (const std::string& target :
       {std::string(kWall), std::string("/PasTmon/favourites/remove?favourite=1"),
        std::string("/PasTmon/graph?signature=*&client=*&server=*&metric=errors&favourite=1")})
    EXPECT_THAT(page(target), AllOf(Not(HasSubstr("<script>alert")), Not(HasSubstr("<img src=x")))) << target;
}

TEST_F(FavouritesPage, OneSensorAloneIsChosenForTheWholeWall) {
  fill();
  fill_second("branch", 12);
  add("Web", kGet);
  EXPECT_THAT(page(kWall), HasSubstr("sensors are added up here"));
  EXPECT_THAT(page("/PasTmon/favourites?sensor=branch"), HasSubstr("server=10.20.0.10&amp;sensor=branch"));
}

TEST_F(FavouritesPage, ItsOwnDatabaseBeingDownIsSaid) {
  fill();
  fail_state = "cannot open web.db";
  EXPECT_THAT(page(kWall, 503), HasSubstr("cannot open web.db"));
  // The graph itself does not need it.
  EXPECT_THAT(page(std::string("/PasTmon/graph?") + kGet), Not(HasSubstr("Save as favourite")));
  // Who may change them stands there, too.
  EXPECT_EQ(post("/PasTmon/favourites/remove", {{"favourite", "1"}}).status, 503);
}

}  // namespace
}  // namespace pastmon::web
