// SPDX-License-Identifier: MIT
// Connections that a dialogue announces: what belongs to it, who is its client, and what is none of it.
#include <gtest/gtest.h>

#include <utility>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

constexpr base::Micros kMinute = 60 * base::kSecond;

/// Another connection of the same two hosts. `back`: the server opens it, from its port 20.
struct Second : Flow {
  Second(Scene& scene, flow::FlowId id, std::uint16_t port, bool back = false, flow::ClientBy by = flow::ClientBy::syn)
      : Flow(scene, id, decode::Transport::tcp, port, by) {
    if (!back) return;
    std::swap(key.address[0], key.address[1]);
    key.port[0] = 20;
  }
};

/// A control connection that has got as far as the login.
struct Ftp : Connection {
  Ftp() : Connection(21) {
    server(1, "220 hello\r\n").client(2, "USER a\r\n").server(3, "230 in\r\n");
    packets.clear();
    transactions.clear();
  }
};

/// Name, client, server and port of the packets: who has sent them does not count here.
std::string keys(const Scene& s) {
  std::string text;
  std::string last;
  for (const SaidPacket& p : s.packets) {
    const std::string key =
        p.row + " " + p.who.client.to_string() + " " + p.who.server.to_string() + ":" + std::to_string(p.who.port);
    if (key != last) text += (text.empty() ? "" : ", ") + key;
    last = key;
  }
  return text;
}

/// What a connection to `port` of the server is, after the client has sent `asked` and the server `answered`.
std::string behind(const std::string& asked, const std::string& answered, std::uint16_t port, bool back) {
  Ftp c;
  c.client(10, asked).server(20, answered);
  c.packets.clear();
  Second data(c, 2, port, back);
  data.handshake(30, 31, 32).send(back ? 0 : 1, 40, "GET / HTTP/1.0\r\n\r\n");
  return c.packets.back().row;
}

TEST(Expect, FtpAnnouncesItsDataConnectionsInSixWays) {
  const auto passive = [](const std::string& answer, std::uint16_t port) {
    return behind("PASV\r\n", answer, port, false);
  };
  EXPECT_EQ(passive("227 Entering Passive Mode (10,1,2,3,19,137).\r\n", 5001), "FTP DATA");
  EXPECT_EQ(passive("227 Entering Passive Mode. 10,1,2,3,0,200\r\n", 200), "FTP DATA");
  EXPECT_EQ(passive("229 Entering Extended Passive Mode (|||5001|)\r\n", 5001), "FTP DATA");
  EXPECT_EQ(passive("228 Long Passive (4,4,10,1,2,3,2,19,137)\r\n", 5001), "FTP DATA");
  EXPECT_EQ(behind("PORT 10,1,2,3,19,137\r\n", "200 ok\r\n", 5001, true), "FTP DATA");
  EXPECT_EQ(behind("EPRT |2|fd00::1|5001|\r\n", "200 ok\r\n", 5001, true), "FTP DATA");
  EXPECT_EQ(behind("eprt !1!10.1.2.3!5001!\r\n", "200 ok\r\n", 5001, true), "FTP DATA");
  EXPECT_EQ(behind("LPRT 6,16,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,2,19,137\r\n", "200 ok\r\n", 5001, true),
            "FTP DATA");
}

TEST(Expect, WhatIsNoPortAnnouncesNothing) {
  for (const char* answer :
       {"227 Entering Passive Mode (10,1,2,3,19,256)\r\n", "227 Passive (10,1,2,3)\r\n", "229 Extended (|||70000|)\r\n",
        "229 Extended (||x|5001|)\r\n", "227 ok 5001\r\n", "229 Extended (|||0|)\r\n", "200 (10,1,2,3,19,137)\r\n"}) {
    EXPECT_NE(behind("PASV\r\n", answer, 5001, false), "FTP DATA") << answer;
  }
  EXPECT_NE(behind("PORT 10,1,2,3,19,137\r\n", "200 ok\r\n", 5001, false), "FTP DATA") << "the client listens";
  EXPECT_NE(behind("NOOP\r\n", "200 ok\r\n", 5001, false), "FTP DATA") << "nothing was announced";
}

TEST(Expect, TheClientIsTheOneWhoGaveTheCommands) {
  Ftp c;
  c.client(10, "PORT 192,0,2,1,19,137\r\n").server(20, "200 ok\r\n");
  c.packets.clear();
  Second(c, 2, 5001, true).handshake(30, 34, 35).send(0, 40, "a file").fin(0, 50).fin(1, 60).end(70);
  EXPECT_EQ(keys(c), "TCP SYNACK 192.0.2.2 192.0.2.1:5001, FTP DATA 192.0.2.1 192.0.2.2:20");
  const SaidPacket& first =
      *std::find_if(c.packets.begin(), c.packets.end(), [](const SaidPacket& p) { return p.row == "FTP DATA"; });
  EXPECT_FALSE(first.from_client);
  EXPECT_EQ(c.only("TCP SYNACK").who.client.to_string(), "192.0.2.2");
  EXPECT_EQ(c.rows(), "FTP PORT answered");
  ASSERT_EQ(c.handshakes.size(), 2U);
  EXPECT_EQ(c.handshakes[1].rtt_server, 4);
  EXPECT_EQ(c.handshakes[1].endpoints->port, 5001);
}

TEST(Expect, AConnectionWithoutAHandshakeIsKnownToo) {
  for (const bool listener_first : {false, true}) {
    Ftp c;
    c.client(10, "PASV\r\n").server(20, "227 (192,0,2,2,19,137)\r\n");
    c.packets.clear();
    Flow data(c, 2, decode::Transport::tcp, 5001, flow::ClientBy::first);
    if (listener_first)
      std::swap(data.key.address[0], data.key.address[1]), std::swap(data.key.port[0], data.key.port[1]);
    data.client(30, "bytes").server(40, "bytes");
    EXPECT_EQ(keys(c), "FTP DATA 192.0.2.1 192.0.2.2:5001") << listener_first;
  }
}

/// The row of a connection from one host to port 5001 of another. Mid-stream, the listener may be the first who sends.
std::string between(Scene& scene, flow::FlowId id, base::Micros at, const char* from, const char* to,
                    bool handshake = true, bool listener_first = false) {
  Flow data(scene, id, decode::Transport::tcp, 5001, handshake ? flow::ClientBy::syn : flow::ClientBy::first);
  data.key.address[0] = *base::Address::parse(from);
  data.key.address[1] = *base::Address::parse(to);
  if (listener_first)
    std::swap(data.key.address[0], data.key.address[1]), std::swap(data.key.port[0], data.key.port[1]);
  if (handshake) data.handshake(at, at + 1, at + 2);
  data.client(at + 3, "GET / HTTP/1.0\r\n\r\n").server(at + 4, "HTTP/1.0 200 OK\r\n\r\nok");
  const std::string row = scene.packets.back().row;
  data.end(at + 5);
  return row;
}

TEST(Expect, AnotherClientsConnectionToThatPortIsNone) {
  for (const char* answer : {"227 (192,0,2,2,19,137)\r\n", "227 (10,9,8,7,19,137)\r\n", "229 (|||5001|)\r\n"}) {
    Ftp c;
    c.client(10, "PASV\r\n").server(20, answer);
    EXPECT_EQ(between(c, 2, 30, "192.0.2.9", "192.0.2.2"), "HTTP GET") << answer;
    EXPECT_EQ(between(c, 3, 40, "192.0.2.9", "192.0.2.2", false), "HTTP GET") << answer;
    EXPECT_EQ(between(c, 4, 50, "192.0.2.2", "192.0.2.1"), "HTTP GET") << "the other way: " << answer;
    EXPECT_EQ(between(c, 5, 60, "192.0.2.1", "192.0.2.3"), "HTTP GET") << "another server: " << answer;
    EXPECT_EQ(between(c, 6, 70, "192.0.2.1", "192.0.2.2"), "FTP DATA") << answer;
    EXPECT_EQ(between(c, 7, kMinute, "192.0.2.9", "192.0.2.2"), "HTTP GET") << answer;
  }
}

TEST(Expect, OnlyTheServerThatWasToldConnectsBack) {
  for (const char* command :
       {"PORT 192,0,2,1,19,137\r\n", "EPRT |1|192.0.2.1|5001|\r\n", "LPRT 4,4,192,0,2,1,2,19,137\r\n"}) {
    Ftp c;
    c.client(10, command).server(20, "200 ok\r\n");
    EXPECT_EQ(between(c, 2, 30, "192.0.2.9", "192.0.2.1"), "HTTP GET") << command;
    EXPECT_EQ(between(c, 3, 40, "192.0.2.9", "192.0.2.1", false, true), "HTTP GET") << command;
    EXPECT_EQ(between(c, 4, 50, "192.0.2.2", "192.0.2.1"), "FTP DATA") << command;
    EXPECT_EQ(between(c, 5, 60, "192.0.2.2", "192.0.2.1", false, true), "FTP DATA") << command;
  }
}

TEST(Expect, TheAddressInTheCommandCountsToo) {
  const auto row = [](const char* command, const char* from, const char* to) {
    Ftp c;
    c.client(10, command).server(20, "200 ok\r\n");
    return between(c, 2, 30, from, to);
  };
  EXPECT_EQ(row("PORT 10,1,2,3,19,137\r\n", "192.0.2.2", "10.1.2.3"), "FTP DATA");
  EXPECT_EQ(row("PORT 10,1,2,3,19,137\r\n", "192.0.2.2", "10.1.2.4"), "HTTP GET");
  EXPECT_EQ(row("PORT 10,1,2,3,19,137\r\n", "192.0.2.1", "10.1.2.3"), "HTTP GET") << "the client tells the server to";
  EXPECT_EQ(row("PORT 10,1,2,300,19,137\r\n", "192.0.2.2", "10.1.2.44"), "HTTP GET") << "no address";
  EXPECT_EQ(row("EPRT |2|2001:DB8::7|5001|\r\n", "192.0.2.2", "2001:db8::7"), "FTP DATA");
  EXPECT_EQ(row("EPRT |2|2001:db8::g|5001|\r\n", "192.0.2.2", "2001:db8::7"), "HTTP GET");
  const char* const longer = "LPRT 6,16,32,1,13,184,0,0,0,0,0,0,0,0,0,0,0,7,2,19,137\r\n";
  EXPECT_EQ(row(longer, "192.0.2.2", "2001:db8::7"), "FTP DATA");
  Ftp c;  // the server names another host of its own
  c.client(10, "PASV\r\n").server(20, "227 (192,0,2,3,19,137)\r\n");
  EXPECT_EQ(between(c, 2, 30, "192.0.2.9", "192.0.2.3"), "HTTP GET");
  EXPECT_EQ(between(c, 3, 40, "192.0.2.1", "192.0.2.3"), "FTP DATA");
}

TEST(Expect, AFileMayGoFromServerToServer) {
  Ftp c;  // 192.0.2.1 tells 192.0.2.2 to listen and 192.0.2.3 to connect there
  Flow other(c, 2, decode::Transport::tcp, 21);
  other.key.address[1] = *base::Address::parse("192.0.2.3");
  other.handshake(1, 2, 3).server(4, "220 hello\r\n").client(5, "USER a\r\n").server(6, "230 in\r\n");
  c.client(10, "PASV\r\n").server(20, "227 (192,0,2,2,19,137)\r\n");
  EXPECT_EQ(between(c, 3, 30, "192.0.2.3", "192.0.2.2"), "HTTP GET") << "nobody has told it to";
  other.client(40, "PORT 192,0,2,2,19,137\r\n").server(50, "200 ok\r\n");
  EXPECT_EQ(between(c, 4, 60, "192.0.2.3", "192.0.2.2"), "FTP DATA");
  EXPECT_EQ(between(c, 5, 70, "192.0.2.4", "192.0.2.2"), "HTTP GET");
}

TEST(Expect, AnAnnouncementLastsTwoMinutes) {
  Ftp c;
  c.client(10, "PASV\r\n").server(20, "227 (192,0,2,2,19,137)\r\n");
  c.packets.clear();
  Second(c, 2, 5001).handshake(kMinute, kMinute + 1, kMinute + 2).server(kMinute + 3, "a");
  EXPECT_EQ(c.packets.back().row, "FTP DATA");
  Second(c, 3, 5001).handshake(2 * kMinute, 2 * kMinute + 1, 2 * kMinute + 2).server(2 * kMinute + 3, "b");
  EXPECT_EQ(c.packets.back().row, "FTP DATA") << "a second attempt";
  Second(c, 4, 5001).handshake(2 * kMinute + 30, 2 * kMinute + 31, 2 * kMinute + 32);
  Second late(c, 4, 5001);
  late.client(2 * kMinute + 40, "c").server(2 * kMinute + 50, "d").client(2 * kMinute + 60, "e");
  EXPECT_EQ(c.packets.back().row, "TCP OTHER");
}

TEST(Expect, AnnouncedAgainItLastsFromThere) {
  Ftp c;
  c.client(10, "PASV\r\n").server(20, "227 (192,0,2,2,19,137)\r\n");
  c.client(kMinute, "PASV\r\n").server(kMinute + 10, "227 (192,0,2,2,19,137)\r\n");
  const base::Micros later = 2 * kMinute + 100;
  Second(c, 2, 5001).handshake(later, later + 1, later + 2).server(later + 3, "a");
  EXPECT_EQ(c.packets.back().row, "FTP DATA");
}

constexpr const char* kAnnouncing = R"x(
service = (
  {
    name = "Desk";
    over = { transport = "tcp"; framing = "line"; ports = 7; };
    expect = { request = "CALL (?<port>\\d+)"; service = "Told"; };
    signatures = ( { name = "Desk"; request = "[A-Z]"; response = "ok"; } );
  },
  {
    name = "Told";
    over = ( { transport = "tcp"; framing = "line"; }, { transport = "udp"; framing = "datagram"; } );
    signatures = ( { name = "Told"; request = "?"; response = "!"; recognise = "never"; } );
  }
);)x";

std::string announcing() {
  std::string text = kAnnouncing;
  text.replace(text.find("\"?\""), 3, "\"\\\\?\"");
  return text;
}

TEST(Expect, TheServiceMayHaveSignaturesAndSeveralCarriers) {
  Connection c(7, written(announcing()));
  c.client(0, "CALL 5001\n").server(10, "ok\n");
  Second back(c, 2, 5001, true);
  back.handshake(20, 21, 22).send(1, 30, "?\n").send(0, 40, "!\n");
  EXPECT_EQ(c.only("Told").response_time(), 10);
  EXPECT_EQ(c.only("Told").who.client.to_string(), "192.0.2.1");
  Flow datagrams(c, 3, decode::Transport::udp, 5001, flow::ClientBy::first);
  std::swap(datagrams.key.address[0], datagrams.key.address[1]);
  datagrams.send(1, 50, "?").send(0, 60, "!");
  EXPECT_EQ(c.of("Told").size(), 2U);
}

TEST(Expect, NoMoreThanTheBoundAreWaitedFor) {
  Options options;
  options.max_expected = 4;
  Connection c(7, written(announcing()), options);
  for (int i = 0; i < 3; ++i) c.client(i, "CALL 500" + std::to_string(i) + "\n");  // one for TCP, one for UDP
  EXPECT_EQ(c.engine.counters().refused_expected, 2U);
  Second(c, 2, 5002, true).handshake(20, 21, 22).send(1, 30, "?\n").send(0, 40, "!\n");
  EXPECT_TRUE(c.of("Told").empty());
  Second(c, 3, 5000, true).handshake(50, 51, 52).send(1, 60, "?\n").send(0, 70, "!\n");
  EXPECT_EQ(c.of("Told").size(), 1U);
}

TEST(Expect, AnnouncementsOutliveASetThatIsInUseOnly) {
  Connection c(7, written(announcing()));
  c.client(0, "CALL 5001\n").server(10, "ok\n");
  c.engine.reload(written(announcing()));
  Second(c, 2, 5001, true).handshake(20, 21, 22).send(1, 30, "?\n").send(0, 40, "!\n").end(50);
  EXPECT_EQ(c.of("Told").size(), 1U);
  c.end(60);
  c.engine.reload(written(announcing()));  // takes the place of the first set, which nobody uses any more
  Second(c, 3, 5001, true).handshake(70, 71, 72).send(1, 80, "?\n").send(0, 90, "!\n");
  EXPECT_EQ(c.of("Told").size(), 1U);
}

TEST(Expect, ARuleIsChecked) {
  const auto with = [](const std::string& rule) {
    std::string text = announcing();
    const std::size_t at = text.find("expect = {");
    const std::string said = refused(text.replace(at, text.find("};", at) + 2 - at, "expect = { " + rule + " };"));
    const std::size_t name = said.find("signatures.conf");  // behind the way to it
    return name == std::string::npos ? said : said.substr(name);
  };
  EXPECT_EQ(with(R"x(request = "A(?<port>.)"; service = "Told";)x"), "accepted");
  EXPECT_EQ(with(R"x(service = "Told";)x"), "signatures.conf:6: expect needs either a request or a response");
  EXPECT_EQ(with(R"x(request = "A"; response = "B"; service = "Told";)x"),
            "signatures.conf:6: expect needs either a request or a response");
  EXPECT_EQ(with(R"x(request = "A"; service = "Told";)x"),
            "signatures.conf:3: expect: its pattern needs a group 'port'");
  EXPECT_EQ(with(R"x(request = "A(?<port>.)"; service = "Tld";)x"),
            "signatures.conf:3: expect: there is no service 'Tld'");
  EXPECT_EQ(with(R"x(request = "A(?<port>.)"; service = "*";)x"), "signatures.conf:3: expect: \"*\" is no service");
}

}  // namespace
}  // namespace pastmon::signature::test
