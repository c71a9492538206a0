// SPDX-License-Identifier: MIT
// Live capture. As root on the loopback interface and on a TUN device; without root, that the permission error comes.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>
#include <thread>

#include "capture/capture_files.h"

namespace pastmon::capture::testing {
namespace {

using ::testing::HasSubstr;

/// Opens, or (without root) checks that the reason is the one that it must be and gives null.
std::unique_ptr<Source> open_or_explain(const LiveOptions& options) {
  auto source = open_live(options);
  if (source.ok()) return std::move(*source);
  EXPECT_NE(geteuid(), 0U) << source.message();
  EXPECT_THAT(source.message(), HasSubstr("CAP_NET_RAW"));
  return nullptr;
}

/// A UDP socket that sends datagrams to a port of its own on the loopback interface.
class Talker {
 public:
  Talker() : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address_), sizeof address_), 0);
    socklen_t size = sizeof address_;
    EXPECT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&address_), &size), 0);
  }
  ~Talker() { close(fd_); }
  Talker(const Talker&) = delete;
  Talker& operator=(const Talker&) = delete;

  std::string filter() const { return "udp port " + std::to_string(ntohs(address_.sin_port)); }
  void send(const std::string& text) const {
    EXPECT_EQ(sendto(fd_, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&address_), sizeof address_),
              static_cast<ssize_t>(text.size()));
  }

 private:
  int fd_;
  sockaddr_in address_{};
};

/// Interrupts at once: what was sent before must come all the same.
Result drain(Source& source) {
  source.interrupt();
  Result r;
  std::span<const Frame> batch;
  while ((r.last = source.read(batch)) == State::frames || r.last == State::idle) {
    for (const Frame& f : batch) {
      r.frames.push_back(f);
      r.bytes.emplace_back(reinterpret_cast<const char*>(f.data), f.captured);
    }
  }
  r.counters = source.counters();
  return r;
}

TEST(Live, GivesWhatTheFilterAcceptsOnceAndInOrder) {
  const Talker talker, other;
  const auto source = open_or_explain({.interface = "lo", .filter = talker.filter()});
  if (source == nullptr) return;
  for (int i = 0; i < 100; ++i) {
    talker.send("datagram " + std::to_string(i));
    other.send("not for us");
  }
  const Result r = drain(*source);
  ASSERT_EQ(r.frames.size(), 100U);
  for (std::size_t i = 0; i < r.frames.size(); ++i) EXPECT_THAT(r.bytes[i], HasSubstr("datagram " + std::to_string(i)));
  EXPECT_EQ(r.frames[0].link, LinkType::ethernet);
  EXPECT_EQ(r.last, State::end);
  EXPECT_EQ(r.counters.received, 100U);
  EXPECT_EQ(r.counters.kernel_dropped, 0U);
  EXPECT_NEAR(static_cast<double>(r.frames[0].time), static_cast<double>(base::SystemClock().now()), 60e6);
}

TEST(Live, SnaplenCutsButKeepsTheLength) {
  const Talker talker;
  const auto source = open_or_explain({.interface = "lo", .snaplen = 100, .filter = talker.filter()});
  if (source == nullptr) return;
  talker.send(std::string(1000, 'x'));
  const Result r = drain(*source);
  ASSERT_EQ(r.frames.size(), 1U);
  EXPECT_EQ(r.frames[0].captured, 100U);
  EXPECT_EQ(r.frames[0].length, 1042U);
}

TEST(Live, AnyInterfaceIsCooked) {
  const Talker talker;
  const auto source = open_or_explain({.interface = "any", .filter = talker.filter()});
  if (source == nullptr) return;
  talker.send("hello");
  const Result r = drain(*source);
  ASSERT_GE(r.frames.size(), 1U);
  EXPECT_EQ(r.frames[0].link, LinkType::linux_cooked_2);
  EXPECT_THAT(r.bytes[0], HasSubstr("hello"));
}

TEST(Live, SmallBufferDropsAreCounted) {
  const Talker talker;
  const auto source = open_or_explain({.interface = "lo", .buffer_bytes = 1U << 16U, .filter = talker.filter()});
  if (source == nullptr) return;
  constexpr std::uint64_t sent = 20'000;
  for (std::uint64_t i = 0; i < sent; ++i) talker.send(std::string(1000, 'x'));
  const Result r = drain(*source);
  EXPECT_GT(r.counters.kernel_dropped, 0U);
  EXPECT_LT(r.counters.received, sent);
  // On the loopback interface the ring takes each frame going out and coming in; libpcap passes on one of them.
  EXPECT_GE(r.counters.received + r.counters.kernel_dropped, sent);
}

TEST(Live, QuietLineIsIdle) {
  const Talker talker;
  const auto source = open_or_explain({.interface = "lo", .filter = talker.filter()});
  if (source == nullptr) return;
  std::span<const Frame> batch;
  EXPECT_EQ(source->read(batch), State::idle);
  EXPECT_TRUE(batch.empty());
}

TEST(Live, WithoutWaitTheDescriptorTellsWhenThereAreFrames) {
  const Talker talker;
  const auto source = open_or_explain({.interface = "lo", .filter = talker.filter(), .wait = 0});
  if (source == nullptr) return;
  std::span<const Frame> batch;
  EXPECT_EQ(source->read(batch), State::idle);
  talker.send("hello");
  pollfd fd{source->descriptor(), POLLIN, 0};
  EXPECT_EQ(poll(&fd, 1, 5000), 1);
  EXPECT_EQ(source->read(batch), State::frames);
  EXPECT_EQ(batch.size(), 1U);
}

TEST(Live, InterfaceThatGoesAwayIsAFailure) {
  if (geteuid() != 0) {
    EXPECT_THAT(open_live({.interface = "lo"}).message(), HasSubstr("CAP_NET_RAW"));
    return;
  }
  const int tun = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
  ASSERT_GE(tun, 0);
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::snprintf(request.ifr_name, sizeof request.ifr_name, "pmtest%d", getpid() % 10000);
  ASSERT_EQ(ioctl(tun, TUNSETIFF, &request), 0);
  const int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  request.ifr_flags = IFF_UP;
  ASSERT_EQ(ioctl(s, SIOCSIFFLAGS, &request), 0);
  close(s);

  auto source = open_live({.interface = request.ifr_name});
  ASSERT_TRUE(source.ok()) << source.message();
  std::span<const Frame> batch;
  State state = (*source)->read(batch);
  EXPECT_TRUE(state == State::idle || state == State::frames);
  close(tun);
  for (int i = 0; i < 20 && state != State::failed; ++i) state = (*source)->read(batch);
  EXPECT_EQ(state, State::failed);
  EXPECT_EQ((*source)->error().message, std::string("interface ") + request.ifr_name + " failed: it is gone");
  EXPECT_EQ((*source)->read(batch), State::failed);
}

TEST(Live, MissingInterfaceNamesThoseThatExist) {
  const auto source = open_live({.interface = "nosuch0"});
  ASSERT_FALSE(source.ok());
  EXPECT_THAT(source.message(), HasSubstr("no such interface: nosuch0 (there are: "));
  EXPECT_THAT(source.message(), HasSubstr("lo, "));
}

TEST(Live, MissingPermissionNamesTheCapabilityAndTheCommand) {
  const std::string message = as_nobody([] { return open_live({.interface = "lo"}).message(); });
  EXPECT_THAT(message, HasSubstr("no permission to capture on lo: that needs CAP_NET_RAW"));
  EXPECT_THAT(message, HasSubstr("setcap cap_net_raw,cap_net_admin=eip /"));
}

TEST(Live, BadFilterGivesLibpcapsReason) {
  const auto source = open_live({.interface = "lo", .filter = "no such filter"});
  ASSERT_FALSE(source.ok());
  EXPECT_THAT(source.message(), HasSubstr(geteuid() == 0 ? "bad filter \"no such filter\": " : "CAP_NET_RAW"));
}

}  // namespace
}  // namespace pastmon::capture::testing
