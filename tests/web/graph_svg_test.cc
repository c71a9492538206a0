// SPDX-License-Identifier: MIT
#include "graph_svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pastmon::embedded {
std::span<const File> web_templates();
}

namespace pastmon::web {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const TimeRange kTime{1'763'884'800, 1'763'888'400};  // 2025-11-23 08:00 to 09:00 UTC
const Box kBox{10, 20, 120, 100};

class GraphSvg : public testing::Test {
 protected:
  GraphSvg() {
    drawing.title = "Response time of HTTP GET from * to www.example";
    drawing.about = "Last hour";
    drawing.time = kTime;
    drawing.left.unit = metric::Unit::microseconds;
    drawing.lines = {{"mean", "Avg", "18 ms", false, false, {{kTime.from, 10'000}, {kTime.from + 300, 40'000}}}};
  }
  std::string draw() const { return *draw_svg(drawing, calendar, templates); }

  Calendar calendar = *Calendar::make("UTC", 1);
  TemplateEngine templates = *TemplateEngine::load(embedded::web_templates());
  Drawing drawing;
};

TEST_F(GraphSvg, StandsAloneWithAxesLegendAndWordsForScreenReaders) {
  EXPECT_THAT(
      draw(),
      AllOf(testing::StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" height=\"320\""),
            HasSubstr("<title id=\"title\">Response time of HTTP GET"), HasSubstr("Avg 18 ms"), HasSubstr(">40 ms<"),
            HasSubstr(">08:30<"), HasSubstr("class=\"line l-mean\""),
            HasSubstr("<desc id=\"desc\">Last hour. Avg 18 ms.</desc>"), HasSubstr("prefers-color-scheme: dark")));
}

TEST_F(GraphSvg, ASmallOneIsBare) {
  drawing.bare = true;
  EXPECT_THAT(draw(), AllOf(HasSubstr("class=\"bare\""), Not(HasSubstr("class=\"about\"")),
                            Not(HasSubstr(">Avg 18 ms<")), HasSubstr("l-mean")));
  drawing.bare = false;
  drawing.width = 200;
  EXPECT_THAT(draw(), HasSubstr("class=\"bare\""));
}

TEST_F(GraphSvg, ItsSizeHasBounds) {
  drawing.width = 1'000'000;
  drawing.height = -5;
  EXPECT_THAT(draw(), HasSubstr("width=\"2400\" height=\"60\""));
}

TEST_F(GraphSvg, NamesFromTheNetworkAreText) {
  drawing.title = "of </title><script>alert(1)</script> & \xef\xbf\xbe\x01";
  const std::string svg = draw();
  EXPECT_THAT(svg, AllOf(Not(HasSubstr("<script>")), HasSubstr("&lt;script&gt;"), HasSubstr("&amp;"),
                         Not(HasSubstr("\xef\xbf\xbe")), Not(HasSubstr("\x01"))));
}

TEST_F(GraphSvg, ALongTitleIsCutButWholeForScreenReaders) {
  drawing.title = std::string(300, 'x');
  EXPECT_THAT(draw(), AllOf(HasSubstr("<title id=\"title\">" + drawing.title), HasSubstr("xx…</text>")));
}

TEST_F(GraphSvg, ANumberHasTheRightAxis) {
  drawing.lines.push_back({"count", "Count", "7", true, false, {{kTime.from, 7}}});
  EXPECT_THAT(draw(), HasSubstr("class=\"tick\" x="));
}

TEST_F(GraphSvg, WhatTheCaptureSpoiledIsShaded) {
  EXPECT_THAT(draw(), Not(HasSubstr("class=\"shade\"")));
  drawing.shades = {{kTime.from + 600, kTime.from + 900}};
  EXPECT_THAT(draw(), HasSubstr("class=\"shade\""));
}

TEST_F(GraphSvg, NothingToDrawSaysSo) {
  drawing.lines.clear();
  drawing.nothing = "No value here";
  EXPECT_THAT(draw(), HasSubstr(">No value here</text>"));
}

TEST_F(GraphSvg, AMessageIsBrokenIntoRows) {
  const std::string svg = *message_svg("Down", "one two three four five six seven", 120, 200, templates);
  EXPECT_THAT(
      svg, AllOf(HasSubstr(">one two three</text>"), HasSubstr(">four five six</text>"), HasSubstr(">seven</text>")));
}

TEST(LinePath, JoinsNeighboursInTheMiddleOfTheirSteps) {
  EXPECT_EQ(line_path({{kTime.from, 0}, {kTime.from + 300, 10}}, kTime, 300, 10, kBox), "M15 120L25 20");
}

TEST(LinePath, AGapStaysAGapAndALonePointIsADot) {
  EXPECT_EQ(line_path({{kTime.from, 5}, {kTime.from + 900, 5}}, kTime, 300, 10, kBox), "M15 70h0.1M45 70h0.1");
}

TEST(LinePath, StaysInItsBox) { EXPECT_EQ(line_path({{kTime.to + 900, 50}}, kTime, 300, 10, kBox), "M130 20h0.1"); }

}  // namespace
}  // namespace pastmon::web
