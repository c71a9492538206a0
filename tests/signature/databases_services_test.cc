// SPDX-License-Identifier: MIT
// Databases and caches: what the captures of real programs do not show.
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

// Memcached

std::string binary(int magic, int opcode, int status, std::size_t opaque, const std::string& body = {}) {
  return std::string(1, static_cast<char>(magic)) + std::string(1, static_cast<char>(opcode)) + raw("\0\0\0\0") +
         big(static_cast<std::size_t>(status), 2) + big(body.size(), 4) + big(opaque, 4) + std::string(8, '\0') + body;
}

TEST(Memcached, AnswersOfQuietCommandsGoToNobodyElse) {
  Connection c(11211);
  c.client(0, "mg a v q\r\nmg b v q\r\nmn\r\n").server(10, "VA 2 \r\nxx\r\nMN\r\n");
  c.client(20, "get k\r\nset k 0 0 1 noreply\r\nx\r\nget k\r\n");
  c.server(30, "VALUE k 0 3\r\nEND\r\nEND\r\n").server(50, "END\r\n");
  EXPECT_EQ(c.rows(), "Memcached mn answered, Memcached get answered, Memcached get answered");
  EXPECT_EQ(c.of("Memcached get")[1].response_time(), 30);
}

TEST(Memcached, OnOtherPortsARequestAloneProvesNothing) {
  for (const std::string& request :
       {std::string("get word\r\n"), std::string("version\r\n"), binary(0x80, 0, 0, 9, "k")}) {
    Connection c(4000);
    c.client(0, request).server(10, "250 fine\r\n").fin(1, 20);
    EXPECT_EQ(c.rows(), "TCP OTHER answered");
  }
  Connection odd(4000);
  odd.client(0, binary(0x80, 0, 0, 9, "k")).server(10, binary(0x81, 0, 0, 8, "v")).fin(1, 20);
  EXPECT_EQ(odd.rows(), "TCP OTHER answered");
}

TEST(Memcached, OfTheQuietBinaryCommandsThoseThatAreAnsweredCount) {
  Connection c(11211);
  c.client(0, binary(0x80, 0x0d, 0, 1, "a") + binary(0x80, 0x0d, 0, 2, "b") + binary(0x80, 0x0a, 0, 3));
  c.server(10, binary(0x81, 0x0d, 0, 2, "v") + binary(0x81, 0x0a, 0, 3)).fin(1, 20).fin(0, 30).end(30);
  EXPECT_EQ(c.rows(), "Memcached get answered, Memcached noop answered");
}

TEST(Memcached, WhatIsNotFoundIsNoErrorAndWhatFailsIs) {
  Connection c(11211);
  c.client(0, binary(0x80, 1, 0, 1, "k")).server(10, binary(0x81, 1, 1, 1));
  c.client(20, binary(0x80, 1, 0, 2, "k")).server(30, binary(0x81, 1, 0x82, 2));
  EXPECT_EQ(c.rows(), "Memcached set answered, Memcached set answered error");
}

TEST(Memcached, AnAnswerInSeveralDatagramsIsOne) {
  Datagrams c(11211);
  c.client(0, raw("\0\7\0\0\0\1\0\0get k\r\n"));
  c.server(10, raw("\0\7\0\0\0\2\0\0VALUE k 0 9\r\nabcde")).server(30, raw("\0\7\0\1\0\2\0\0fghi\r\nEND\r\n"));
  EXPECT_EQ(c.rows(), "Memcached get answered");
  EXPECT_EQ(c.only("Memcached get").response_end, 30);
}

}  // namespace
}  // namespace pastmon::signature::test
