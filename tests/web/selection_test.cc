// SPDX-License-Identifier: MIT
#include "selection.h"

#include <gtest/gtest.h>

#include <string>

#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

constexpr base::Seconds kNow = 1'763'920'830;

Names names(int extra = 0) {
  Names result;
  const auto add = [&](const std::string& address, std::string name) {
    const auto parsed = *base::Address::parse(address);
    result.hosts.push_back({store::id_of(parsed), parsed, std::move(name), "dns"});
  };
  add("192.0.2.1", "web1.example");
  add("192.0.2.2", "WEB2.example");
  add("192.0.2.3", "");
  add("2001:db8::5", "db.example");
  for (int i = 0; i < extra; ++i) add(base::cat("10.0.", i / 250, ".", i % 250), "");
  return result;
}

store::Id id(const char* address) { return store::id_of(*base::Address::parse(address)); }

TEST(MatchHosts, LooksAtNameAndAddressWithoutCase) {
  const base::ManualClock clock;
  const Names n = names();
  const auto by_name = std::get<HostMatch>(match_hosts("^web", n, {}, clock));
  EXPECT_EQ(by_name.ids, (std::vector{id("192.0.2.1"), id("192.0.2.2")}));
  const auto by_address = std::get<HostMatch>(match_hosts(R"(\.3$|db8::5)", n, {}, clock));
  EXPECT_EQ(by_address.ids, (std::vector{id("192.0.2.3"), id("2001:db8::5")}));
}

TEST(MatchHosts, WhatMatchesAllIsNoRestriction) {
  const base::ManualClock clock;
  EXPECT_TRUE(std::get<HostMatch>(match_hosts(".", names(), {}, clock)).all);
  const auto none = std::get<HostMatch>(match_hosts("nobody", names(), {}, clock));
  EXPECT_FALSE(none.all);
  EXPECT_TRUE(none.ids.empty());
}

TEST(MatchHosts, TooBroadIsAProblemThatSaysHowMany) {
  const base::ManualClock clock;
  SelectionLimits limits;
  limits.max_hosts = 100;
  const auto match = match_hosts("^10\\.", names(300), limits, clock);
  ASSERT_TRUE(std::holds_alternative<Problem>(match));
  EXPECT_NE(std::get<Problem>(match).title.find("300 of 304"), std::string::npos);
}

TEST(MatchHosts, BadAndLongPatternsAreProblems) {
  const base::ManualClock clock;
  EXPECT_TRUE(std::holds_alternative<Problem>(match_hosts("(", names(), {}, clock)));
  EXPECT_TRUE(std::holds_alternative<Problem>(match_hosts(std::string(257, 'a'), names(), {}, clock)));
  EXPECT_TRUE(std::holds_alternative<HostMatch>(match_hosts(std::string(256, 'a'), names(), {}, clock)));
}

TEST(MatchHosts, ExplosivePatternsAreGivenUp) {
  const base::ManualClock clock;
  Names n = names();
  n.hosts[0].name = std::string(200, 'a') + "!";
  EXPECT_TRUE(std::holds_alternative<Problem>(match_hosts("^(a+)+$", n, {}, clock)));
}

TEST(MatchHosts, TheTimeOfARequestIsBounded) {
  struct Hurried final : base::Clock {
    base::Micros now() const override { return 0; }
    base::Micros monotonic() const override { return at += 60'000; }
    mutable base::Micros at = 0;
  };
  const Hurried clock;
  EXPECT_TRUE(std::holds_alternative<Problem>(match_hosts("x", names(1000), {}, clock)));
}

TEST(Resolve, BothPatternsOfARequestShareItsTime) {
  // A clock that a look at takes a millisecond.
  class Slow final : public base::Clock {
   public:
    base::Micros now() const override { return monotonic(); }
    base::Micros monotonic() const override { return at_ += 1'000; }

   private:
    mutable base::Micros at_ = 0;
  };
  const Slow clock;
  const base::Micros one = [&] {
    QueryState query;
    query.client_like = "x";
    const base::Micros begun = clock.monotonic();
    EXPECT_TRUE(std::holds_alternative<store::Selection>(resolve(query, {0, 300}, names(800), {}, clock)));
    return clock.monotonic() - begun;
  }();
  EXPECT_GT(one, SelectionLimits().budget / 2);
  QueryState query;
  query.client_like = query.server_like = "x";
  const auto both = resolve(query, {0, 300}, names(800), {}, clock);
  ASSERT_TRUE(std::holds_alternative<Problem>(both));
  EXPECT_NE(std::get<Problem>(both).title.find("too long"), std::string::npos);
}

TEST(Resolve, ChoicesWinOverPatterns) {
  const base::ManualClock clock;
  QueryState query;
  query.client.text = "192.0.2.9";
  query.client_like = "web";
  query.server.text = "*";
  query.server_like = "db";
  query.signature.text = "HTTP GET";
  query.port = "80";
  query.sensor = "office";
  const auto selection = std::get<store::Selection>(resolve(query, {1, 2}, names(), {}, clock));
  EXPECT_EQ(selection.from, 1);
  EXPECT_EQ(selection.to, 2);
  EXPECT_EQ(selection.clients, std::vector{id("192.0.2.9")});
  EXPECT_FALSE(selection.servers);
  EXPECT_EQ(selection.signatures, std::vector{store::id_of_name("HTTP GET")});
  EXPECT_EQ(selection.sensors, std::vector{store::id_of_name("office")});
  EXPECT_EQ(selection.port, 80);
}

TEST(Resolve, WhatIsNoAddressIsAProblem) {
  const base::ManualClock clock;
  QueryState query;
  query.server.text = "web1'; DROP TABLE level_1; --";
  EXPECT_TRUE(std::holds_alternative<Problem>(resolve(query, {1, 2}, names(), {}, clock)));
}

TEST(Resolve, APatternThatMatchesNothingSelectsNothing) {
  const base::ManualClock clock;
  QueryState query;
  query.client_like = "nobody";
  const auto selection = std::get<store::Selection>(resolve(query, {1, 2}, names(), {}, clock));
  ASSERT_TRUE(selection.clients);
  EXPECT_TRUE(selection.clients->empty());
}

class ResolveTime : public testing::Test {
 protected:
  Calendar utc = *Calendar::make("UTC", 1);
  std::variant<TimeRange, Problem> resolve(std::string_view query, store::Extent extent = {kNow - 7200, kNow - 300}) {
    return resolve_time(QueryState::parse(*Parameters::parse(query)), utc, extent, kNow);
  }
};

TEST_F(ResolveTime, TheDefaultIsTheLastDay) {
  EXPECT_EQ(std::get<TimeRange>(resolve("", {kNow - 30 * 86'400, kNow - 300})), utc.range("24h", kNow));
}

TEST_F(ResolveTime, ANewInstallationIsShownClose) {
  EXPECT_EQ(default_range(utc, {0, 0}, kNow), "hour");
  EXPECT_EQ(default_range(utc, {kNow - 900, kNow}, kNow), "hour");
  EXPECT_EQ(default_range(utc, {kNow - 7200, kNow}, kNow), "3h");
  EXPECT_EQ(std::get<TimeRange>(resolve("")), utc.range("3h", kNow));
}

TEST_F(ResolveTime, OldDataAloneIsShownWhole) {
  const store::Extent old{1'600'000'200, 1'600'000'500};
  EXPECT_EQ(std::get<TimeRange>(resolve("", old)), (TimeRange{1'600'000'200, 1'600'000'800}));
  EXPECT_EQ(std::get<TimeRange>(resolve("range=hour", old)), utc.range("hour", kNow));
}

TEST_F(ResolveTime, OfALongArchiveTheLastYearIsShown) {
  EXPECT_EQ(default_range(utc, {kNow - 300 * 86'400, kNow - 33 * 86'400}, kNow), "all");
  EXPECT_EQ(default_range(utc, {kNow - 800 * 86'400, kNow - 33 * 86'400}, kNow), "365d");
}

TEST_F(ResolveTime, AllIsWhatThereIs) {
  EXPECT_EQ(std::get<TimeRange>(resolve("range=all")), (TimeRange{kNow - 7200, kNow}));
}

TEST_F(ResolveTime, AnOpenEndIsFilled) {
  EXPECT_EQ(std::get<TimeRange>(resolve("from=2025-11-23T10:00")).to, utc.range("24h", kNow)->to);
  EXPECT_EQ(std::get<TimeRange>(resolve("to=2025-11-23T17:00")).from, kNow - 7200);
}

TEST_F(ResolveTime, NonsenseAndEmptyRangesAreProblems) {
  for (const char* query :
       {"range=fortnight", "from=x", "to=2025-02-30", "from=2025-11-23T10:00&to=2025-11-23T10:00"}) {
    EXPECT_TRUE(std::holds_alternative<Problem>(resolve(query))) << query;
  }
}

}  // namespace
}  // namespace pastmon::web
