// SPDX-License-Identifier: MIT
// Internal, its graphs, and the signatures.
#include "web/pages_fixture.h"

namespace pastmon::web::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Internal : public PagesFixture {
 protected:
  static constexpr base::Seconds kEnd = SampleOptions().end;
  void tell(const std::string& sensor, base::Seconds start, std::vector<store::Statistic> figures) {
    store::Batch batch;
    batch.sensor = sensor;
    batch.statistics[start] = std::move(figures);
    ASSERT_TRUE(FakeDatabase(data).write(batch));
  }
  static store::Statistic figure(const std::string& name, std::int64_t value, const std::string& interface = "") {
    return {name, interface, {1, value, value, value}};
  }
};

TEST_F(Internal, SaysThatNothingIsLost) {
  tell("office", kEnd - 300, {figure("packets_received", 3000, "eth0"), figure("kernel_dropped", 0, "eth0")});
  EXPECT_THAT(page("/PasTmon/internal"),
              AllOf(HasSubstr("It captures."), HasSubstr("class=\"answer ok\""), HasSubstr("Packets received"),
                    HasSubstr("None of: "), HasSubstr("Dropped by the kernel")));
}

TEST_F(Internal, WhatIsWrongComesFirstWithWhatToDo) {
  tell("office", kEnd - 300,
       {figure("packets_received", 3000, "eth0"), figure("kernel_dropped", 60, "eth0"), figure("flows", 1000),
        figure("flows_one_sided", 900)});
  const std::string html = page("/PasTmon/internal");
  EXPECT_THAT(html, AllOf(HasSubstr("Something is lost."), HasSubstr("Dropped by the kernel on eth0: 60"),
                          HasSubstr("Raise buffer in pastmon.conf"), HasSubstr("You may see only one direction"),
                          HasSubstr("class=\"alarming\"")));
  EXPECT_LT(html.find("Raise buffer"), html.find("<table"));
}

TEST_F(Internal, ABoundStandsBesideItsLevel) {
  tell("office", kEnd - 300,
       {figure("packets_received", 1, "eth0"), figure("flows_active", 250), figure("flows_active_limit", 1000)});
  EXPECT_THAT(page("/PasTmon/internal"), AllOf(HasSubstr("of 1,000, 25.0 %"), Not(HasSubstr("Flows active limit"))));
}

TEST_F(Internal, ASensorThatIsGoneIsSaid) {
  tell("office", kEnd - 3600, {figure("packets_received", 3000, "eth0")});
  EXPECT_THAT(page("/PasTmon/internal"), HasSubstr("This sensor tells nothing any more"));
}

TEST_F(Internal, AFigureHasAGraphWithItsValues) {
  fill();
  const std::string html = page("/PasTmon/internal?statistic=packets_received&interface=eth0&range=hour");
  EXPECT_THAT(html, AllOf(HasSubstr("<h1>Packets received"), HasSubstr("data-statistic="),
                          HasSubstr("&quot;eth0&quot;"), HasSubstr("range=7d"), HasSubstr("class=\"figures\"")));
  EXPECT_THAT(page("/PasTmon/internal?statistic=memory_bytes"), AllOf(HasSubstr(">Min<"), HasSubstr(">Average<")));
  EXPECT_THAT(page("/PasTmon/internal?statistic=%3Cb%3E"),
              AllOf(HasSubstr("No such figure"), Not(HasSubstr("<b>\">"))));
}

TEST_F(Internal, LinesOfSeveralSensorsAreTold) {
  fill();
  tell("branch", kEnd - 300, {figure("packets_received", 5, "eth0")});
  EXPECT_THAT(page("/PasTmon/internal?statistic=packets_received"),
              AllOf(HasSubstr("office · eth0"), HasSubstr("branch · eth0")));
  EXPECT_THAT(page("/PasTmon/internal?sensor=branch"), Not(HasSubstr("<bdi>office</bdi>")));
}

TEST_F(Internal, SignaturesAreListedByFileWithWhatTheyMatched) {
  fill();
  tell("office", kEnd - 900,
       {figure("signature_loaded", kEnd - 900, "http.conf:28 HTTP {method}"),
        figure("signature_loaded", kEnd - 900, "dns.conf:9 DNS {type}"),
        figure("signature_loaded", kEnd - 90'000, "old.conf:1 OLD THING"),
        figure("signature_matched", 77, "http.conf:28 HTTP {method}"),
        figure("signature_nearly", 3, "http.conf:28 HTTP {method}")});
  const std::string html = page("/PasTmon/signatures");
  EXPECT_THAT(html, AllOf(HasSubstr("2 signatures are loaded</b>, 1 of them matched"), HasSubstr("http.conf"),
                          HasSubstr("not loaded now"), HasSubstr("HTTP {method}"), HasSubstr(">77<"),
                          HasSubstr("docs/signatures.md"), HasSubstr("/PasTmon/level1?signature=HTTP%20GET"),
                          Not(HasSubstr("OLD THING"))));
  EXPECT_THAT(page("/PasTmon/internal"), Not(HasSubstr("http.conf:27"))) << "they have their own page";
}

TEST_F(Internal, WithoutASensorThatToldThePageSaysSo) {
  EXPECT_THAT(page("/PasTmon/signatures"), HasSubstr("No sensor has told its signatures yet"));
  tell("file", kEnd - 900, {figure("signature_matched", 7, "http.conf:28 HTTP {method}")});
  EXPECT_THAT(page("/PasTmon/signatures"),
              AllOf(HasSubstr("No running sensor has told what it has loaded"), HasSubstr("HTTP {method}")));
}

}  // namespace
}  // namespace pastmon::web::test
