// SPDX-License-Identifier: MIT
#include "pastmon/base/json.h"

#include <gtest/gtest.h>
#include <limits>

namespace pastmon::base {
namespace {

TEST(Json, KeepsTheOrderOfKeys) {
  Json inner = Json::object();
  inner.set("count", 5).set("mean", 8295.5);
  Json j = Json::object();
  j.set("z", "last").set("a", true).set("n", std::uint64_t{18446744073709551615U}).set("inner", std::move(inner));
  EXPECT_EQ(j.dump(), R"({"z":"last","a":true,"n":18446744073709551615,"inner":{"count":5,"mean":8295.5}})");
}

TEST(Json, RepairsBytesThatAreNotUtf8) {
  Json j = Json::array();
  j.push(std::string_view("a\xff\x01\"b"));
  EXPECT_EQ(j.dump(), "[\"a\xef\xbf\xbd\\u0001\\\"b\"]");
}

TEST(Json, WritesNullForWhatIsNoNumber) {
  Json j = Json::array();
  j.push(std::numeric_limits<double>::quiet_NaN()).push(Json());
  EXPECT_EQ(j.dump(), "[null,null]");
}

}  // namespace
}  // namespace pastmon::base
