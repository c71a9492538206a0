// SPDX-License-Identifier: MIT
// Services that speak alike (FTP, SMTP, POP3; IRC and SIP), each on the ports of the others: what both sides say
// decides, also when the capture begins in the middle.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

using Turns = std::vector<std::pair<flow::Side, std::string>>;

struct Session {
  std::string service;
  Turns turns;  ///< the first one is the greeting
};

const Session kFtp{"FTP",
                   {{1, "220 ready\r\n"},
                    {0, "USER a\r\n"},
                    {1, "331 password\r\n"},
                    {0, "PASS b\r\n"},
                    {1, "230 in\r\n"},
                    {0, "TYPE I\r\n"},
                    {1, "200 ok\r\n"},
                    {0, "PASV\r\n"},
                    {1, "227 (192,0,2,2,19,137)\r\n"},
                    {0, "RETR 1\r\n"},
                    {1, "150 opening\r\n226 done\r\n"},
                    {0, "DELE 1\r\n"},
                    {1, "250 gone\r\n"}}};
const Session kSmtp{"SMTP",
                    {{1, "220 ready\r\n"},
                     {0, "EHLO a\r\n"},
                     {1, "250-x\r\n250 AUTH LOGIN\r\n"},
                     {0, "AUTH LOGIN\r\n"},
                     {1, "334 VXNlcg==\r\n"},
                     {0, "YQ==\r\n"},
                     {1, "235 in\r\n"},
                     {0, "MAIL FROM:<a@b>\r\n"},
                     {1, "250 ok\r\n"},
                     {0, "RCPT TO:<c@d>\r\n"},
                     {1, "250 ok\r\n"}}};
const Session kPop3{"POP3",
                    {{1, "+OK ready\r\n"},
                     {0, "USER a\r\n"},
                     {1, "+OK password\r\n"},
                     {0, "PASS b\r\n"},
                     {1, "+OK in\r\n"},
                     {0, "STAT\r\n"},
                     {1, "+OK 1 120\r\n"},
                     {0, "LIST 1\r\n"},
                     {1, "+OK 1 120\r\n"},
                     {0, "RETR 9\r\n"},
                     {1, "-ERR none\r\n"},
                     {0, "DELE 1\r\n"},
                     {1, "+OK gone\r\n"}}};
constexpr std::uint16_t kPorts[] = {21, 2121, 25, 587, 110, 6667, 4025};

/// The services that transactions have been listed under, each once.
std::string services(const Scene& s) {
  std::string text;
  for (const Said& t : s.transactions) {
    const std::string service = t.row.substr(0, t.row.find(' '));
    if (t.row != "TCP SYNACK" && text.find(service) == std::string::npos) text += (text.empty() ? "" : " ") + service;
  }
  return text;
}

void play(Flow& flow, const Session& session, std::size_t from) {
  for (std::size_t i = from; i < session.turns.size(); ++i) {
    flow.send(session.turns[i].first, static_cast<base::Micros>(100 * (i + 1)), session.turns[i].second);
  }
  flow.fin(1, 10'000).end(10'010);
}

TEST(Alike, FromTheGreetingOnEachIsItselfOnEveryPort) {
  for (const Session* session : {&kFtp, &kSmtp, &kPop3}) {
    for (const std::uint16_t port : kPorts) {
      Connection c(port);
      play(c, *session, 0);
      EXPECT_EQ(services(c), session->service) << port;
      EXPECT_EQ(c.of(session->service + " CONNECT").size(), 1U) << session->service << " on " << port;
      EXPECT_EQ(c.only(session->service + " CONNECT").response_time(), 100) << session->service << " on " << port;
      EXPECT_TRUE(c.of("TCP OTHER").empty()) << session->service << " on " << port;
    }
  }
}

TEST(Alike, FromAnyTurnInTheMiddleNoOtherServiceIsClaimed) {
  for (const Session* session : {&kFtp, &kSmtp, &kPop3}) {
    for (const std::uint16_t port : kPorts) {
      for (std::size_t from = 1; from + 2 < session->turns.size(); ++from) {
        if (session == &kSmtp && (from == 4 || from == 5)) continue;  // within a login, see below
        MidStream c(port);
        play(c, *session, from);
        EXPECT_EQ(services(c), session->service) << port << " from turn " << from;
      }
    }
  }
}

TEST(Alike, TheAnswerToASecretIsNoReasonForAnotherName) {
  for (const std::uint16_t port : kPorts) {
    for (const std::size_t from : {std::size_t{4}, std::size_t{5}}) {
      MidStream c(port);
      play(c, kSmtp, from);
      EXPECT_EQ(services(c), "TCP SMTP") << port << " from turn " << from;
      EXPECT_EQ(c.of("SMTP MAIL").size(), 1U) << port << " from turn " << from;
    }
  }
}

TEST(Alike, ThePortDecidesWhenTheOtherSideSaysNothing) {
  Connection mail(25), files(21), post(110), unusual(4025);
  for (Connection* c : {&mail, &files}) c->server(100, "220 ready\r\n").fin(0, 200).fin(1, 300).end(310);
  post.server(100, "+OK ready\r\n").fin(0, 200).fin(1, 300).end(310);
  unusual.server(100, "220 ready\r\n").fin(0, 200).fin(1, 300).end(310);
  EXPECT_EQ(mail.rows(), "SMTP CONNECT answered");
  EXPECT_EQ(files.rows(), "FTP CONNECT answered");
  EXPECT_EQ(post.rows(), "POP3 CONNECT answered");
  EXPECT_EQ(unusual.rows(), "");
  Connection refused(25);
  refused.server(100, "554 no\r\n").fin(1, 200).end(210);
  EXPECT_EQ(refused.rows(), "SMTP CONNECT answered error");
  Connection slow(25);
  slow.server(100, "220 ready\r\n");
  slow.wait(4 * base::kSecond);
  EXPECT_EQ(slow.rows(), "SMTP CONNECT answered");
}

TEST(Alike, ThePortDecidesWhatBothKnow) {
  Connection mail(25), files(21);
  for (Connection* c : {&mail, &files}) {
    c->server(100, "220 ready\r\n").client(200, "QUIT\r\n").server(300, "221 bye\r\n");
  }
  EXPECT_EQ(mail.rows(), "SMTP CONNECT answered, SMTP QUIT answered");
  EXPECT_EQ(files.rows(), "FTP CONNECT answered, FTP QUIT answered");
  Connection unknown(25);
  unknown.server(100, "220 ready\r\n").client(200, "GET / HTTP/1.0\r\n").server(300, "500 what\r\n");
  EXPECT_EQ(unknown.rows(), "SMTP CONNECT answered, SMTP OTHER answered error");
  MidStream both(25);
  both.client(100, "QUIT\r\n").server(200, "221 bye\r\n");
  EXPECT_EQ(both.rows(), "SMTP QUIT answered");
}

TEST(Alike, AnAnswerOfAnotherServiceProvesNothingForThePort) {
  for (const std::uint16_t port : {std::uint16_t{21}, std::uint16_t{25}}) {
    MidStream c(port);
    c.client(100, "QUIT\r\n").server(200, "+OK bye\r\n").fin(1, 300).end(310);
    EXPECT_EQ(c.rows(), "TCP OTHER answered") << port;
  }
  MidStream c(110);
  c.client(100, "QUIT\r\n").server(200, "221 bye\r\n").fin(1, 300).end(310);
  EXPECT_EQ(c.rows(), "TCP OTHER answered");
}

TEST(Alike, FtpsAndMailsLoginsAreTold) {
  Connection files(25), mail(21);
  files.server(100, "220 ready\r\n").client(200, "AUTH TLS\r\n").server(300, "234 go\r\n");
  EXPECT_EQ(files.rows(), "FTP CONNECT answered, FTP AUTH answered");
  mail.server(100, "220 ready\r\n").client(200, "AUTH PLAIN AGEAYg==\r\n").server(300, "235 in\r\n");
  EXPECT_EQ(mail.rows(), "SMTP CONNECT answered, SMTP AUTH answered");
  MidStream middle(21);
  middle.client(200, "AUTH PLAIN AGEAYg==\r\n").server(300, "235 in\r\n");
  EXPECT_EQ(middle.rows(), "SMTP AUTH answered");
}

TEST(Alike, EncryptionBehindAReplyIsNoMail) {
  MidStream c(25);
  std::string hello("\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03", 11);
  hello += std::string(32, 'r') + std::string("\x00\x00\x02\x13\x01\x01\x00\x00\x00", 9);
  c.server(100, "220 go ahead\r\n").client(200, hello).fin(1, 300).end(310);
  EXPECT_EQ(c.rows(), "TLS HANDSHAKE aborted");
}

TEST(Alike, ABigSegmentIsNotCutByWaiting) {
  Connection c(21);
  std::string banner;
  for (int i = 0; i < 60; ++i) banner += "220-" + std::string(60, 'x') + "\r\n";
  c.server(100, banner).server(200, "220 ready\r\n").client(300, "QUIT\r\n").server(400, "221 bye\r\n");
  EXPECT_EQ(c.rows(), "FTP CONNECT answered, FTP QUIT answered");
  EXPECT_EQ(c.only("FTP CONNECT").response_end, 200);
}

std::string sip(const std::string& first, const std::string& cseq) {
  return first + "\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK" + cseq + "\r\nCall-ID: 1\r\nCSeq: 1 " + cseq +
         "\r\nContent-Length: 0\r\n\r\n";
}

TEST(Alike, SipOnIrcsPortIsSip) {
  for (const std::string method : {"REGISTER", "INVITE", "INFO", "OPTIONS", "MESSAGE", "NOTIFY"}) {
    for (const bool middle : {false, true}) {
      const auto check = [&](auto& c) {
        c.client(100, sip(method + " sip:a@example.net SIP/2.0", method)).server(200, sip("SIP/2.0 200 OK", method));
        EXPECT_EQ(c.rows(), "SIP " + method + " answered");
      };
      if (middle) {
        MidStream c(6667);
        check(c);
      } else {
        Connection c(6667);
        check(c);
      }
    }
  }
  MidStream answer(6667);
  answer.server(100, sip("SIP/2.0 200 OK", "INVITE")).client(200, sip("INFO sip:a SIP/2.0", "INFO"));
  answer.server(300, sip("SIP/2.0 200 OK", "INFO"));
  EXPECT_EQ(answer.rows(), "SIP INFO answered");
}

TEST(Alike, IrcOnItsPortIsIrc) {
  MidStream c(6667);
  c.client(100, "INVITE bob #room\r\n").server(200, ":irc 341 a bob #room\r\n");
  EXPECT_EQ(c.rows(), "IRC INVITE answered");
  Connection login(6667);
  login.client(100, "PASS secret\r\nNICK a\r\nUSER a 0 * :A\r\n")
      .server(200, ":irc 001 a :Welcome\r\n:irc 002 a :x\r\n");
  EXPECT_EQ(login.rows(), "IRC NICK answered, IRC USER answered");
  MidStream bye(6667);
  bye.client(100, "QUIT :bye\r\n").server(200, "ERROR :Closing link\r\n");
  EXPECT_EQ(bye.rows(), "IRC QUIT answered");
}

}  // namespace
}  // namespace pastmon::signature::test
