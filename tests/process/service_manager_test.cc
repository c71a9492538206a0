// SPDX-License-Identifier: MIT
#include "pastmon/process/service_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <map>

namespace pastmon::process {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// What a service manager does: a socket, by a path or ("@…") an abstract name.
class Listener {
 public:
  explicit Listener(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size), 0) << std::strerror(errno);
  }
  ~Listener() { ::close(socket_); }
  std::string next() {
    std::array<char, 4096> text{};
    const ssize_t size = ::recv(socket_, text.data(), text.size(), 0);
    return size < 0 ? std::string("(nothing)") : std::string(text.data(), static_cast<std::size_t>(size));
  }

 private:
  int socket_;
};

class ServiceManagerTest : public ::testing::Test {
 protected:
  ServiceManager find() {
    return ServiceManager::find([this](const char* name) -> std::optional<std::string> {
      const auto at = environment_.find(name);
      return at == environment_.end() ? std::nullopt : std::optional<std::string>(at->second);
    });
  }
  std::map<std::string, std::string> environment_;
  const std::string abstract_ = "@pastmon-test-" + std::to_string(::getpid());
};

TEST_F(ServiceManagerTest, WithoutASocketNothingHappens) {
  const ServiceManager manager = find();
  EXPECT_FALSE(manager.present());
  EXPECT_EQ(manager.alive_every(), 0);
  manager.ready("fine");
}

TEST_F(ServiceManagerTest, TellsThroughAnAbstractSocket) {
  Listener listener(abstract_);
  environment_["NOTIFY_SOCKET"] = abstract_;
  const ServiceManager manager = find();
  ASSERT_TRUE(manager.present());
  manager.ready("Capturing on eth0");
  EXPECT_EQ(listener.next(), "READY=1\nSTATUS=Capturing on eth0\nMAINPID=" + std::to_string(::getpid()));
  manager.status("two\nlines");
  EXPECT_THAT(listener.next(), ::testing::AllOf(StartsWith("STATUS=two"), ::testing::Not(HasSubstr("\n"))));
  const base::Micros before = base::SystemClock().monotonic();
  manager.reloading();
  const std::string told = listener.next();
  ASSERT_THAT(told, StartsWith("RELOADING=1\nMONOTONIC_USEC="));
  EXPECT_GE(std::stoll(told.substr(told.find("USEC=") + 5)), before);
  manager.stopping();
  EXPECT_THAT(listener.next(), StartsWith("STOPPING=1"));
  manager.alive();
  EXPECT_EQ(listener.next(), "WATCHDOG=1");
}

TEST_F(ServiceManagerTest, TellsThroughASocketInTheFileSystem) {
  const std::string path = ::testing::TempDir() + "notify-" + std::to_string(::getpid());
  Listener listener(path);
  environment_["NOTIFY_SOCKET"] = path;
  find().alive();
  EXPECT_EQ(listener.next(), "WATCHDOG=1");
  ::unlink(path.c_str());
  find().alive();  // nobody there any more: no harm
}

TEST_F(ServiceManagerTest, WatchdogIsFedTwiceAsOftenAsAskedIfItIsMeantForUs) {
  environment_ = {{"NOTIFY_SOCKET", abstract_}, {"WATCHDOG_USEC", "30000000"}};
  EXPECT_EQ(find().alive_every(), 15 * base::kSecond);
  environment_["WATCHDOG_PID"] = std::to_string(::getpid());
  EXPECT_EQ(find().alive_every(), 15 * base::kSecond);
  environment_["WATCHDOG_PID"] = "1";
  EXPECT_EQ(find().alive_every(), 0);
}

TEST_F(ServiceManagerTest, NonsenseInTheEnvironmentIsNobody) {
  for (const char* name : {"", "@", "relative", "vsock:2:1234"}) {
    environment_["NOTIFY_SOCKET"] = name;
    EXPECT_FALSE(find().present()) << name;
  }
  environment_["NOTIFY_SOCKET"] = "/" + std::string(200, 'x');
  EXPECT_FALSE(find().present());
  environment_ = {{"NOTIFY_SOCKET", abstract_}, {"WATCHDOG_USEC", "soon"}};
  EXPECT_EQ(find().alive_every(), 0);
}

}  // namespace
}  // namespace pastmon::process
