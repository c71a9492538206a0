// SPDX-License-Identifier: MIT
// IRC: what the capture of a real server does not show.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

const std::string kHello = "NICK amy\r\nUSER amy 0 * :Amy\r\n";
const std::string kWelcome = ":irc.test 001 amy :Welcome\r\n:irc.test 002 amy :Your host\r\n:irc.test 376 amy :End\r\n";

/// A connection on which a user has registered.
struct Chat : Connection {
  explicit Chat(std::uint16_t port = 6667) : Connection(port) {
    client(0, kHello).server(10, ":irc.test NOTICE * :*** Looking up\r\n").server(20, kWelcome);
    transactions.clear();
  }
};

TEST(Irc, RegistrationIsAnsweredByTheWelcomeAndNotByNotices) {
  Connection c(6667);
  c.client(0, kHello).server(10, ":irc.test NOTICE * :*** Looking up\r\n").server(20, kWelcome);
  EXPECT_EQ(c.rows(), "IRC NICK answered, IRC USER answered");
  EXPECT_EQ(c.only("IRC NICK").response_time(), 20);
}

TEST(Irc, OnAnyPortRegistrationIsProofTogetherWithItsAnswer) {
  Connection c(9999);
  c.client(0, kHello).server(20, kWelcome);
  EXPECT_EQ(c.rows(), "IRC NICK answered, IRC USER answered");
  Connection other(9999);
  other.client(0, kHello).server(20, "what?\r\n").client(30, "LIST\r\n").server(40, "none\r\n").fin(1, 50);
  EXPECT_EQ(other.rows(), "TCP OTHER answered, TCP OTHER answered");
}

TEST(Irc, ANickInUseIsAnErrorAndTheNextOneIsAnsweredByTheWelcome) {
  Connection c(6667);
  c.client(0, kHello).server(10, ":irc.test 433 * amy :in use\r\n").client(20, "NICK bea\r\n").server(50, kWelcome);
  EXPECT_EQ(c.rows(), "IRC NICK answered error, IRC NICK answered, IRC USER answered");
}

TEST(Irc, EitherSideMayPing) {
  Chat c;
  c.client(100, "PING :1\r\n").server(110, ":irc.test PONG irc.test :1\r\n");
  c.server(200, "PING :irc.test\r\n").client(230, "PONG :irc.test\r\n");
  ASSERT_EQ(c.rows(), "IRC PING answered, IRC PING answered");
  EXPECT_EQ(c.transactions[0].response_time(), 10);
  EXPECT_EQ(c.transactions[1].response_time(), 30);
  EXPECT_EQ(c.transactions[0].who.client, c.transactions[1].who.server);
}

TEST(Irc, ChatIsPacketsOnlyAndShiftsNothing) {
  Chat c;
  c.client(100, "PRIVMSG #a :hi\r\nWHO #a\r\n").server(110, ":bob!b@h PRIVMSG #a :hello\r\n");
  c.server(120, ":irc.test 352 amy #a x\r\n:irc.test 315 amy #a :End\r\n");
  EXPECT_EQ(c.rows(), "IRC WHO answered");
  EXPECT_EQ(c.only("IRC WHO").response_time(), 20);
}

TEST(Irc, ACommandThatTheServerPassesOverIsNoTransaction) {
  Chat c;
  c.client(100, "MODE amy +i\r\nTOPIC #a\r\n").server(120, ":irc.test 331 amy #a :No topic\r\n");
  c.server(500, ":bob!b@h MODE #a +o amy\r\n");
  EXPECT_EQ(c.rows(), "IRC TOPIC answered");
}

TEST(Irc, JoinIsAnsweredByItsEchoAndEndsWithTheNames) {
  Chat c;
  c.client(100, "@label=1 JOIN #a\r\n").server(110, "@time=2 :amy!a@h JOIN :#a\r\n");
  c.server(120, ":irc.test 353 amy = #a :amy\r\n").server(130, ":irc.test 366 amy #a :End\r\n");
  EXPECT_EQ(c.rows(), "IRC JOIN answered");
  EXPECT_EQ(c.only("IRC JOIN").response_end, 130);
}

TEST(Irc, ErrorNumbersAndUnknownCommands) {
  Chat c;
  c.client(100, "JOIN #b\r\n").server(110, ":irc.test 473 amy #b :invite only\r\n");
  c.client(200, "FROBNICATE\r\n").server(210, ":irc.test 421 amy FROBNICATE :Unknown\r\n");
  c.client(300, "WHOIS nobody\r\n").server(310, ":irc.test 401 amy nobody :No\r\n:irc.test 318 amy nobody :End\r\n");
  EXPECT_EQ(c.rows(), "IRC JOIN answered error, IRC OTHER answered error, IRC WHOIS answered error");
}

TEST(Irc, TheAuthenticateDialogueIsOneTransaction) {
  Chat c;
  c.client(100, "AUTHENTICATE PLAIN\r\n").server(110, "AUTHENTICATE +\r\n").client(120, "AUTHENTICATE AGEAYQ==\r\n");
  c.server(150, ":irc.test 900 amy x amy :in\r\n:irc.test 903 amy :ok\r\n");
  EXPECT_EQ(c.rows(), "IRC AUTHENTICATE answered");
  EXPECT_EQ(c.only("IRC AUTHENTICATE").response_time(), 30);
}

TEST(Irc, QuitIsAnsweredByTheClosingLine) {
  Chat c;
  c.client(100, "QUIT :bye\r\n").server(110, "ERROR :Closing connection\r\n");
  EXPECT_EQ(c.rows(), "IRC QUIT answered");
}

}  // namespace
}  // namespace pastmon::signature::test
