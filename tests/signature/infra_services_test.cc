// SPDX-License-Identifier: MIT
// The services that keep a network running: addresses, time, logins, tunnels. What a capture of real programs does not
// show: repeats, answers from elsewhere, other protocols on the same port.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

template <std::size_t N>
std::string raw(const char (&text)[N]) {
  return {text, N - 1};
}
std::string zeros(std::size_t n) { return std::string(n, '\0'); }

struct Links : Scene {
  Flow flow(flow::FlowId id, std::uint16_t server_port) {
    return {*this, id, decode::Transport::udp, server_port, flow::ClientBy::first};
  }
};

/// A DHCP message; `first`: options in front of the one that says what it is.
std::string dhcp(char op, char kind, std::string_view first = {}) {
  return std::string{op, 1, 6, 0} + "XXID" + zeros(228) + "\x63\x82\x53\x63" + std::string(first) +
         std::string{'\x35', 1, kind} + "\xff";
}

TEST(Dhcp, AnAnswerMayComeInAnotherFlow) {
  Links s;
  Flow ask = s.flow(1, 67);
  Flow answer(s, 2, decode::Transport::udp, 67, flow::ClientBy::first);
  ask.send(0, 0, dhcp(1, 1)).send(0, 1'000'000, dhcp(1, 1));
  answer.send(1, 1'500'000, dhcp(2, 2)).send(1, 1'600'000, dhcp(2, 2));
  ask.send(0, 1'700'000, dhcp(1, 3));
  answer.send(1, 1'800'000, dhcp(2, 6));
  EXPECT_EQ(s.rows(), "DHCP DISCOVER answered, DHCP REQUEST answered error");
  EXPECT_EQ(s.only("DHCP DISCOVER").response_time(), 1'500'000);
}

TEST(Dhcp, TheKindMayStandBehindOtherOptions) {
  Datagrams d(67);
  d.client(0, dhcp(1, 8, "\x3d\x07\x01......\x0c\x05printer"))
      .server(1, dhcp(2, 5, std::string("\x2b\xff", 2) + std::string(255, 'v')));
  EXPECT_EQ(d.rows(), "DHCP INFORM answered");
  ASSERT_EQ(d.observations.size(), 2U);
  EXPECT_EQ(d.observations[1].first, "dhcp");
}

TEST(Dhcp, ARequestBehindAnUnseenOfferIsNoRepeat) {
  Datagrams d(67);
  d.client(0, dhcp(1, 1)).client(1000, dhcp(1, 3)).server(2000, dhcp(2, 5));
  d.wait(60'000'000);
  EXPECT_EQ(d.rows(), "DHCP REQUEST answered, DHCP DISCOVER unanswered");
}

TEST(Dhcp, AReleaseAsksForNothing) {
  Datagrams d(67);
  d.client(0, dhcp(1, 7));
  d.wait(60'000'000);
  EXPECT_EQ(d.rows(), "");
  EXPECT_EQ(d.packet_rows(), "DHCP OTHER 1");
}

TEST(Dhcp, Version6) {
  Datagrams d(547);
  d.client(0, raw("\1abc\0\1\0\3xyz")).server(10, raw("\2abc\0\1\0\3xyz"));
  d.client(20, raw("\3abd\0\1\0\3xyz")).server(30, raw("\7abd\0\1\0\3xyz\0\x0d\0\2\0\2"));
  d.client(40, raw("\x0b"
                   "abe\0\1\0\3xyz"))
      .server(50, raw("\7abe\0\1\0\3xyz\0\x0d\0\2\0\0"));
  EXPECT_EQ(d.rows(), "DHCPv6 SOLICIT answered, DHCPv6 REQUEST answered error, DHCPv6 INFORMATION_REQUEST answered");
}

TEST(Dhcp, WhatARelayWrapsUpIsFoundByTheClientsAddress) {
  Datagrams d(547);
  const auto wrapped = [](char kind, char client) {
    return std::string{kind, 0} + std::string(31, 'a') + client + raw("\0\x09\0\4\1abc");
  };
  d.client(0, wrapped(12, '1')).client(5, wrapped(12, '2')).server(10, wrapped(13, '2')).server(20, wrapped(13, '1'));
  EXPECT_EQ(d.rows(), "DHCPv6 OTHER answered, DHCPv6 OTHER answered");
  EXPECT_EQ(d.transactions.front().response_time(), 5);
}

TEST(Tftp, TheAnswerComesFromANewPort) {
  Links s;
  Flow ask = s.flow(1, 69);
  Flow blocks = s.flow(2, 33000);
  blocks.key.port[0] = ask.key.port[0];
  ask.send(0, 0,
           raw("\0\1boot.img\0octet\0tsize\0"
               "0\0"));
  blocks
      .send(1, 100,
            raw("\0\6tsize\0"
                "512\0"))
      .send(0, 200, raw("\0\4\0\0"))
      .send(1, 300, raw("\0\3\0\1") + zeros(512));
  EXPECT_EQ(s.rows(), "TFTP READ answered");
  EXPECT_EQ(s.only("TFTP READ").response_time(), 100);
  EXPECT_EQ(s.packet_rows(), "TFTP READ 4");
}

TEST(Tftp, AnErrorIsAnError) {
  Links s;
  Flow ask = s.flow(1, 69);
  Flow blocks = s.flow(2, 33000);
  blocks.key.port[0] = ask.key.port[0];
  ask.send(0, 0, raw("\0\2x\0netascii\0"));
  blocks.send(1, 100, raw("\0\5\0\1File not found\0"));
  EXPECT_TRUE(s.only("TFTP WRITE").error);
}

/// A Kerberos error with this code.
std::string krb_error(char code) {
  return raw("\x7e\x81\x90\x30\x81\x8d\xa0\3\2\1\5\xa1\3\2\1\x1e\xa2\x11\x18\x0f") + "20200101000000Z" +
         raw("\xa3\5\2\3abc\xa4\x11\x18\x0f") + "20200101000000Z" + raw("\xa5\4\2\2xy\xa6\3\2\1") + code +
         raw("\xa9\x10") + zeros(64);
}
const std::string kAsReq = raw("\x6a\x81\x80\x30\x81\x7d\xa1\3\2\1\5\xa2\3\2\1\x0a\xa4") + zeros(100);
const std::string kAsRep = raw("\x6b\x81\x80\x30\x81\x7d\xa0\3\2\1\5\xa1\3\2\1\x0b\xa3") + zeros(100);

TEST(Kerberos, OnlyTheDemandForAProofIsNoError) {
  Datagrams d(88);
  d.client(0, kAsReq).server(10, krb_error(25));
  d.client(20, kAsReq).client(1'000'020, kAsReq).server(1'000'030, krb_error(24));
  d.client(2'000'000, kAsReq).server(2'000'010, kAsRep);
  ASSERT_EQ(d.rows(), "Kerberos AS answered, Kerberos AS answered error, Kerberos AS answered");
  EXPECT_EQ(d.of("Kerberos AS")[1].response_time(), 1'000'010);
}

TEST(Kerberos, OverTcpAndForPasswords) {
  const auto framed = [](const std::string& m) { return raw("\0\0\0") + static_cast<char>(m.size()) + m; };
  Connection c(88);
  c.client(0, framed(kAsReq).substr(0, 9)).client(1, framed(kAsReq).substr(9)).server(10, framed(krb_error(6)));
  EXPECT_EQ(c.rows(), "Kerberos AS answered error");
  Datagrams d(464);
  d.client(0, raw("\0\x20\xff\x80\0\x10\x6e") + zeros(25)).server(10, raw("\0\x20\0\1\0\x10\x6f") + zeros(25));
  d.client(20, raw("\0\x20\0\1\0\x10\x6e") + zeros(25)).server(30, raw("\0\x20\0\1\0\0\x7e") + zeros(25));
  EXPECT_EQ(d.rows(), "Kerberos OTHER answered, Kerberos OTHER answered error");
}

std::string stun(std::string_view type, std::string_view values = {}) {
  return std::string(type) + '\0' + static_cast<char>(values.size()) + "\x21\x12\xa4\x42" + "abcdefghijkl" +
         std::string(values);
}

TEST(Stun, EitherSideAsksAndChallengesAreNoErrors) {
  Datagrams d(50000);
  d.client(0, stun(raw("\0\1"))).server(5, stun(raw("\0\1")));
  d.server(10, stun(raw("\1\1"))).client(15, stun(raw("\1\1")));
  d.client(20, stun(raw("\0\3"))).server(30, stun(raw("\1\x13"), raw("\0\x09\0\4\0\0\4\1")));
  EXPECT_EQ(d.rows(), "STUN answered, STUN answered, STUN answered");
  for (const Said& t : d.transactions) EXPECT_FALSE(t.error);
  d.client(40, stun(raw("\0\3"))).server(50, stun(raw("\1\x13"), raw("\0\x09\0\4\0\0\4\x25")));
  EXPECT_TRUE(d.transactions.back().error);
}

std::string channel_data(std::string_view number, std::size_t size) {
  return std::string(number) + static_cast<char>(size >> 8) + static_cast<char>(size & 0xff) + std::string(size, 'v') +
         std::string((4 - size % 4) % 4, '\0');
}

TEST(Stun, RelayedDataOverTcpIsSteppedOver) {
  Connection c(3478);
  c.client(0, stun(raw("\0\3"))).server(10, stun(raw("\1\3")));
  const std::string voice =
      channel_data(raw("\x40\1"), 5) + channel_data(raw("\x4f\xff"), 0) + channel_data(raw("\x40\2"), 9000);
  const std::string up = voice + stun(raw("\0\4")) + channel_data(raw("\x40\1"), 3);
  for (std::size_t at = 0; at < up.size(); at += 1001) c.client(20, up.substr(at, 1001));
  c.server(30, voice).server(40, channel_data(raw("\x40\1"), 7) + stun(raw("\1\4")) + voice);
  c.client(50, stun(raw("\0\x08"))).server(60, voice + stun(raw("\1\x08")));
  EXPECT_EQ(c.rows(), "STUN answered, STUN answered, STUN answered");
  EXPECT_EQ(c.of("STUN")[1].response_time(), 20);
  EXPECT_EQ(c.of("STUN")[2].response_bytes, 20);
  EXPECT_EQ(c.engine.counters().framing_errors, 0U);
  EXPECT_EQ(c.engine.counters().unpaired_responses, 0U);
}

TEST(Stun, VoiceOnTheSamePortsIsPackets) {
  Datagrams d(50000);
  d.client(0, stun(raw("\0\1"))).client(1, "\x80\x08voice").server(5, "\x80\x08voice").server(6, stun(raw("\1\1")));
  d.client(7, stun(raw("\0\x11")));
  d.wait(60'000'000);
  EXPECT_EQ(d.rows(), "STUN answered");
}

TEST(Stun, WithoutTheNumberOnlyAPairCounts) {
  Datagrams d(50000);
  d.client(0, raw("\0\1\0\0") + "abcdefghijklmnop")
      .server(10, raw("\1\1\0\x0c") + "abcdefghijklmnop" + raw("\0\1\0\x08"));
  EXPECT_EQ(d.rows(), "STUN answered");
  Datagrams other(50000);
  other.client(0, raw("\0\1\0\0") + "abcdefghijklmnop")
      .server(10, raw("\1\1\0\x0c") + "ponmlkjihgfedcba" + raw("\0\1\0\x08"));
  EXPECT_EQ(other.rows(), "UDP OTHER answered");
}

/// A Diameter message of 32 bytes: a result in it.
std::string diameter(char flags, char command, std::string_view hop, char high, char low) {
  return raw("\1\0\0\x20") + flags + raw("\0\1") + command + zeros(4) + std::string(hop) + "ends" +
         raw("\0\0\1\x0c\x40\0\0\x0c\0\0") + high + low;
}

TEST(Diameter, AnswersInAnyOrderAndInBothDirections) {
  Connection c(3868);
  c.client(0, diameter('\xc0', '\x10', "h001", 0, 0) + diameter('\xc0', '\x10', "h002", 0, 0));
  c.server(100, diameter(0x40, '\x10', "h002", 0x07, '\xd1')).server(200, diameter(0x40, '\x10', "h001", 0x13, '\x88'));
  c.server(300, diameter('\x80', '\x18', "s001", 0, 0)).client(400, diameter(0, '\x18', "s001", 0x07, '\xd1'));
  ASSERT_EQ(
      c.rows(),
      "Diameter CREDIT_CONTROL answered, Diameter CREDIT_CONTROL answered error, Diameter DEVICE_WATCHDOG answered");
}

std::string ike(std::string_view responder, char version, char exchange, char flags, char number) {
  return "initiate" + std::string(responder) +
         std::string{version == 0x10 ? '\1' : '\x21', version, exchange, flags, 0, 0, 0, number, 0, 0, 0, 64} +
         zeros(36);
}

TEST(Ike, Version2PairsByNumberInBothDirections) {
  Datagrams d(4500);
  const std::string four = zeros(4);
  d.client(0, four + ike(zeros(8), 0x20, 0x22, 8, 0)).server(10, four + ike("responds", 0x20, 0x22, 0x20, 0));
  d.client(20, four + ike("responds", 0x20, 0x23, 8, 1)).client(1'000'020, four + ike("responds", 0x20, 0x23, 8, 1));
  d.server(1'000'030, four + ike("responds", 0x20, 0x23, 0x20, 1)).client(1'000'031, "ESP packet of the tunnel");
  d.server(2'000'000, four + ike("responds", 0x20, 0x25, 0, 0))
      .client(2'000'005, four + ike("responds", 0x20, 0x25, 0x28, 0));
  EXPECT_EQ(d.rows(), "IKE answered, IKE answered, IKE answered");
  EXPECT_EQ(d.of("IKE")[1].response_time(), 1'000'010);
}

TEST(Ike, TheLastMessageOfVersion1IsNoFailure) {
  Datagrams d(500);
  d.client(0, ike(zeros(8), 0x10, 4, 0, 0)).server(10, ike("responds", 0x10, 4, 0, 0));
  d.client(20, ike("responds", 0x10, 4, 0, 0));
  d.wait(60'000'000);
  EXPECT_EQ(d.rows(), "IKE answered");
}

TEST(Wireguard, AnInitiationAndItsResponse) {
  const std::string ask = raw("\1\0\0\0abcd") + zeros(140);
  Datagrams d(40000);
  d.client(0, ask).server(10, raw("\2\0\0\0wxyzabcd") + zeros(80)).client(20, raw("\4\0\0\0wxyz") + zeros(40));
  EXPECT_EQ(d.rows(), "WIREGUARD answered");
  d.server(30, raw("\4\0\0\0abcd") + zeros(40));
  EXPECT_EQ(d.packet_rows(), "WIREGUARD 4");
  EXPECT_EQ(d.packets.back().who.port, 40000);  // what the tunnel carries asks for nothing
  Datagrams other(40000);
  other.client(0, ask).server(10, raw("\2\0\0\0wxyzdcba") + zeros(80));
  EXPECT_EQ(other.rows(), "UDP OTHER answered");
}

const std::string kSnmpGet =
    raw("\x30\x29\2\1\1\4\6office\xa0\x1c\2\4\1\2\3\4\2\1\0\2\1\0\x30\x0e\x30\x0c\6\x08\x2b\6\1\2\1\1\1\0\5\0");
std::string snmp_response(char status) {
  return raw("\x30\x29\2\1\1\4\6office\xa2\x1c\2\4\1\2\3\4\2\1") + status +
         raw("\2\1\1\x30\x0e\x30\x0c\6\x08\x2b\6\1\2\1\1\1\0\5\0");
}

TEST(Snmp, OverTcp) {
  Connection c(161);
  c.client(0, kSnmpGet.substr(0, 20)).client(5, kSnmpGet.substr(20)).server(10, snmp_response(0));
  c.client(20, kSnmpGet).server(30, snmp_response(2));
  EXPECT_EQ(c.rows(), "SNMP GET answered, SNMP GET answered error");
}

TEST(Snmp, ARequestOfAnotherKindIsNoRepeat) {
  Datagrams d(161);
  std::string next = kSnmpGet;
  next[13] = '\xa1';
  d.client(0, kSnmpGet).client(1, kSnmpGet).client(2, next).server(10, snmp_response(0));
  d.wait(60'000'000);
  EXPECT_EQ(d.rows(), "SNMP GETNEXT answered, SNMP GET unanswered");
}

std::string ntp(char first, std::string_view originate, std::string_view transmit) {
  return first + raw("\2\6\xec") + zeros(20) + std::string(originate) + zeros(8) + std::string(transmit);
}

TEST(Ntp, PeersThatSendWhenItIsTheirTurnAreNoFailure) {
  Datagrams d(123);
  d.client(0, ntp(0x21, zeros(8), "aaaaaaaa")).server(10, ntp(0x21, "aaaaaaaa", "bbbbbbbb"));
  d.client(20, ntp(0x23, zeros(8), "cccccccc")).server(30, ntp(0x24, "cccccccc", "dddddddd"));
  d.client(40, ntp(0x21, zeros(8), "eeeeeeee")).server(50, ntp(0x22, "eeeeeeee", "ffffffff"));
  d.wait(60'000'000);
  EXPECT_EQ(d.rows(), "NTP answered, NTP answered");
}

TEST(Ntp, BroadcastsAndToolsAndZeroes) {
  Datagrams d(123);
  d.client(0, ntp(0x25, zeros(8), "aaaaaaaa"));
  d.wait(60'000'000);
  EXPECT_EQ(d.rows(), "");
  Datagrams tools(123);
  tools.client(0, raw("\x17\0\3\x2a") + zeros(4)).server(10, raw("\xd7\0\3\x2a\0\1\0\x48") + zeros(72));
  tools.client(20, raw("\x16\2\0\1\0\0\0\0\0\0\0\0")).server(30, raw("\x16\xc2\0\1\2\0\0\0\0\0\0\0"));
  tools.client(40, ntp(0x23, zeros(8), zeros(8))).server(50, ntp(0x24, zeros(8), "dddddddd"));
  EXPECT_EQ(tools.rows(), "NTP answered, NTP answered error, NTP answered");
}

/// A DNS message about `name`, which is written as in a message.
std::string dns(std::string_view head, std::string_view name, char type = 1) {
  return std::string(head) + std::string(name) + raw("\0\0") + type + raw("\0\1");
}
const std::string kAsk = raw("id\1\0\0\1\0\0\0\0\0\0"), kTell = raw("id\x81\x80\0\1\0\1\0\0\0\0");

TEST(Dns, CapitalsInANameDoNotCount) {
  Datagrams d(53);
  d.client(0, dns(kAsk, "\7ExAmPlE\3nEt")).server(10, dns(kTell, "\7example\3net"));
  d.client(20, dns(kAsk, "\7example\3net")).server(30, dns(kTell, "\7examplf\3net"));
  d.wait(60'000'000);
  EXPECT_EQ(d.rows(), "DNS A answered, DNS A unanswered");
}

TEST(Dns, ARepeatedQuestionIsTimedFromItsFirstTransmission) {
  Datagrams d(53);
  d.client(0, dns(kAsk, "\1a", 48)).client(5'000'150, dns(kAsk, "\1a", 48)).server(5'010'515, dns(kTell, "\1a", 48));
  EXPECT_EQ(d.rows(), "DNS OTHER answered");
  EXPECT_EQ(d.only("DNS OTHER").response_time(), 5'010'515);
}

TEST(Dns, TheLongestName) {
  std::string name;
  for (int i = 0; i < 4; ++i) name += std::string{i < 3 ? '\x3f' : '\x3d'} + std::string(i < 3 ? 63 : 61, 'x');
  Datagrams d(53);
  d.client(0, dns(kAsk, name, 16)).server(10, dns(kTell, name, 16));
  EXPECT_EQ(d.rows(), "DNS TXT answered");
}

TEST(Dns, AnAnswerThatCountsItsQuestionsWrongly) {
  Datagrams d(53);
  d.client(0, dns(kAsk, "\1a")).server(10, dns(raw("id\x81\0\0\2\0\2\0\0\0\0"), "\1a"));
  EXPECT_EQ(d.rows(), "DNS A answered");
}

TEST(Dns, NetBiosNamesAreNotDns) {
  const std::string name = "\x20" + std::string("EJFDEBFEEBFACACACACACACACACACAAA");
  Datagrams d(137);
  d.client(0, dns(kAsk, name, 0x20)).server(10, dns(raw("id\x85\0\0\0\0\1\0\0\0\0"), name, 0x20));
  EXPECT_EQ(d.rows(), "UDP OTHER answered");
  Datagrams status(137);
  status.client(0, dns(kAsk, name, 0x21)).server(10, dns(kTell, name, 0x21));
  EXPECT_EQ(status.rows(), "UDP OTHER answered");
}

TEST(Icmp, AHostThatAsksItself) {
  Scene s;
  Flow f(s, 1, decode::Transport::icmp, 0, flow::ClientBy::first);
  f.key.address[1] = f.key.address[0];
  f.client(0, raw("\x08\0..id\0\1")).client(10, raw("\0\0..id\0\1"));
  f.client(20, raw("\x08\0..id\0\2")).client(50, raw("\0\0..id\0\2")).client(60, raw("\0\0..id\0\2"));
  EXPECT_EQ(s.rows(), "ICMP ECHO answered, ICMP ECHO answered");
}

/// An LDAP message whose lengths are written in four bytes, as Active Directory does.
std::string ldap(char number, char operation, std::string_view content) {
  const auto value = [](char tag, std::string_view bytes) {
    return std::string{tag, '\x84', 0, 0, 0, static_cast<char>(bytes.size())} + std::string(bytes);
  };
  return value('\x30', raw("\2\1") + number + value(operation, content));
}
const std::string kSearch = raw("\4\0\x0a\1\0\x0a\1\0\2\1\0\2\1\0\1\1\0\x87\1x\x30\0"), kDone = raw("\x0a\1\0\4\0\4\0");

TEST(Ldap, ASearchLastsUntilItsDoneAndOthersMayOvertakeIt) {
  Connection c(389);
  c.client(0, ldap(1, 0x63, kSearch))
      .client(10, ldap(2, 0x6e, "...."))
      .server(100, ldap(1, 0x64, "entry") + ldap(1, 0x73, "elsewhere"));
  c.server(150, ldap(2, 0x6f, raw("\x0a\1\6\4\0\4\0")))
      .server(200, ldap(1, 0x64, "entry"))
      .server(300, ldap(1, 0x65, kDone));
  EXPECT_EQ(c.rows(), "LDAP COMPARE answered, LDAP SEARCH answered");
  EXPECT_EQ(c.only("LDAP SEARCH").response_time(), 100);
  EXPECT_EQ(c.only("LDAP SEARCH").response_end, 300);
}

TEST(Ldap, UnbindAndAbandonAskForNothing) {
  Connection c(389);
  c.client(0, ldap(1, 0x63, kSearch)).server(10, ldap(1, 0x65, raw("\x0a\1\x20\4\0\4\0")));
  c.client(20, raw("\x30\6\2\1\2\x50\1\1")).client(30, raw("\x30\5\2\1\3\x42\0")).fin(0, 40).fin(1, 50);
  EXPECT_EQ(c.rows(), "LDAP SEARCH answered error");
}

TEST(Ldap, WhatALoginProtectsIsPacketsOnly) {
  Connection c(389);
  c.client(0, ldap(1, 0x60, raw("\2\1\3\4\0\xa3\x0c\4\6GSSAPI\4\2xx"))).server(10, ldap(1, 0x61, kDone));
  for (int i = 1; i < 40; ++i) {
    c.client(i * 100, raw("\0\0\0\x3c\5\4\6\xff\0\0\0\0") + std::string(52, static_cast<char>(i * 37)));
    c.server(i * 100 + 50, raw("\0\0\0\x3c\5\4\7\xff\0\0\0\0") + std::string(52, static_cast<char>(i * 91)));
  }
  c.fin(0, 9000).fin(1, 9001);
  EXPECT_EQ(c.rows(), "LDAP BIND answered");
}

TEST(Ldap, OverUdpTheWholeAnswerIsOneDatagram) {
  Datagrams d(389);
  d.client(0, ldap(7, 0x63, kSearch)).server(10, ldap(7, 0x64, "entry") + ldap(7, 0x65, kDone));
  EXPECT_EQ(d.rows(), "LDAP SEARCH answered");
  EXPECT_EQ(d.only("LDAP SEARCH").response_end, 10);
}

TEST(Radius, OneNumberOfAnotherKindAndRepeats) {
  const auto message = [](char code) { return std::string{code, 7, 0, 20} + std::string(16, 'a'); };
  Datagrams d(1812);
  d.client(0, message(1))
      .client(1000, message(1))
      .client(1500, message(4))
      .server(2000, message(5))
      .server(3000, message(11));
  EXPECT_EQ(d.rows(), "RADIUS ACCOUNTING answered, RADIUS ACCESS answered");
  Datagrams challenge(1812);
  challenge.client(0, message(1))
      .client(1000, message(1))
      .server(3000, message(11))
      .client(4000, message(1))
      .server(5000, message(3));
  EXPECT_EQ(challenge.rows(), "RADIUS ACCESS answered, RADIUS ACCESS answered");
  EXPECT_EQ(challenge.of("RADIUS ACCESS")[0].response_time(), 3000);
}

TEST(Tacacs, EveryRequestOfASession) {
  Connection c(49);
  const auto message = [](char number) { return raw("\xc0\1") + number + raw("\0sess\0\0\0\3..."); };
  c.client(0, message(1)).server(10, message(2)).client(20, message(3)).server(40, message(4));
  EXPECT_EQ(c.rows(), "TACACS answered, TACACS answered");
}

}  // namespace
}  // namespace pastmon::signature::test
