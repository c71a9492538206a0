// SPDX-License-Identifier: MIT
#include "pastmon/names/tls_hello.h"

#include <gtest/gtest.h>

#include "names/tls_message.h"

namespace pastmon::names::testing {
namespace {

const std::string kThree = extension(43, "\x04\x5a\x5a\x03\x04");  // a number that means nothing, and TLS 1.3

TEST(TlsHello, ClientsNameTheServer) {
  const auto message =
      bytes(client_hello(extension(10, "ab") + server_name("Www.Example.org") + protocols("h2") + kThree));
  const auto hello = read_client_hello(message);
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->server_name, "Www.Example.org");
  EXPECT_EQ(hello->protocol, "h2");
  EXPECT_EQ(hello->version, 0x0304);
}

TEST(TlsHello, OldClientsNameNothing) {
  const auto hello = read_client_hello(bytes(client_hello("", 0x0301)));
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->server_name, "");
  EXPECT_EQ(hello->version, 0x0301);
}

TEST(TlsHello, ServersChooseTheVersionInAnExtension) {
  const auto message = bytes(server_hello(extension(43, "\x03\x04")));
  EXPECT_EQ(read_server_hello(message)->version, 0x0304);
  const auto old = bytes(server_hello(extension(16, list16(label("http/1.1")))));
  EXPECT_EQ(read_server_hello(old)->version, 0x0303);
  EXPECT_EQ(read_server_hello(old)->protocol, "http/1.1");
  EXPECT_FALSE(read_server_hello(old)->retry);
}

TEST(TlsHello, ARetryIsToldByItsRandom) {
  std::string message = server_hello(extension(43, "\x03\x04"));
  const unsigned char random[] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
                                  0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
                                  0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};
  message.replace(6, sizeof random, reinterpret_cast<const char*>(random), sizeof random);
  EXPECT_TRUE(read_server_hello(bytes(message))->retry);
}

TEST(TlsHello, StandsInARecord) {
  const std::string message = client_hello(server_name("a.test"));
  const auto whole = bytes(record(message) + "next record");
  EXPECT_EQ(handshake_in_record(whole).size(), message.size());
  const auto cut = bytes(record(message).substr(0, 40));
  EXPECT_EQ(handshake_in_record(cut).size(), 35U);
  EXPECT_TRUE(handshake_in_record(bytes("\x17\x03\x03\x00\x05hello")).empty());
  EXPECT_TRUE(handshake_in_record(bytes("\x16\x02\x03\x00\x05hello")).empty());
  EXPECT_TRUE(handshake_in_record({}).empty());
}

TEST(TlsHello, WhatBreaksOffGivesWhatIsThere) {
  const std::string message = client_hello(server_name("first.test") + extension(99, std::string(500, 'x')));
  const auto cut = bytes(message.substr(0, message.size() - 300));
  EXPECT_EQ(read_client_hello(cut)->server_name, "first.test");
  const std::string behind = client_hello(extension(99, std::string(500, 'x')) + server_name("last.test"));
  EXPECT_EQ(read_client_hello(bytes(behind.substr(0, behind.size() - 3)))->server_name, "");
  EXPECT_FALSE(read_client_hello(bytes(message.substr(0, 30))));
}

TEST(TlsHello, OthersAreNone) {
  EXPECT_FALSE(read_client_hello(bytes(server_hello(""))));
  EXPECT_FALSE(read_server_hello(bytes(client_hello(""))));
  EXPECT_FALSE(read_client_hello(bytes(client_hello("", 0x0505))));
  EXPECT_FALSE(read_client_hello({}));
  // Lengths that lie.
  EXPECT_EQ(read_client_hello(bytes(client_hello(extension(0,
                                                           "\xff\xff"
                                                           "abc"))))
                ->server_name,
            "");
  EXPECT_EQ(read_client_hello(bytes(client_hello(extension(16, be16(3) + "\x09"
                                                                         "h2"))))
                ->protocol,
            "");
}

}  // namespace
}  // namespace pastmon::names::testing
