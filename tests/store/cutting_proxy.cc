// SPDX-License-Identifier: MIT
#include "cutting_proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

namespace pastmon::test {
namespace {

sockaddr_un address_in(const std::string& directory) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = directory + "/.s.PGSQL.5432";
  if (path.size() >= sizeof address.sun_path) std::abort();
  std::memcpy(static_cast<char*>(address.sun_path), path.c_str(), path.size() + 1);
  return address;
}

bool readable(int fd) {
  pollfd wait{fd, POLLIN, 0};
  return ::poll(&wait, 1, 50) > 0;
}

std::string take(int fd) {
  std::string bytes(65536, '\0');
  const ssize_t n = ::recv(fd, bytes.data(), bytes.size(), 0);
  bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return bytes;
}

bool give(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

CuttingProxy::CuttingProxy(std::string directory, std::string server)
    : directory_(std::move(directory)), server_(std::move(server)) {
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_in(directory_);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, 8) != 0)
    std::abort();
  thread_ = std::thread([this] { accept(); });
}

CuttingProxy::~CuttingProxy() {
  stopping_ = true;
  thread_.join();
  for (std::thread& carrier : carriers_) carrier.join();
  ::close(listener_);
}

void CuttingProxy::at(std::string text, Cut cut, int times, std::function<void()> act) {
  text_ = std::move(text);
  cut_ = cut;
  act_ = std::move(act);
  left_ = times;  // last: from now on the carriers look
}

void CuttingProxy::accept() {
  while (!stopping_) {
    if (!readable(listener_)) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) carriers_.emplace_back([this, client] { carry(client); });
  }
}

void CuttingProxy::carry(int client) {
  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_in(server_);
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    while (!stopping_ && pass(client, server)) {
    }
  }
  ::close(server);
  ::close(client);
}

// One piece in each direction. False: the connection ends.
bool CuttingProxy::pass(int client, int server) {
  pollfd ends[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
  if (::poll(ends, 2, 50) <= 0) return true;
  if (ends[1].revents != 0) {
    const std::string answer = take(server);
    if (answer.empty() || !give(client, answer)) return false;
  }
  if (ends[0].revents == 0) return true;
  const std::string request = take(client);
  if (request.empty()) return false;
  if (left_ <= 0 || request.find(text_) == std::string::npos) return give(server, request);
  --left_;
  ++hits_;
  if (act_) act_();
  if (cut_ == Cut::before) return false;
  const bool sent = give(server, request);
  if (cut_ == Cut::none) return sent;
  while (sent && !readable(server)) {
  }
  return false;
}

}  // namespace pastmon::test
