// SPDX-License-Identifier: MIT
// Services that only a request together with its response proves: at the beginning of a connection, and later.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

std::shared_ptr<const SignatureSet> weak() {
  return written(R"x(
service = {
  name = "Weak";
  over = { transport = "tcp"; framing = "length"; length = { width = 1; adjust = 1; }; };
  pairing = "id";
  recognise = "pair";
  signatures = ( { name = "Weak"; request = ".[\\x00-\\x0f](?<id>.)q"; response = ".(?<id>.)"; } );
};)x");
}

TEST(Pairs, ARequestThatLooksLikeAResponseIsTheRequest) {
  Connection c(7777, weak());
  c.client(0, "\3\2\1q").server(10, "\3\1Xq");  // the answer looks like a request, too
  EXPECT_EQ(c.rows(), "Weak answered");
  EXPECT_EQ(c.only("Weak").response_time(), 10);
  MidStream m(7777, weak());
  m.client(0, "\3\2\1q").server(10, "\3\1Xq");
  EXPECT_EQ(m.only("Weak").who.client, m.key.address[0]);
}

TEST(Pairs, AConnectionThatBeganOtherwiseIsRecognisedAtItsFirstPair) {
  MidStream c(7777, weak());
  c.server(0, "\2?!");
  c.Scene::wait(10 * base::kSecond);
  c.client(20 * base::kSecond, "\3\1Aq").server(20 * base::kSecond + 10, "\2A!");
  EXPECT_EQ(c.rows(), "Weak answered");
}

TEST(Pairs, WhatCouldHaveBeenARequestButWasNotKeepsItsTurns) {
  MidStream c(7777, weak());
  c.server(0, "hello");
  c.Scene::wait(10 * base::kSecond);
  c.client(20 * base::kSecond, "\3\1Aq").server(20 * base::kSecond + 10, "\2B!");
  c.client(21 * base::kSecond, "zz").server(21 * base::kSecond + 5, "yy").fin(1, 22 * base::kSecond);
  EXPECT_EQ(c.rows(), "TCP OTHER answered, TCP OTHER answered");
  EXPECT_EQ(c.of("TCP OTHER")[0].response_time(), 10);
}

TEST(Pairs, WhatIsHeldAtTheEndIsListedAsTurns) {
  MidStream c(7777, weak());
  c.server(0, "hello");
  c.Scene::wait(10 * base::kSecond);
  c.client(20 * base::kSecond, "\3\1Aq").end(21 * base::kSecond, flow::EndReason::idle);
  EXPECT_EQ(c.rows(), "");
  EXPECT_EQ(c.packets.size(), c.sent);
}

}  // namespace
}  // namespace pastmon::signature::test
