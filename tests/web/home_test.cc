// SPDX-License-Identifier: MIT
// The home page and the first minutes of an installation.
#include "web/pages_fixture.h"

namespace pastmon::web::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Home : public PagesFixture {
 protected:
  static constexpr base::Seconds kEnd = SampleOptions().end;
  /// The office a week ago too, slower or faster by `factor`.
  void fill_last_week(std::int64_t factor) {
    SampleOptions sample;
    sample.end = kEnd - 7 * 86'400;
    store::Batch batch = sample_batch(sample);
    batch.run = 6;
    for (metric::Bucket& bucket : batch.buckets) {
      for (metric::Row& row : bucket.rows) {
        metric::Summary& time = row.values[metric::Distribution::response_time].summary;
        time.sum /= factor;
        time.min /= factor;
        time.max /= factor;
      }
    }
    ASSERT_TRUE(FakeDatabase(data).write(batch));
  }
  void tell(base::Seconds start, std::int64_t packets) {
    store::Batch batch;
    batch.sensor = "office";
    batch.statistics[start] = {{"packets_received", "eth0", {1, packets, packets, packets}}};
    ASSERT_TRUE(FakeDatabase(data).write(batch));
  }
};

TEST_F(Home, SaysInOneSentenceWhetherAllIsWell) {
  fill();
  fill_last_week(1);
  EXPECT_THAT(page("/PasTmon/"), AllOf(HasSubstr("The sensor receives; "), HasSubstr("no service is slower"),
                                       HasSubstr("The last full hour, ")));
}

TEST_F(Home, WhatBecameSlowerIsNamedAndLinkedToItsGraph) {
  fill();
  fill_last_week(3);
  const std::string html = page("/PasTmon/");
  EXPECT_THAT(html,
              AllOf(HasSubstr("slower than last week: "), HasSubstr("class=\"answer warn\""), HasSubstr("▲"),
                    HasSubstr(">slower</small>"),
                    HasSubstr("/PasTmon/graph?signature=HTTP%20GET&amp;client=%2A&amp;server=10.20.0.10&amp;port=80"
                              "&amp;range=24h&amp;metric=response_time")));
}

TEST_F(Home, WithoutLastWeekThereIsNothingToCompareWith) {
  fill();
  EXPECT_THAT(page("/PasTmon/"), AllOf(HasSubstr("nothing of last week to compare with yet"), Not(HasSubstr("▲"))));
}

TEST_F(Home, NewClientsAndServicesAreThoseThatWereNotThereBefore) {
  SampleOptions sample;
  sample.buckets = 900;  // three days
  sample.gap_at = -1;
  fill(sample);
  store::Batch batch;
  batch.sensor = "office";
  metric::Bucket& bucket = batch.buckets.emplace_back();
  bucket.start = kEnd - 600;
  metric::Row& row = bucket.rows.emplace_back();
  row.signature = "SSH CONNECT";
  row.client = *base::Address::parse("10.20.9.99");
  row.server = *base::Address::parse("10.20.0.10");
  row.port = 22;
  row.values[metric::Counter::transactions] = row.values[metric::Counter::answered] = 3;
  row.values.seen((kEnd - 500) * base::kSecond);
  ASSERT_TRUE(FakeDatabase(data).write(batch));
  clock.advance(60 * base::kSecond);
  const std::string html = page("/PasTmon/");
  const std::string newest = html.substr(html.find("Newest clients"));
  EXPECT_THAT(newest, AllOf(HasSubstr("10.20.9.99"), HasSubstr("/PasTmon/host?address=10.20.9.99"),
                            HasSubstr("SSH CONNECT"), Not(HasSubstr("desk-11")), Not(HasSubstr("Redis GET"))));
}

TEST_F(Home, ASensorThatStoppedIsSaidAndMarked) {
  fill();
  clock.advance(1800 * base::kSecond);
  EXPECT_THAT(page("/PasTmon/"),
              AllOf(HasSubstr("The sensor tells nothing any more"), HasSubstr("class=\"answer bad\""),
                    HasSubstr("silent for 29 minutes"), HasSubstr("lamp off")));
}

TEST_F(Home, OldDataIsShownAsWhatItIs) {
  fill();
  clock.advance((3 * base::Micros{86'400} + 60) * base::kSecond);
  EXPECT_THAT(page("/PasTmon/"), AllOf(HasSubstr("The newest data is 3 days old"), HasSubstr("HTTP GET")));
}

TEST_F(Home, TheFirstMinutesSayWhatIsMissingAndLoadAgain) {
  const Response nobody = ask("/PasTmon/");
  EXPECT_THAT(nobody.body, AllOf(HasSubstr("No monitor has reported yet"), HasSubstr("systemctl start pastmon")));
  const auto refresh = std::find_if(nobody.headers.begin(), nobody.headers.end(),
                                    [](const auto& header) { return header.first == "Refresh"; });
  ASSERT_NE(refresh, nobody.headers.end());
  EXPECT_EQ(refresh->second, "5");
  tell(kEnd - 300, 0);
  clock.advance(11 * base::kSecond);
  EXPECT_THAT(page("/PasTmon/"), HasSubstr("The monitor runs, but receives no packets"));
  tell(kEnd - 300, 4321);
  EXPECT_THAT(page("/PasTmon/"), AllOf(HasSubstr("4,321 packets so far"), HasSubstr("within ten seconds")));
  fill();
  clock.advance(11 * base::kSecond);
  EXPECT_TRUE(ask("/PasTmon/").headers.empty()) << "no reload any more";
}

}  // namespace
}  // namespace pastmon::web::test
