// SPDX-License-Identifier: MIT
// What requests hand on for host names: the whole first request of a connection, whatever segments it came in.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

using namespace std::string_literals;

/// A record with a ClientHello of `size` bytes.
std::string client_hello(std::size_t size) {
  const std::string body = "\x03\x03"s + std::string(size - 6, 'h');
  const auto be16 = [](std::size_t n) { return std::string{static_cast<char>(n >> 8), static_cast<char>(n)}; };
  return "\x16\x03\x01" + be16(size) + "\x01\0"s + be16(size - 4) + body;
}
const std::string kServer = "\x16\x03\x03\0\x30\x02\0\0\x2c\x03\x03"s + std::string(42, 's');

TEST(ObservedNames, AClientHelloOfTwoSegmentsIsWhole) {
  const std::string hello = client_hello(1'900);
  for (const std::size_t cut : {1UL, 4UL, 5UL, 100UL, 255UL, 256UL, 1'448UL, 1'904UL}) {
    Connection c(443);
    c.client(0, hello.substr(0, cut)).client(10, hello.substr(cut)).server(500, kServer);
    ASSERT_EQ(c.observations.size(), 2U) << cut;
    EXPECT_EQ(c.observations[0].first, "tls");
    EXPECT_EQ(c.observations[0].second, hello) << cut;
    EXPECT_EQ(c.observations[1].second, kServer);
  }
}

TEST(ObservedNames, OfALongRequestTheBeginning) {
  Connection c(80);
  const std::string head = "POST /up HTTP/1.1\r\nHost: a.test\r\nContent-Length: 9000\r\n\r\n";
  c.client(0, head).client(10, std::string(3'000, 'b')).client(20, std::string(3'000, 'b'));
  ASSERT_EQ(c.observations.size(), 1U);
  EXPECT_EQ(c.observations[0].first, "http");
  EXPECT_EQ(c.observations[0].second.size(), 4'096U);
  EXPECT_EQ(c.observations[0].second.substr(0, head.size()), head);
  c.client(30, std::string(3'000, 'b')).server(40, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  c.client(50, "GET / HTTP/1.1\r\nHost: b.test\r\n\r\n");
  EXPECT_EQ(c.observations.size(), 1U) << "of a connection the first request only";
}

TEST(ObservedNames, BehindAProxyTlsNamesAnotherServer) {
  Connection c(3128);
  c.client(0, "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n").server(10, "HTTP/1.1 200 OK\r\n\r\n");
  c.client(20, client_hello(300)).server(30, kServer).end(100);
  EXPECT_EQ(c.rows(), "HTTP CONNECT answered, TLS HANDSHAKE answered");
  for (const auto& [kind, bytes] : c.observations) {
    EXPECT_TRUE(kind == "http" || bytes == kServer) << "the client's hello is not handed on";
  }
}

TEST(ObservedNames, LostBytesEndWhatIsCollected) {
  const std::string hello = client_hello(1'900);
  Connection c(443);
  c.client(0, hello.substr(0, 1'448))
      .lost(0, 10, 457)
      .client(20,
              "\x17\x03\x03\0\x04"
              "data"s)
      .server(500, kServer);
  ASSERT_FALSE(c.observations.empty());
  EXPECT_EQ(c.observations[0].second, hello.substr(0, 1'448));
}

}  // namespace
}  // namespace pastmon::signature::test
