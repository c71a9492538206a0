// SPDX-License-Identifier: MIT
// What machines say to each other: what the captures of real programs do not show.
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

// Modbus

std::string modbus(int id, int unit, const std::string& pdu) {
  return big(static_cast<std::size_t>(id), 2) + big(0, 2) + big(pdu.size() + 1, 2) +
         big(static_cast<std::size_t>(unit), 1) + pdu;
}
const std::string kRead = raw("\3\0\1\0\2");
const std::string kRegisters = raw("\3\4\0\1\0\2");

TEST(Modbus, RequestAndResponseArePairedByIdUnitAndFunction) {
  Connection c(502);
  c.client(0, modbus(1, 9, kRead) + modbus(2, 9, raw("\6\0\1\0\2")));
  c.server(10, modbus(2, 9, raw("\6\0\1\0\2")))
      .server(30, modbus(1, 8, kRegisters))
      .server(50, modbus(1, 9, kRegisters));
  EXPECT_EQ(c.rows(), "Modbus WRITE_SINGLE_REGISTER answered, Modbus READ_HOLDING_REGISTERS answered");
  EXPECT_EQ(c.only("Modbus READ_HOLDING_REGISTERS").response_time(), 50);
}

TEST(Modbus, AnExceptionIsAnError) {
  Connection c(5020);
  c.client(0, modbus(1, 9, kRead)).server(10, modbus(1, 9, raw("\x83\2")));
  EXPECT_EQ(c.rows(), "Modbus READ_HOLDING_REGISTERS answered error");
}

TEST(Modbus, OnOtherPortsNothingIsClaimedWithoutItsAnswer) {
  for (const std::string& answer : {modbus(2, 9, kRegisters), modbus(1, 9, raw("\4\4\0\1\0\2")), kRegisters}) {
    Connection c(5020);
    c.client(0, modbus(1, 9, kRead)).server(10, answer).fin(1, 20);
    EXPECT_EQ(c.rows(), "TCP OTHER answered");
  }
  Connection odd(5020);
  odd.client(0, modbus(1, 9, raw("\x5a\0"))).server(10, modbus(1, 9, raw("\x5a\0"))).fin(1, 20);
  EXPECT_EQ(odd.rows(), "TCP OTHER answered");
}

TEST(Modbus, FunctionsThatAreNotPublicNeedPortAndAnswer) {
  Connection c(502);
  c.client(0, modbus(1, 9, raw("\x5a\0"))).server(10, modbus(1, 9, raw("\x5a\0")));
  c.client(20, modbus(2, 9, kRead)).server(30, modbus(2, 9, raw("\x83\2")));
  EXPECT_EQ(c.rows(), "Modbus OTHER answered, Modbus READ_HOLDING_REGISTERS answered error");
  Connection other(502);
  other.client(0, modbus(1, 9, raw("\x5a\0"))).server(10, modbus(1, 9, raw("\x5b\0"))).fin(1, 20);
  EXPECT_EQ(other.rows(), "TCP OTHER answered");
}

// MQTT

std::string mqtt(int head, const std::string& content) {
  std::string s(1, static_cast<char>(head));
  std::size_t size = content.size();
  for (; size > 127; size >>= 7U) s += static_cast<char>(size | 0x80U);
  return s + static_cast<char>(size) + content;
}
std::string publish(int head, const std::string& topic, std::size_t id) {
  return mqtt(head, big(topic.size(), 2) + topic + big(id, 2) + "payload");
}
std::string connect_mqtt(int version = 4) {
  return mqtt(0x10, raw("\0\4MQTT") + static_cast<char>(version) + raw("\xc2\0\x3c\0\1a\0\1u\0\6secret"));
}
const std::string kConnected = mqtt(0x20, raw("\0\0"));

TEST(Mqtt, AnswersArePairedByThePacketIdentifierBehindTheTopic) {
  Connection c(2000);
  c.client(0, connect_mqtt()).server(10, kConnected);
  c.client(20, publish(0x32, "a", 1) + publish(0x32, std::string(300, 'b'), 2));
  c.server(50, mqtt(0x40, big(2, 2))).server(90, mqtt(0x40, big(1, 2)));
  EXPECT_EQ(c.rows(), "MQTT LOGIN answered, MQTT PUBLISH answered, MQTT PUBLISH answered");
  EXPECT_EQ(c.of("MQTT PUBLISH")[0].response_time(), 30);
  EXPECT_EQ(c.of("MQTT PUBLISH")[1].response_time(), 70);
}

TEST(Mqtt, QualityOfServiceTwoBeginsWithPubrecAndEndsWithPubcomp) {
  Connection c(1883);
  c.client(0, publish(0x34, "a", 1)).server(10, mqtt(0x50, big(1, 2)));
  c.client(20, mqtt(0x62, big(1, 2))).server(50, mqtt(0x70, big(1, 2)));
  c.client(60, publish(0x34, "a", 2)).server(70, mqtt(0x50, big(2, 2) + "\x87"));
  EXPECT_EQ(c.rows(), "MQTT PUBLISH answered, MQTT PUBLISH answered error");
  EXPECT_EQ(c.of("MQTT PUBLISH")[0].response_time(), 10);
  EXPECT_EQ(c.of("MQTT PUBLISH")[0].response_end, 50);
}

TEST(Mqtt, ADialogueIsOneLogin) {
  Connection c(1883);
  c.client(0, connect_mqtt(5)).server(10, mqtt(0xf0, "\x18.."));
  c.client(20, mqtt(0xf0, "\x18..")).server(50, mqtt(0x20, raw("\0\x87\0")));
  EXPECT_EQ(c.rows(), "MQTT LOGIN answered error");
  EXPECT_EQ(c.only("MQTT LOGIN").response_time(), 30);
}

TEST(Mqtt, WhatNeedsNoAnswerIsNoTransaction) {
  Connection c(1883);
  c.client(0, connect_mqtt()).server(10, kConnected).client(20, publish(0x30, "a", 1) + mqtt(0xe0, "")).fin(1, 30);
  EXPECT_EQ(c.rows(), "MQTT LOGIN answered");
  EXPECT_EQ(c.packet_rows(), "TCP SYNACK 3, MQTT LOGIN 2, MQTT PUBLISH 1, MQTT OTHER 1");
}

TEST(Mqtt, OnOtherPortsAPairIsNeeded) {
  MidStream ping(2000);
  ping.client(0, mqtt(0xc0, "")).server(10, mqtt(0xd0, ""));
  EXPECT_EQ(ping.rows(), "MQTT PING answered");
  MidStream text(2000);
  text.client(0, "250 ok 0123456789012345678901234567890123456789012345678901").server(10, "@\2ab").fin(1, 20);
  EXPECT_EQ(text.rows(), "TCP OTHER answered");
}

// RDP

std::string tpkt(const std::string& x224) { return raw("\3\0") + big(x224.size() + 4, 2) + x224; }
const std::string kAsks = tpkt(raw("\x26\xe0\0\0\0\0\0Cookie: mstshash=user1\r\n\1\0\x8\0\3\0\0\0"));
std::string agrees(const std::string& what) { return tpkt(raw("\x0e\xd0\0\0\x12\x34\0") + what); }
const std::string kPicture = raw("\x44\x08pictur");

TEST(Rdp, BehindTheAgreementComesTlsOrNothingToCount) {
  Connection c(4000);
  c.client(0, kAsks).server(10, agrees(raw("\2\0\x8\0\0\0\0\0"))).client(20, tpkt("\2\xf0\x80..")).server(30, kPicture);
  c.fin(1, 40);
  EXPECT_EQ(c.rows(), "RDP answered");
  EXPECT_EQ(c.packet_rows(), "TCP SYNACK 3, RDP 5");
  Connection tls(3389);
  tls.client(0, kAsks).server(10, agrees(raw("\2\0\x8\0\1\0\0\0")));
  tls.client(20, raw("\x16\3\1\0\x06\1\0\0\2\3\3")).server(30, raw("\x15\3\1\0\2\2\x28"));
  EXPECT_EQ(tls.rows(), "RDP answered");
  tls.fin(1, 40);
  EXPECT_EQ(tls.rows(), "RDP answered, TLS HANDSHAKE answered error");
}

TEST(Rdp, ARefusalIsAnError) {
  Connection c(3389);
  c.client(0, kAsks).server(10, agrees(raw("\3\0\x8\0\2\0\0\0")));
  EXPECT_EQ(c.rows(), "RDP answered error");
}

TEST(Rdp, OtherProtocolsBeginLikeThisToo) {
  const std::string controller = tpkt(raw("\x11\xe0\0\0\0\1\0\xc0\1\x0a\xc1\2\1\0\xc2\2\1\2"));
  const std::string agreed = tpkt(raw("\x11\xd0\0\1\0\3\0\xc0\1\x0a\xc1\2\1\0\xc2\2\1\2"));
  Connection c(102);
  c.client(0, controller).server(10, agreed).fin(1, 20);
  EXPECT_EQ(c.rows(), "TCP OTHER answered");
}

}  // namespace
}  // namespace pastmon::signature::test
