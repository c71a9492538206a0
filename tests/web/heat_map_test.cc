// SPDX-License-Identifier: MIT
#include "heat_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace pastmon::web {
namespace {

using metric::Distribution;

const metric::Info& kResponse = metric::info(Distribution::response_time);

store::Point point(base::Seconds start, const std::vector<std::pair<std::int64_t, int>>& values) {
  store::Point p;
  p.start = start;
  for (const auto& [value, times] : values) {
    for (int i = 0; i < times; ++i) p.values[Distribution::response_time].add(value);
  }
  return p;
}
std::int64_t all(const HeatMap& map) {
  return std::accumulate(map.cells.begin(), map.cells.end(), std::int64_t{0},
                         [](std::int64_t sum, const HeatMap::Cell& cell) { return sum + cell.count; });
}

TEST(HeatMap, EverySampleIsInTheCellOfItsTimeAndValue) {
  const HeatMap map =
      heat_map({point(300, {{1500, 3}, {80'000, 1}}), point(900, {{1500, 2}})}, kResponse, {0, 1200}, 300);
  EXPECT_EQ(map.columns, 4U);
  EXPECT_EQ(map.column, 300);
  ASSERT_EQ(map.cells.size(), 3U);
  EXPECT_EQ(map.cells[0].column, 1U);
  EXPECT_EQ(map.cells[0].count, 3);
  EXPECT_EQ(map.cells[2].column, 3U);
  EXPECT_EQ(map.most, 3);
  for (const HeatMap::Cell& cell : map.cells) {
    const double value = cell.row == map.cells[1].row ? 80'000 : 1500;
    EXPECT_LE(map.edges[cell.row], value * 1.01);
    EXPECT_GE(map.edges[cell.row + 1], value * 0.99);
  }
}

TEST(HeatMap, RowsAreAConstantFactorApartAndDecadesAreEdges) {
  const HeatMap map = heat_map({point(0, {{90, 1}, {1'100'000, 1}})}, kResponse, {0, 300}, 300);
  for (std::size_t i = 2; i < map.edges.size(); ++i)
    EXPECT_NEAR(map.edges[i] / map.edges[i - 1], map.edges[1] / map.edges[0], 1e-6);
  EXPECT_THAT(map.edges, testing::Contains(testing::DoubleNear(1000, 1e-6)));
}

TEST(HeatMap, HasBoundsAndLosesNothing) {
  std::vector<store::Point> points;
  for (int i = 0; i < 2000; ++i) points.push_back(point(i * 300, {{1, 1}, {1LL << (i % 40), 2}}));
  const HeatMap map = heat_map(points, kResponse, {0, 600'000}, 300);
  EXPECT_LE(map.columns, HeatMap::kMaxColumns);
  EXPECT_LE(map.rows(), HeatMap::kMaxRows);
  EXPECT_EQ(map.column % 300, 0);
  EXPECT_EQ(all(map), 6000);
  const auto totals = map.row_totals();
  EXPECT_EQ(std::accumulate(totals.begin(), totals.end(), std::int64_t{0}), 6000);
}

TEST(HeatMap, AZeroIsInTheLowestRow) {
  const HeatMap map = heat_map({point(0, {{0, 5}})}, kResponse, {0, 300}, 300);
  ASSERT_EQ(map.cells.size(), 1U);
  EXPECT_EQ(map.cells[0].row, 0U);
}

TEST(HeatMap, OtherKindsAndNothingGiveNone) {
  EXPECT_TRUE(heat_map({point(0, {{5, 1}})}, metric::info(metric::Counter::transactions), {0, 300}, 300).empty());
  EXPECT_TRUE(heat_map({}, kResponse, {0, 300}, 300).empty());
  EXPECT_TRUE(heat_map({point(0, {})}, kResponse, {0, 300}, 300).empty());
}

TEST(HeatMap, ColoursGoFromFewToMost) {
  HeatMap map;
  map.most = 1000;
  EXPECT_EQ(map.level(1), 1);
  EXPECT_EQ(map.level(1000), HeatMap::kLevels);
  for (int level = 1; level <= HeatMap::kLevels; ++level) {
    EXPECT_EQ(map.level(map.level_from(level)), level);
    if (level > 1) {
      EXPECT_EQ(map.level(map.level_from(level) - 1), level - 1);
    }
  }
  map.most = 1;
  EXPECT_EQ(map.level(1), HeatMap::kLevels) << "a single sample is seen";
}

TEST(HeatPath, ACellIsARectangleClippedToTheTime) {
  const HeatMap map = heat_map({point(300, {{1500, 1}})}, kResponse, {400, 1000}, 300);
  EXPECT_EQ(heat_path(map, HeatMap::kLevels, {400, 1000}, 0.1, 10), "M0 0h20v10H0z");
  EXPECT_EQ(heat_path(map, 1, {400, 1000}, 0.1, 10), "");
}

}  // namespace
}  // namespace pastmon::web
