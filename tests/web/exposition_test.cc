// SPDX-License-Identifier: MIT
#include "exposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

using Format = Exposition::Format;
using Type = Exposition::Type;

TEST(Exposition, ACounterInTheTextFormatIsNamedAsItsSamples) {
  Exposition out(Format::text);
  out.family("a_things", Type::counter, "Things so far.");
  out.value({{"kind", "x"}, {"sensor", "office"}}, std::int64_t{7});
  out.value({}, 0.5);
  EXPECT_EQ(out.finish(),
            "# HELP a_things_total Things so far.\n# TYPE a_things_total counter\n"
            "a_things_total{kind=\"x\",sensor=\"office\"} 7\na_things_total 0.5\n");
}

TEST(Exposition, OpenMetricsNamesTheFamilyAndEndsWithEof) {
  Exposition out(Format::open_metrics);
  out.family("a_things", Type::counter, "\"Things\" so far.");
  out.value({}, std::int64_t{7});
  EXPECT_EQ(out.finish(), "# HELP a_things \\\"Things\\\" so far.\n# TYPE a_things counter\na_things_total 7\n# EOF\n");
}

TEST(Exposition, SecondsAreExact) {
  Exposition out(Format::text);
  out.family("t", Type::gauge, "T.");
  for (const base::Micros value : {41'475LL, 2'000'000LL, 0LL, 1LL, -1'500'000LL, 9'007'199'254'740'993LL})
    out.seconds({}, value);
  EXPECT_THAT(out.finish(), testing::EndsWith("t 0.041475\nt 2.0\nt 0.0\nt 0.000001\nt -1.5\nt 9007199254.740993\n"));
}

TEST(Exposition, HistogramsEndWithInfinity) {
  Exposition out(Format::text);
  out.family("h_seconds", Type::histogram, "H.");
  out.histogram({{"s", "1"}}, {{100, 2}, {1'000'000, 3}}, 4, 2'500'000);
  EXPECT_THAT(out.finish(), testing::EndsWith("h_seconds_bucket{s=\"1\",le=\"0.0001\"} 2\n"
                                              "h_seconds_bucket{s=\"1\",le=\"1.0\"} 3\n"
                                              "h_seconds_bucket{s=\"1\",le=\"+Inf\"} 4\n"
                                              "h_seconds_sum{s=\"1\"} 2.5\nh_seconds_count{s=\"1\"} 4\n"));
}

TEST(Exposition, LabelValuesMayHoldAnything) {
  Exposition out(Format::text);
  out.family("g", Type::gauge, "a\\b\nc");
  out.value({{"l", "\"}\n\\\xff"}}, std::int64_t{1});
  EXPECT_EQ(out.finish(), "# HELP g a\\\\b\\nc\n# TYPE g gauge\ng{l=\"\\\"}\\n\\\\\xef\xbf\xbd\"} 1\n");
}

TEST(Exposition, TheFormatIsTheOneAskedFor) {
  for (const char* accept :
       {"application/openmetrics-text", "application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1",
        "text/plain, APPLICATION/OpenMetrics-Text; version=0.0.1"})
    EXPECT_EQ(Exposition::negotiate(accept), Format::open_metrics) << accept;
  for (const char* accept : {"", "*/*", "text/plain;version=0.0.4", "application/openmetrics-text;q=0",
                             "application/openmetrics-text;version=2.0.0", ";;,,=", "application/openmetrics-textx"})
    EXPECT_EQ(Exposition::negotiate(accept), Format::text) << accept;
}

}  // namespace
}  // namespace pastmon::web
