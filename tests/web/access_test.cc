// SPDX-License-Identifier: MIT
#include "access.h"

#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

Access usual(std::vector<Network> proxies = {}) {
  return Access(
      {{*Network::parse("127.0.0.1")}, std::move(proxies), {"localhost", "127.0.0.1", "[::1]", "monitor.example"}});
}

Request from(const char* peer, std::string host) {
  Request request;
  request.peer = *base::Address::parse(peer);
  request.headers = {{"host", std::move(host)}};
  return request;
}

TEST(Access, KnownHostsAreAllowedWithAnyPortAndCase) {
  for (const char* host : {"localhost", "127.0.0.1:8080", "[::1]:8080", "Monitor.Example:443"}) {
    EXPECT_EQ(usual().judge(from("127.0.0.1", host)), Verdict::allowed) << host;
  }
}

TEST(Access, ANameThatWasReboundIsRefused) {
  for (const char* host :
       {"attacker.example", "localhost.attacker.example", "", "[::1", "127.0.0.1.attacker.example:8080"}) {
    EXPECT_EQ(usual().judge(from("127.0.0.1", host)), Verdict::host_refused) << host;
  }
  Request none = from("127.0.0.1", "");
  none.headers.clear();
  EXPECT_EQ(usual().judge(none), Verdict::host_refused);
}

TEST(Access, OthersAreRefused) { EXPECT_EQ(usual().judge(from("192.0.2.1", "localhost")), Verdict::address_refused); }

TEST(Access, AForwardedHeaderNeedsATrustedProxyAndThenALogin) {
  for (const char* header : {"forwarded", "x-forwarded-for", "x-real-ip", "via", "x-forwarded-host"}) {
    Request request = from("127.0.0.1", "localhost");
    request.headers.emplace_back(header, "192.0.2.7");
    EXPECT_EQ(usual().judge(request), Verdict::proxy_untrusted) << header;
    EXPECT_EQ(usual({*Network::parse("127.0.0.1")}).judge(request), Verdict::login_needed) << header;
  }
}

TEST(Access, BehindTrustedProxiesTheBrowsersAddressCounts) {
  const Access access = usual({*Network::parse("127.0.0.1"), *Network::parse("192.0.2.0/24")});
  const auto client = [&](const char* peer, std::vector<std::string> values) {
    Request request = from(peer, "localhost");
    for (std::string& value : values) request.headers.emplace_back("x-forwarded-for", std::move(value));
    return access.client_of(request).to_string();
  };
  EXPECT_EQ(client("127.0.0.1", {}), "127.0.0.1");
  EXPECT_EQ(client("127.0.0.1", {"198.51.100.1"}), "198.51.100.1");
  EXPECT_EQ(client("127.0.0.1", {"10.0.0.1, 198.51.100.1"}), "198.51.100.1") << "left of it: anybody's invention";
  EXPECT_EQ(client("127.0.0.1", {"10.0.0.1", "198.51.100.1,192.0.2.9"}), "198.51.100.1") << "over two proxies";
  EXPECT_EQ(client("127.0.0.1", {"192.0.2.1, 192.0.2.2"}), "192.0.2.1");
  EXPECT_EQ(client("127.0.0.1", {"[2001:db8::1]:4711"}), "2001:db8::1");
  EXPECT_EQ(client("127.0.0.1", {"198.51.100.1:4711"}), "198.51.100.1");
  EXPECT_EQ(client("127.0.0.1", {"10.0.0.1, <b>"}), "127.0.0.1");
  EXPECT_EQ(client("127.0.0.1", {"["}), "127.0.0.1");
  EXPECT_EQ(client("198.51.100.9", {"10.0.0.1"}), "198.51.100.9") << "a stranger's word";
}

TEST(Access, HostOfAnAddressLine) {
  EXPECT_EQ(Access::host_of("https://Monitor.example:8443/PasTmon"), "monitor.example");
  EXPECT_EQ(Access::host_of("[2001:db8::1]:80"), "[2001:db8::1]");
}

}  // namespace
}  // namespace pastmon::web
