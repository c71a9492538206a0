// SPDX-License-Identifier: MIT
#include "http_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// A plain TCP connection to the server.
class Connection {
 public:
  explicit Connection(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    const timeval limit{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { ::close(fd_); }

  void send(const std::string& text) const {
    EXPECT_EQ(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  /// Until the server closes, or until `enough` is in it.
  std::string receive(const std::string& enough = "") const {
    std::string all;
    std::array<char, 4096> chunk;
    for (ssize_t n = 0; (n = ::recv(fd_, chunk.data(), chunk.size(), 0)) > 0;) {
      all.append(chunk.data(), static_cast<std::size_t>(n));
      if (!enough.empty() && all.find(enough) != std::string::npos) break;
    }
    return all;
  }

 private:
  int fd_;
};

HttpServer::Options any_port() {
  HttpServer::Options options;
  options.port = 0;
  options.threads = 8;
  return options;
}

std::unique_ptr<HttpServer> echo(HttpServer::Options options = any_port()) {
  auto server = HttpServer::start(options, [](const Request& r) {
    return Response::text(
        200, base::cat(r.method, "|", r.path, "|", r.query.get("q"), "|", r.body, "|", r.peer.to_string()));
  });
  EXPECT_TRUE(server);
  return std::move(*server);
}

std::string ask(std::uint16_t port, const std::string& request) {
  const Connection connection(port);
  connection.send(request);
  return connection.receive();
}
std::string get(std::uint16_t port, const std::string& target) {
  return ask(port, "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
}

TEST(HttpServer, PassesOnPathAndQueryDecodedOnce) {
  const auto server = echo();
  EXPECT_NE(server->port(), 0);
  EXPECT_THAT(get(server->port(), "/a%2fb%2541?q=x%26y+z"), HasSubstr("GET|/a/b%41|x&y z||127.0.0.1"));
}

TEST(HttpServer, MalformedTargetsGet400) {
  const auto server = echo();
  for (const char* target : {"/%00", "/%zz", "/?a=%", "/?a=%00"}) {
    EXPECT_THAT(get(server->port(), target), StartsWith("HTTP/1.1 400")) << target;
  }
}

TEST(HttpServer, WhatIsNoHttpGetsAPlainRefusal) {
  const auto server = echo();
  for (const char* request :
       {"GET / HTTP/<b>\r\n\r\n", "GET / HTTP/9.9\r\nHost: x\r\n\r\n", "\x16\x03\x01 x y\r\n\r\n"}) {
    const std::string answer = ask(server->port(), request);
    EXPECT_THAT(answer, testing::AnyOf("", testing::AllOf(StartsWith("HTTP/1.1 "), testing::Not(HasSubstr("<b>")))))
        << request;
  }
}

TEST(HttpServer, PathsDoNotReachTheFileSystem) {
  const auto server = echo();
  EXPECT_THAT(get(server->port(), "/../../etc/passwd"), testing::Not(HasSubstr("root:")));
  EXPECT_THAT(get(server->port(), "/%2e%2e/%2e%2e/etc/passwd"), testing::Not(HasSubstr("root:")));
}

TEST(HttpServer, HeadHasNoBody) {
  const auto server = echo();
  const std::string answer = ask(server->port(), "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: "));
  EXPECT_THAT(answer, testing::EndsWith("\r\n\r\n"));
}

TEST(HttpServer, BodiesAreReadUpToTheCap) {
  HttpServer::Options options = any_port();
  options.max_body = 10;
  const auto server = echo(options);
  const auto post = [&](const std::string& body) {
    return ask(server->port(), base::cat("POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ",
                                         body.size(), "\r\n\r\n", body));
  };
  EXPECT_THAT(post("a\0b=c"), HasSubstr("POST|/||a"));
  EXPECT_THAT(post("0123456789"), HasSubstr("|0123456789|"));
  EXPECT_THAT(post("0123456789x"), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(ask(server->port(),
                  "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: "
                  "chunked\r\n\r\nb\r\n0123456789x\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 413"));
}

TEST(HttpServer, AConnectionServesSeveralRequests) {
  const auto server = echo();
  const Connection connection(server->port());
  for (const char* path : {"/1", "/2", "/3"}) {
    connection.send(base::cat("GET ", path, " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    EXPECT_THAT(connection.receive("127.0.0.1\n"), HasSubstr(base::cat("GET|", path, "|")));
  }
}

TEST(HttpServer, AnExceptionInTheHandlerIsA500) {
  const auto server = HttpServer::start(any_port(), [](const Request&) -> Response { throw 1; });
  ASSERT_TRUE(server);
  EXPECT_THAT(get((*server)->port(), "/"), StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(get((*server)->port(), "/"), StartsWith("HTTP/1.1 500"));
}

TEST(HttpServer, OneAddressGetsNoMoreThanItsConnections) {
  HttpServer::Options options = any_port();
  options.connections_per_address = 2;
  const auto server = echo(options);
  const Connection first(server->port()), second(server->port());
  for (const Connection* c : {&first, &second}) {
    c->send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_THAT(c->receive("127.0.0.1\n"), StartsWith("HTTP/1.1 200"));
  }
  EXPECT_THAT(get(server->port(), "/"), StartsWith("HTTP/1.1 503"));
}

TEST(HttpServer, ConnectionsThatEndedDoNotCount) {
  HttpServer::Options options = any_port();
  options.connections_per_address = 2;
  const auto server = echo(options);
  int refused = 0;
  for (int i = 0; i < 60; ++i) refused += get(server->port(), "/").starts_with("HTTP/1.1 503") ? 1 : 0;
  // The last connections may still be closing when the next one is answered.
  EXPECT_LT(refused, 30);
}

TEST(HttpServer, StopWaitsForRequestsUnderWay) {
  std::mutex gate;
  std::unique_lock closed(gate);
  std::atomic<bool> entered = false;
  const auto server = HttpServer::start(any_port(), [&](const Request&) {
    entered = true;
    const std::lock_guard wait(gate);
    return Response::text(200, "done");
  });
  ASSERT_TRUE(server);
  const Connection connection((*server)->port());
  connection.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  while (!entered) std::this_thread::yield();
  std::thread stopper([&] { (*server)->stop(); });
  closed.unlock();
  stopper.join();
  EXPECT_THAT(connection.receive(), HasSubstr("done"));
}

TEST(HttpServer, APortInUseIsOneClearLine) {
  const auto server = echo();
  HttpServer::Options options = any_port();
  options.port = server->port();
  const auto second = HttpServer::start(options, [](const Request&) { return Response(); });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.message(), base::cat("cannot listen on 127.0.0.1:", server->port(),
                                        ": the port is already in use (choose another with --listen ADDRESS:PORT)"));
}

TEST(HttpServer, AnAddressOfAnotherMachineIsAClearError) {
  HttpServer::Options options = any_port();
  options.address = "192.0.2.1";
  const auto server = HttpServer::start(options, [](const Request&) { return Response(); });
  ASSERT_FALSE(server);
  EXPECT_THAT(server.message(), HasSubstr("not an address of this machine"));
  options.address = "nowhere";
  EXPECT_FALSE(HttpServer::start(options, [](const Request&) { return Response(); }));
}

}  // namespace
}  // namespace pastmon::web
