// SPDX-License-Identifier: MIT
// Names in HTTP requests and DHCP messages, and what may be a name at all.
#include <gtest/gtest.h>

#include "names/dns_message.h"
#include "pastmon/names/dhcp_names.h"
#include "pastmon/names/host_name.h"
#include "pastmon/names/http_host.h"

namespace pastmon::names::testing {
namespace {

TEST(HostNameOfDns, IsWhatAHostCanBeCalled) {
  EXPECT_EQ(dns_host_name("WWW.Example.ORG."), "www.example.org");
  EXPECT_EQ(dns_host_name("intranet"), "intranet");
  EXPECT_EQ(dns_host_name("_dmarc.xn--caf-dma.fr"), "_dmarc.xn--caf-dma.fr");
  for (const char* none : {"", ".", "a..b", ".a", "a b", "caf\xc3\xa9.fr", "a/b", "192.0.2.1", "1.2", "2001:db8::1",
                           "[::1]", "a:80", "0x7f000001", "x\ny"}) {
    EXPECT_FALSE(dns_host_name(none)) << none;
  }
  EXPECT_TRUE(dns_host_name(std::string(63, 'a') + ".de"));
  EXPECT_FALSE(dns_host_name(std::string(64, 'a') + ".de"));
  std::string longest;
  for (int i = 0; i < 126; ++i) longest += "a.";
  EXPECT_TRUE(dns_host_name(longest + "b"));
  EXPECT_FALSE(dns_host_name(longest + "bc"));
}

TEST(HttpHost, IsTheServersName) {
  EXPECT_EQ(read_http_host("GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n"), "www.example.org");
  EXPECT_EQ(read_http_host("GET /a?b HTTP/1.1\r\nAccept: */*\r\nhOST:  WWW.example.org:8080 \r\n"), "www.example.org");
  EXPECT_EQ(read_http_host("GET / HTTP/1.1\nHost: a.test\n\n"), "a.test");
}

TEST(HttpHost, OfOtherServersAddressesAndBodiesIsNone) {
  EXPECT_EQ(read_http_host("GET http://www.example.org/ HTTP/1.1\r\nHost: www.example.org\r\n\r\n"), "");
  EXPECT_EQ(read_http_host("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n"), "");
  EXPECT_EQ(read_http_host("OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n"), "");
  EXPECT_EQ(read_http_host("GET / HTTP/1.1\r\nHost: 10.0.0.1:80\r\n\r\n"), "");
  EXPECT_EQ(read_http_host("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), "");
  EXPECT_EQ(read_http_host("GET / HTTP/1.1\r\nHost: \r\n\r\n"), "");
  EXPECT_EQ(read_http_host("POST / HTTP/1.1\r\nA: b\r\n\r\nHost: in.the.body\r\n"), "");
  EXPECT_EQ(read_http_host("GET / HTTP/1.1\r\nHost: cut.exam"), "");
  EXPECT_EQ(read_http_host(""), "");
  EXPECT_EQ(read_http_host("GET "), "");
}

std::string dhcp(char op, char type, const std::string& yours, const std::string& options, char transaction = 1) {
  const std::string zero(4, '\0');
  return std::string{op, 1, 6, 0} + std::string(3, '\0') + transaction + zero + zero + yours + zero + zero +
         "\x02\x42\x0a" + std::string(13, '\0') + std::string(192, '\0') + "\x63\x82\x53\x63" +
         std::string{53, 1, type} + options + "\xff";
}
const std::string kNone(4, '\0'), kGiven = "\x0a\x01\x02\x03";

std::string option(char code, const std::string& data) { return code + label(data); }

TEST(DhcpNames, AnAckNamesItsAddress) {
  DhcpNames names;
  const auto named = names.take(bytes(dhcp(2, 5, kGiven, option(12, "Desk1"))));
  ASSERT_TRUE(named);
  EXPECT_EQ(named->name, "desk1");
  EXPECT_EQ(named->address.to_string(), "10.1.2.3");
}

TEST(DhcpNames, TheClientsOwnWordCountsOnceItIsAgreedTo) {
  DhcpNames names;
  EXPECT_FALSE(names.take(bytes(dhcp(1, 3, kNone, option(12, "desk2")))));
  EXPECT_FALSE(names.take(bytes(dhcp(2, 5, kGiven, "", 9)))) << "another transaction";
  EXPECT_FALSE(names.take(bytes(dhcp(2, 6, kNone, "")))) << "refused";
  EXPECT_EQ(names.take(bytes(dhcp(2, 5, kGiven, "")))->name, "desk2");
}

TEST(DhcpNames, TheFullNameIsTheBetterOne) {
  using namespace std::string_literals;
  const std::string text = option(12, "desk3") + option(81, "\0\0\0desk3.example.net"s);
  EXPECT_EQ(read_dhcp(bytes(dhcp(1, 3, kNone, text)))->name, "desk3.example.net");
  const std::string encoded = option(81, "\x04\0\0"s + name("desk4.example.net"));
  EXPECT_EQ(read_dhcp(bytes(dhcp(1, 3, kNone, encoded)))->name, "desk4.example.net");
}

TEST(DhcpNames, RubbishIsNoName) {
  EXPECT_EQ(read_dhcp(bytes(dhcp(1, 3, kNone, option(12, "a b\x01"))))->name, "");
  EXPECT_EQ(read_dhcp(bytes(dhcp(1, 3, kNone, std::string{12, 50} + "short")))->name, "");
  EXPECT_FALSE(read_dhcp(bytes(dhcp(3, 3, kNone, ""))));
  EXPECT_FALSE(read_dhcp(bytes(std::string(300, '\1'))));
  EXPECT_FALSE(read_dhcp({}));
}

TEST(DhcpNames, RequestsRememberedAreBounded) {
  DhcpNames names;
  names.take(bytes(dhcp(1, 3, kNone, option(12, "first"), 0)));
  for (std::size_t i = 0; i < DhcpNames::kMaxAsked; ++i) {
    std::string other = dhcp(1, 3, kNone, option(12, "other"), 1);
    other.replace(28, 6, std::to_string(100'000 + i));
    names.take(bytes(other));
  }
  EXPECT_FALSE(names.take(bytes(dhcp(2, 5, kGiven, "", 0))));
}

}  // namespace
}  // namespace pastmon::names::testing
