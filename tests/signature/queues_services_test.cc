// SPDX-License-Identifier: MIT
// Message queues: what the captures of real programs do not show.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

template <std::size_t N>
std::string raw(const char (&text)[N]) {
  return {text, N - 1};
}
std::string big(std::size_t number, int size) {
  std::string s;
  for (int i = size - 1; i >= 0; --i) s += static_cast<char>(number >> (8 * i));
  return s;
}

// AMQP

std::string amqp(std::size_t channel, std::size_t kind, std::size_t number, const std::string& more = {}) {
  const std::string content = big(kind, 2) + big(number, 2) + more;
  return raw("\1") + big(channel, 2) + big(content.size(), 4) + content + "\xce";
}
const std::string kHeartbeat = raw("\10\0\0\0\0\0\0\xce");

TEST(Amqp, TheLoginIsOneDialogue) {
  Connection c(5000);
  c.client(0, raw("AMQP\0\0\11\1")).server(10, amqp(0, 10, 10)).client(20, amqp(0, 10, 11, "guest secret"));
  c.server(30, amqp(0, 10, 30)).client(40, amqp(0, 10, 31) + amqp(0, 10, 40)).server(70, amqp(0, 10, 41));
  EXPECT_EQ(c.rows(), "AMQP CONNECT answered");
  EXPECT_EQ(c.only("AMQP CONNECT").response_time(), 30);
}

TEST(Amqp, MethodsArePairedByTheirChannel) {
  MidStream c(5672);
  c.client(0, amqp(1, 50, 10)).client(10, amqp(2, 60, 20)).server(20, kHeartbeat + amqp(2, 60, 21));
  c.server(30, amqp(2, 60, 60)).server(50, amqp(1, 20, 40, raw("\1\x94")));
  EXPECT_EQ(c.rows(), "AMQP BASIC_CONSUME answered, AMQP QUEUE_DECLARE answered error");
  EXPECT_EQ(c.only("AMQP QUEUE_DECLARE").response_time(), 50);
}

TEST(Amqp, OnOtherPortsAPairIsNeeded) {
  MidStream pair(5000);
  pair.client(0, amqp(1, 50, 10)).server(10, amqp(1, 50, 11));
  EXPECT_EQ(pair.rows(), "AMQP QUEUE_DECLARE answered");
  MidStream other(5000);
  other.client(0, amqp(1, 50, 10)).server(10, amqp(2, 50, 11)).fin(1, 20);
  EXPECT_EQ(other.rows(), "TCP OTHER answered");
}

TEST(Amqp, VersionOneGoesByTurns) {
  Connection c(5672);
  c.client(0, raw("AMQP\3\1\0\0")).server(10, raw("AMQP\3\1\0\0\0\0\0\x20mechanisms"));
  c.client(20, raw("\0\0\0\x20init")).server(50, raw("\0\0\0\x20outcome")).fin(1, 60);
  EXPECT_EQ(c.rows(), "AMQP OTHER answered, AMQP OTHER answered");
}

}  // namespace
}  // namespace pastmon::signature::test
