// SPDX-License-Identifier: MIT
// The resolver against a name server in the test: UDP on the loopback interface, a port of the system's choice.
#include "pastmon/names/resolver.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "names/dns_message.h"

namespace pastmon::names::testing {
namespace {

/// Answers PTR questions: for x.x.x.1 "one.example.org", for x.x.x.2 that there is no such name, for x.x.x.3 nothing,
/// for x.x.x.4 a hostile name, for x.x.x.5 SERVFAIL, for anything else "host.example.org".
class NameServer {
 public:
  NameServer() : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), stop_(eventfd(0, EFD_CLOEXEC)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~NameServer() {
    const std::uint64_t one = 1;
    EXPECT_EQ(write(stop_, &one, sizeof one), static_cast<ssize_t>(sizeof one));
    thread_.join();
    close(socket_);
    close(stop_);
  }
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;

  std::string servers() const { return "127.0.0.1:" + std::to_string(port_); }
  int questions() const { return questions_; }

 private:
  void serve() {
    for (;;) {
      pollfd fds[2] = {{socket_, POLLIN, 0}, {stop_, POLLIN, 0}};
      poll(fds, 2, -1);
      if (fds[1].revents != 0) return;
      char buffer[512];
      sockaddr_in peer{};
      socklen_t size = sizeof peer;
      const ssize_t n = recvfrom(socket_, buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&peer), &size);
      if (n <= 12) continue;
      ++questions_;
      const std::string reply = answer({buffer, static_cast<std::size_t>(n)});
      if (!reply.empty()) sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&peer), size);
    }
  }

  static std::string answer(const std::string& asked) {
    const auto id =
        static_cast<unsigned>(static_cast<unsigned char>(asked[0]) << 8 | static_cast<unsigned char>(asked[1]));
    const std::string owner = asked.substr(12, asked.find('\0', 12) - 12 + 1);
    const std::string again = question(owner, kPtr);
    const std::string last = owner.substr(1, static_cast<std::size_t>(owner[0]));  // of the address
    if (last == "2") return header(kResponse | 3, 1, 0, id) + again;
    if (last == "3") return {};
    if (last == "5") return header(kResponse | 2, 1, 0, id) + again;
    const std::string target = last == "1"   ? name("One.example.org")
                               : last == "4" ? label("evil\x1b[31m") + name("org")
                                             : name("host.example.org");
    return header(kResponse, 1, 1, id) + again + record(pointer(12), kPtr, target);
  }

  int socket_;
  int stop_;
  int port_ = 0;
  std::atomic<int> questions_ = 0;
  std::thread thread_;
};

base::Address address(const std::string& text) { return *base::Address::parse(text); }

std::unique_ptr<Resolver> start(const NameServer& server, ResolverOptions options = {}) {
  options.servers = server.servers();
  options.timeout = 200'000;
  options.tries = 1;
  auto resolver = Resolver::start(options);
  EXPECT_TRUE(resolver.ok()) << resolver.message();
  return std::move(*resolver);
}

/// Waits until `finished` questions came to an end, and gives the names among them.
std::vector<Resolved> collect(Resolver& resolver, std::uint64_t finished) {
  std::vector<Resolved> all;
  bool all_in = false;
  for (int round = 0; round < 1000; ++round) {
    for (Resolved& r : resolver.take()) all.push_back(std::move(r));
    if (all_in) break;
    const Resolver::Counters c = resolver.counters();
    all_in = c.answered + c.nameless + c.failed >= finished;
    pollfd fd{resolver.descriptor(), POLLIN, 0};
    if (!all_in) poll(&fd, 1, 5000);
  }
  return all;
}

TEST(Resolver, FindsNamesOfBothKindsOfAddresses) {
  const NameServer server;
  const auto resolver = start(server);
  resolver->ask(address("192.0.2.1"), 0);
  resolver->ask(address("2001:db8::1"), 0);
  const auto found = collect(*resolver, 2);
  ASSERT_EQ(found.size(), 2U);
  for (const Resolved& r : found) EXPECT_EQ(r.name, "one.example.org");
  EXPECT_NE(found[0].address, found[1].address);
}

TEST(Resolver, AddressIsAskedOnceAPeriodWhateverTheAnswer) {
  const NameServer server;
  const auto resolver = start(server, {.period = 100, .retry = 100});
  for (int round = 0; round < 3; ++round) {
    resolver->ask(address("192.0.2.1"), 10);
    resolver->ask(address("192.0.2.2"), 10);
    EXPECT_EQ(collect(*resolver, 2).size(), round == 0 ? 1U : 0U);
  }
  EXPECT_EQ(server.questions(), 2);
  EXPECT_EQ(resolver->counters().nameless, 1U);
  resolver->ask(address("192.0.2.1"), 110);
  EXPECT_EQ(collect(*resolver, 3).size(), 1U);
  EXPECT_EQ(server.questions(), 3);
}

TEST(Resolver, SilentOrFailingServerMayBeAskedAgainSooner) {
  const NameServer server;
  const auto resolver = start(server, {.period = 1000, .retry = 100});
  resolver->ask(address("192.0.2.3"), 0);
  resolver->ask(address("192.0.2.5"), 0);
  EXPECT_TRUE(collect(*resolver, 2).empty());
  EXPECT_EQ(resolver->counters().failed, 2U);
  resolver->ask(address("192.0.2.5"), 99);
  EXPECT_EQ(resolver->counters().sent, 2U);
  resolver->ask(address("192.0.2.5"), 100);
  collect(*resolver, 3);
  EXPECT_EQ(resolver->counters().sent, 3U);
}

TEST(Resolver, HostileNameIsCleanedOrRefused) {
  const NameServer server;
  const auto resolver = start(server);
  resolver->ask(address("192.0.2.4"), 0);
  for (const Resolved& r : collect(*resolver, 1)) EXPECT_EQ(r.name.find('\x1b'), std::string::npos);
  const Resolver::Counters c = resolver->counters();
  EXPECT_EQ(c.answered + c.failed + c.nameless, 1U);
}

TEST(Resolver, RateIsBounded) {
  const NameServer server;
  const auto resolver = start(server, {.per_second = 5});
  for (int i = 10; i < 40; ++i) resolver->ask(address("192.0.2." + std::to_string(i)), 0);
  EXPECT_GE(collect(*resolver, 5).size(), 5U);
  const Resolver::Counters c = resolver->counters();
  EXPECT_LE(c.sent, 10U) << "the burst, and what a slow machine lets pass since";
  EXPECT_GE(c.queued, 20U);
}

TEST(Resolver, QueueIsBoundedAndWhatIsRefusedMayComeAgain) {
  const NameServer server;
  const auto resolver = start(server, {.per_second = 1, .max_queue = 3});
  for (int i = 0; i < 100; ++i) resolver->ask(address("198.51.100." + std::to_string(i)), 0);
  const Resolver::Counters c = resolver->counters();
  EXPECT_LE(c.queued, 3U);
  EXPECT_GE(c.refused, 90U);
  EXPECT_EQ(c.queued + c.sent + c.refused, 100U);
  resolver->ask(address("198.51.100.99"), 0);
  EXPECT_EQ(resolver->counters().queued + resolver->counters().sent + resolver->counters().refused, 101U);
}

TEST(Resolver, AddressesThatCanHaveNoNameAreNotAsked) {
  const NameServer server;
  const auto resolver = start(server);
  for (const char* text : {"::", "ff02::fb", "224.0.0.251", "255.255.255.255", "0.0.0.0", "(many)"})
    resolver->ask(address(text), 0);
  EXPECT_EQ(resolver->counters().queued + resolver->counters().sent, 0U);
}

TEST(Resolver, HostsFileComesBeforeTheSystemsServers) {
  auto resolver = Resolver::start({});
  ASSERT_TRUE(resolver.ok()) << resolver.message();
  (*resolver)->ask(address("127.0.0.1"), 0);
  const auto found = collect(**resolver, 1);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].name, ::testing::StartsWith("localhost"));
}

TEST(Resolver, SwitchedOffItDoesNothing) {
  auto resolver = Resolver::start({.enabled = false});
  ASSERT_TRUE(resolver.ok());
  (*resolver)->ask(address("192.0.2.1"), 0);
  EXPECT_TRUE((*resolver)->take().empty());
  EXPECT_EQ((*resolver)->counters().sent, 0U);
}

TEST(Resolver, EndsWithQuestionsUnderWay) {
  const NameServer server;
  ResolverOptions options;
  options.servers = server.servers();
  options.timeout = 60 * base::kSecond;
  auto resolver = Resolver::start(options);
  ASSERT_TRUE(resolver.ok());
  (*resolver)->ask(address("192.0.2.3"), 0);
  resolver->reset();
  SUCCEED() << "at once, not after a minute";
}

TEST(Resolver, BadServersAreAnError) {
  const auto resolver = Resolver::start({.servers = "not an address"});
  ASSERT_FALSE(resolver.ok());
  EXPECT_THAT(resolver.message(), ::testing::HasSubstr("name servers \"not an address\": "));
}

}  // namespace
}  // namespace pastmon::names::testing
