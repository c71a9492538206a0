// SPDX-License-Identifier: MIT
// File services and remote calls: what the captures of real programs do not show.
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
std::string little(std::size_t number, int size) {
  std::string s;
  for (int i = 0; i < size; ++i) s += static_cast<char>(number >> (8 * i));
  return s;
}

// SMB 2

std::string session(const std::string& message) { return big(message.size(), 4) + message; }
std::string smb2(int command, int flags, std::size_t id, std::size_t status = 0, std::size_t next = 0) {
  return "\xfeSMB" + little(64, 2) + little(0, 2) + little(status, 4) + little(static_cast<std::size_t>(command), 2) +
         little(1, 2) + little(static_cast<std::size_t>(flags), 4) + little(next, 4) + little(id, 8) +
         std::string(32, '\0') + "12345678";
}
std::string ask(int command, std::size_t id) { return session(smb2(command, 0, id)); }
std::string answer(int command, std::size_t id, std::size_t status = 0) {
  return session(smb2(command, 1, id, status));
}
std::string smb1(int command) {
  return session("\xffSMB" + little(static_cast<std::size_t>(command), 1) + std::string(27, '\0') + "..");
}
std::string sealed(const std::string& session_id) {
  return session("\xfdSMB" + std::string(40, 'x') + session_id + std::string(80, 'y'));
}

TEST(Smb2, AnswersMayComeInAnyOrder) {
  Connection c(445);
  c.client(0, ask(8, 5)).client(10, ask(9, 6)).server(1000, answer(9, 6)).server(3000, answer(8, 5));
  EXPECT_EQ(c.rows(), "SMB2 WRITE answered, SMB2 READ answered");
  EXPECT_EQ(c.only("SMB2 READ").response_time(), 3000);
}

TEST(Smb2, PendingIsAnInterimAnswer) {
  Connection c(445);
  c.client(0, ask(8, 5)).server(1000, session(smb2(8, 3, 5, 0x103))).server(90'000, session(smb2(8, 3, 5)));
  EXPECT_EQ(c.rows(), "SMB2 READ answered");
  EXPECT_EQ(c.only("SMB2 READ").response_time(), 90'000);
}

TEST(Smb2, EachCommandOfACompoundIsATransaction) {
  Connection c(445);
  const std::string create = smb2(5, 0, 1, 0, 72);
  c.client(0, session(create + smb2(6, 4, 2))).server(500, answer(5, 1)).server(700, answer(6, 2, 0xc0000034));
  EXPECT_EQ(c.rows(), "SMB2 CREATE answered, SMB2 CLOSE answered error");
  EXPECT_EQ(c.only("SMB2 CLOSE").response_time(), 700);
}

TEST(Smb2, OnlySevereStatusesAreErrors) {
  Connection c(445);
  c.client(0, ask(1, 1)).server(1, answer(1, 1, 0xc0000016)).client(2, ask(1, 2)).server(3, answer(1, 2, 0xc000006d));
  c.client(4, ask(14, 3)).server(5, answer(14, 3, 0x80000006));
  EXPECT_EQ(c.rows(), "SMB2 SESSION_SETUP answered, SMB2 SESSION_SETUP answered error, SMB2 QUERY_DIRECTORY answered");
}

TEST(Smb2, ACancelTakesNobodysAnswerAndBreaksAnswerNothing) {
  Connection c(445);
  c.client(0, ask(10, 7)).client(10, ask(12, 7));
  c.server(20, session(smb2(18, 1, ~std::size_t{0}))).server(30, answer(10, 7, 0xc0000120));
  c.finish(40);
  EXPECT_EQ(c.rows(), "SMB2 LOCK answered error");
  EXPECT_EQ(c.only("SMB2 LOCK").response_time(), 30);
}

TEST(Smb2, Smb1IsClaimedOnlyWhenAnsweredInSmb2) {
  Connection plain(445);
  plain.client(0, smb1(0x72)).server(10, smb1(0x72)).client(20, smb1(0x73)).server(30, smb1(0x73)).fin(1, 40);
  EXPECT_EQ(plain.rows(), "TCP OTHER answered, TCP OTHER answered");
  Connection both(445);
  both.client(0, smb1(0x72)).server(10, answer(0, 0)).client(20, ask(1, 1)).server(30, answer(1, 1));
  EXPECT_EQ(both.rows(), "SMB2 NEGOTIATE answered, SMB2 SESSION_SETUP answered");
}

TEST(Smb2, WhatIsEncryptedGoesByTurns) {
  Connection c(445);
  c.client(0, ask(1, 1)).server(10, answer(1, 1));
  c.client(20, sealed("session1")).client(30, sealed("session1")).server(50, sealed("session1"));
  c.client(60, sealed("session1")).server(90, sealed("session1")).fin(1, 100);
  EXPECT_EQ(c.rows(), "SMB2 SESSION_SETUP answered, SMB2 OTHER answered, SMB2 OTHER answered");
  EXPECT_EQ(c.of("SMB2 OTHER")[0].response_time(), 20);
  MidStream m(445);
  m.client(0, sealed("session1")).server(10, sealed("session1")).fin(1, 20);
  EXPECT_EQ(m.rows(), "SMB2 OTHER answered");
}

TEST(Smb2, ACompressedAnswerShowsItsHeader) {
  Connection c(445);
  const std::string packed = "\xfcSMB" + little(4096, 4) + little(1, 2) + little(0, 2) + little(80, 4);
  c.client(0, ask(8, 5)).server(70, session(packed + smb2(8, 1, 5)));
  EXPECT_EQ(c.rows(), "SMB2 READ answered");
}

TEST(Smb2, NetBiosMessagesDoNotDisturb) {
  Connection c(139);
  const std::string keep_alive = raw("\x85\0\0\0");
  c.client(0, raw("\x81\0\0\x44") + std::string(68, 'A')).server(10, raw("\x82\0\0\0"));
  c.client(20, ask(0, 0)).server(30, answer(0, 0)).client(40, keep_alive).server(50, keep_alive);
  c.client(60, ask(13, 1) + keep_alive).server(70, keep_alive + answer(13, 1));
  EXPECT_EQ(c.rows(), "TCP OTHER answered, SMB2 NEGOTIATE answered, SMB2 ECHO answered");
}

// ONC RPC

std::string call(std::size_t xid, std::size_t program, std::size_t procedure = 1, std::size_t version = 3) {
  return big(xid, 4) + big(0, 4) + big(2, 4) + big(program, 4) + big(version, 4) + big(procedure, 4) +
         std::string(16, '\0') + "argument";
}
/// `verifier`: bytes of an accepted call's verifier.
std::string reply(std::size_t xid, std::size_t status = 0, std::size_t verifier = 0) {
  return big(xid, 4) + big(1, 4) + big(0, 4) + big(verifier == 0 ? 0 : 6, 4) + big(verifier, 4) +
         std::string((verifier + 3) / 4 * 4, 'v') + big(status, 4) + "result..";
}
std::string denied(std::size_t xid) { return big(xid, 4) + big(1, 4) + big(1, 4) + big(1, 4) + big(5, 4); }
std::string record(const std::string& s) { return big(s.size() | 0x80000000U, 4) + s; }
constexpr std::size_t kNfs = 100003;

TEST(Rpc, ReplyIsFoundByItsXidOnAnyPort) {
  Connection c(40001);
  c.client(0, record(call(1, kNfs)) + record(call(2, 100005)))
      .server(50, record(reply(2)))
      .server(90, record(reply(1)));
  EXPECT_EQ(c.rows(), "RPC MOUNT answered, RPC NFS answered");
  EXPECT_EQ(c.only("RPC NFS").response_time(), 90);
}

TEST(Rpc, DeniedAndUnsuccessfulCallsAreErrors) {
  Connection c(2049);
  c.client(0, record(call(1, kNfs))).server(10, record(denied(1)));
  c.client(20, record(call(2, kNfs))).server(30, record(reply(2, 3)));
  c.client(40, record(call(3, kNfs))).server(50, record(reply(3, 0, 37)));
  c.client(60, record(call(4, kNfs))).server(70, record(reply(4, 5, 37)));
  EXPECT_EQ(c.rows(), "RPC NFS answered error, RPC NFS answered error, RPC NFS answered, RPC NFS answered error");
}

TEST(Rpc, EitherSideMayCall) {
  Connection c(2049);
  c.client(0, record(call(1, kNfs))).server(10, record(reply(1)));
  c.server(20, record(call(1, 0x40000000, 1, 1))).client(50, record(reply(1)));
  EXPECT_EQ(c.rows(), "RPC NFS answered, RPC NFSCB answered");
  EXPECT_EQ(c.only("RPC NFSCB").response_time(), 30);
}

TEST(Rpc, UnknownProgramsNeedTheirReply) {
  Connection c(5000);
  c.client(0, record(call(1, 395183))).server(10, record(reply(1)));
  EXPECT_EQ(c.rows(), "RPC OTHER answered");
  Connection other(5000);
  other.client(0, record(call(1, 395183))).server(10, record(reply(2))).fin(1, 20);
  EXPECT_EQ(other.rows(), "TCP OTHER answered");
}

TEST(Rpc, AReplyAloneProvesNothingButOnItsPort) {
  MidStream other(5000);
  other.server(0, record(reply(1))).server(10, record(reply(2)));
  other.finish(20);
  EXPECT_EQ(other.packet_rows(), "TCP OTHER 2");
  MidStream nfs(2049);
  nfs.server(0, record(reply(1))).client(10, record(call(2, kNfs))).server(20, record(reply(2)));
  EXPECT_EQ(nfs.rows(), "RPC NFS answered");
}

TEST(Rpc, MessagesOfTheLockManagerMayStayUnanswered) {
  Datagrams c(32803);
  c.client(0, call(1, 100021, 3, 4)).server(10, reply(1)).client(20, call(2, 100021, 7, 4));
  c.wait(100'000'000);
  EXPECT_EQ(c.rows(), "RPC NLM answered");
}

TEST(Rpc, FragmentsMakeOneRecord) {
  Connection c(2049);
  const std::string whole = call(1, kNfs);
  c.client(0, big(44, 4) + whole.substr(0, 44)).client(30, record(whole.substr(44))).server(50, record(reply(1)));
  EXPECT_EQ(c.rows(), "RPC NFS answered");
  EXPECT_EQ(c.only("RPC NFS").response_time(), 20);
}

// DCE/RPC

/// `order`: of the numbers, '\x10' lowest byte first, '\0' highest byte first.
std::string dce(int type, int flags, std::size_t id, const std::string& body = "body", char order = '\x10') {
  const auto number = [&](std::size_t n, int size) { return order == 0 ? big(n, size) : little(n, size); };
  return "\5" + big(0, 1) + big(static_cast<std::size_t>(type), 1) + big(static_cast<std::size_t>(flags), 1) + order +
         raw("\0\0\0") + number(16 + body.size(), 2) + number(0, 2) + number(id, 4) + body;
}

TEST(DceRpc, FragmentsMakeOneRequestAndOneResponse) {
  Connection c(50000);
  c.client(0, dce(0, 1, 7)).client(10, dce(0, 0, 7)).client(20, dce(0, 2, 7));
  c.server(50, dce(2, 1, 7)).server(60, dce(2, 0, 7)).server(90, dce(2, 2, 7));
  c.client(100, dce(0, 0x83, 8)).server(130, dce(2, 3, 8));
  EXPECT_EQ(c.rows(), "DCERPC REQUEST answered, DCERPC REQUEST answered");
  EXPECT_EQ(c.of("DCERPC REQUEST")[0].response_time(), 30);
  EXPECT_EQ(c.of("DCERPC REQUEST")[0].response_end, 90);
}

TEST(DceRpc, RefusedBindsAndFaultsAreErrors) {
  Connection c(135);
  c.client(0, dce(11, 3, 1)).server(10, dce(13, 3, 1)).client(20, dce(14, 3, 2)).server(30, dce(15, 3, 2));
  c.client(40, dce(16, 3, 2) + dce(0, 3, 3)).server(50, dce(2, 1, 3)).server(60, dce(3, 3, 3));
  EXPECT_EQ(c.rows(), "DCERPC BIND answered error, DCERPC BIND answered, DCERPC REQUEST answered error");
}

TEST(DceRpc, EitherByteOrder) {
  Connection c(50000);
  const std::string body(300, 'b');
  c.client(0, dce(11, 3, 1, body, '\0')).server(10, dce(12, 3, 1, body, '\0'));
  c.client(20, dce(0, 3, 2, body, '\0')).server(30, dce(2, 3, 2, body, '\0'));
  EXPECT_EQ(c.rows(), "DCERPC BIND answered, DCERPC REQUEST answered");
}

TEST(DceRpc, SocksIsSomethingElse) {
  Connection c(1080);
  c.client(0, raw("\5\1\0")).server(10, raw("\5\0")).client(20, raw("\5\1\0\1\x0a\0\0\1\0\x50"));
  c.server(30, raw("\5\0\0\1\x0a\0\0\1\0\x50")).fin(1, 40);
  EXPECT_EQ(c.rows(), "TCP OTHER answered, TCP OTHER answered");
}

TEST(DceRpc, OverUdpActivityAndNumberPair) {
  const auto datagram = [](int type, char activity, std::size_t number) {
    return big(0x0400U + static_cast<std::size_t>(type), 2) + raw("\x20\0\x10\0\0\0") + std::string(32, 'u') +
           std::string(16, activity) + std::string(8, '\0') + little(number, 4) + std::string(12, '\0') + "body";
  };
  Datagrams c(34964);
  c.client(0, datagram(0, 'a', 1)).client(5, datagram(0, 'a', 1)).server(10, datagram(4, 'a', 1));
  c.server(30, datagram(2, 'a', 1)).server(40, datagram(0, 'b', 1)).client(60, datagram(6, 'b', 1));
  EXPECT_EQ(c.rows(), "DCERPC REQUEST answered, DCERPC REQUEST answered error");
  EXPECT_EQ(c.of("DCERPC REQUEST")[0].response_time(), 30);
  Datagrams other(5000);
  other.client(0, datagram(0, 'a', 1)).server(10, datagram(2, 'a', 2));
  EXPECT_EQ(other.rows(), "UDP OTHER answered");
}

}  // namespace
}  // namespace pastmon::signature::test
