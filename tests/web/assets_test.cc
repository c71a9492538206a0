// SPDX-License-Identifier: MIT
#include "assets.h"

#include <gtest/gtest.h>

#include <array>

namespace pastmon::web {
namespace {

Assets two_files() {
  static constexpr std::array<embedded::File, 2> kFiles = {{{"a.css", "b{}"}, {"a.js", "1"}}};
  return Assets(kFiles, "/nonexistent");
}

TEST(Assets, OnlyWhatIsListedExists) {
  const Assets assets = two_files();
  EXPECT_EQ(assets.serve("a.css", {}).status, 200);
  EXPECT_EQ(assets.serve("a.css", {}).content_type, "text/css; charset=utf-8");
  for (const char* name : {"", "b.css", "../a.css", "/etc/passwd", "a.css/"})
    EXPECT_EQ(assets.serve(name, {}).status, 404) << name;
}

TEST(Assets, AMissingLibraryIsLeftOut) {
  EXPECT_FALSE(two_files().has("chart.js"));
  EXPECT_EQ(two_files().url("chart.js"), "");
}

TEST(Assets, ATagThatMatchesGets304) {
  const Assets assets = two_files();
  Request request;
  const Response first = assets.serve("a.js", request);
  ASSERT_EQ(first.headers.size(), 1U);
  request.headers = {{"if-none-match", first.headers[0].second}};
  const Response second = assets.serve("a.js", request);
  EXPECT_EQ(second.status, 304);
  EXPECT_EQ(second.body, "");
  request.headers = {{"if-none-match", "\"other\""}};
  EXPECT_EQ(assets.serve("a.js", request).status, 200);
}

TEST(Assets, OnlyTheVersionedAddressIsKeptForLong) {
  const Assets assets = two_files();
  EXPECT_EQ(assets.serve("a.js", {}).cache_control, "no-cache");
  const std::string url = assets.url("a.js");
  Request request;
  request.query = *Parameters::parse(url.substr(url.find('?') + 1));
  EXPECT_EQ(assets.serve("a.js", request).cache_control, "public, max-age=31536000, immutable");
}

}  // namespace
}  // namespace pastmon::web
