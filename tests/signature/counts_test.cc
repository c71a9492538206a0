// SPDX-License-Identifier: MIT
// What each signature has matched, and nearly matched.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

constexpr const char* kService = R"(
  service = { name = "S"; over = { transport = "tcp"; framing = "line"; ports = 7; };
    signatures = ({ name = "S ASK"; request = "ASK \\d+"; response = "OK"; },
                  { name = "S SAY"; request = "SAY \\d+"; response = "OK"; }); };)";

SignatureCount count(const Scene& scene, std::string_view name) {
  for (const SignatureCount& each : scene.engine.signature_counts()) {
    if (each.name == name) return each;
  }
  ADD_FAILURE() << "no signature " << name;
  return {};
}

TEST(Counts, EachRequestCountsForItsSignatureAndAnswersThatDoNotFitAreNear) {
  Scene scene(written(kService));
  Flow flow(scene, 0, decode::Transport::tcp, 7);
  flow.handshake(0, 10, 20).client(30, "ASK 1\n").server(40, "OK\n").client(50, "ASK 2\n").server(60, "NO\n");
  EXPECT_EQ(count(scene, "S ASK").matches, 2U);
  EXPECT_EQ(count(scene, "S ASK").near, 1U);
  EXPECT_EQ(count(scene, "S SAY").matches, 0U);
  EXPECT_TRUE(count(scene, "S SAY").loaded);
  EXPECT_NE(count(scene, "S ASK").where.find(".conf:"), std::string_view::npos);
  EXPECT_EQ(scene.engine.counters().matches, 2U);
  EXPECT_EQ(scene.engine.counters().near, 1U);
}

TEST(Counts, AReloadKeepsWhatWasCountedAndTellsWhatIsLoaded) {
  Scene scene(written(kService));
  Flow flow(scene, 0, decode::Transport::tcp, 7);
  flow.handshake(0, 10, 20).client(30, "ASK 1\n").server(40, "OK\n");
  scene.engine.reload(shipped());
  flow.client(50, "ASK 2\n").server(60, "OK\n");
  EXPECT_EQ(count(scene, "S ASK").matches, 2U);
  EXPECT_FALSE(count(scene, "S ASK").loaded);
  EXPECT_TRUE(count(scene, "HTTP {method}").loaded);
}

}  // namespace
}  // namespace pastmon::signature::test
