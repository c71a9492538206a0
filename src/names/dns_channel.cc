// SPDX-License-Identifier: MIT
#include "dns_channel.h"

#include <ares.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "pastmon/base/text.h"

namespace pastmon::names {

struct DnsChannel::Impl {
  struct Question {
    Impl* self;
    base::Address address;
  };

  ares_channel network = nullptr;
  ares_channel hosts_file = nullptr;  // null: not to be read
  Done done;
  std::size_t under_way = 0;

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    done = nullptr;  // the questions under way end now, and nobody wants to know
    if (network != nullptr) ares_destroy(network);
    if (hosts_file != nullptr) ares_destroy(hosts_file);
    ares_library_cleanup();
  }

  static void answered(void* arg, int status, int, unsigned char* message, int size) {
    const std::unique_ptr<Question> question(static_cast<Question*>(arg));
    Impl& self = *question->self;
    --self.under_way;
    if (!self.done) return;
    hostent* host = nullptr;
    if (status == ARES_SUCCESS) {
      const Wire wire(question->address);
      status = ares_parse_ptr_reply(message, size, wire.bytes, wire.size, wire.family, &host);
    }
    self.tell(question->address, status, host);
    if (host != nullptr) ares_free_hostent(host);
  }

  /// An address as the library takes it.
  struct Wire {
    explicit Wire(const base::Address& a) : v4(a.is_v4()), bytes(a.bytes().data() + (v4 ? 12 : 0)) {}
    bool v4;
    const std::uint8_t* bytes;
    int size = v4 ? 4 : 16;
    int family = v4 ? AF_INET : AF_INET6;
  };

  void tell(const base::Address& address, int status, const hostent* host) const {
    if (status == ARES_SUCCESS && host != nullptr && host->h_name != nullptr) {
      done(address, Reply::name, host->h_name);
    } else if (status == ARES_SUCCESS || status == ARES_ENOTFOUND || status == ARES_ENODATA) {
      done(address, Reply::nameless, "");
    } else {
      done(address, Reply::failed, "");
    }
  }

  /// True when the hosts file has the address. It is read at once, anew each time.
  bool told_by_hosts_file(const base::Address& address) {
    if (hosts_file == nullptr) return false;
    std::string name;
    const auto keep = [](void* to, int status, int, hostent* host) {
      if (status == ARES_SUCCESS && host->h_name != nullptr) *static_cast<std::string*>(to) = host->h_name;
    };
    const Wire wire(address);
    ares_gethostbyaddr(hosts_file, wire.bytes, wire.size, wire.family, keep, &name);
    if (!name.empty()) done(address, Reply::name, name.c_str());
    return !name.empty();
  }
};

namespace {

/// "1.2.0.192.in-addr.arpa" (RFC 1035, 3.5), "1.0. … .8.b.d.0.1.0.0.2.ip6.arpa" (RFC 3596, 2.5).
std::string pointer_name(const base::Address& address) {
  const auto& b = address.bytes();
  if (address.is_v4()) return base::cat(b[15], '.', b[14], '.', b[13], '.', b[12], ".in-addr.arpa");
  static constexpr char digits[] = "0123456789abcdef";
  std::string name;
  for (std::size_t i = b.size(); i-- > 0;) name += {digits[b[i] & 15U], '.', digits[b[i] >> 4U], '.'};
  return name + "ip6.arpa";
}

int open_channel(ares_channel& channel, const DnsChannel::Options& options, std::string lookups) {
  ares_options settings{};
  settings.timeout = static_cast<int>(std::clamp<base::Micros>(options.timeout / 1000, 1, 60'000));
  settings.tries = static_cast<int>(std::clamp(options.tries, 1U, 10U));
  settings.lookups = lookups.data();
  return ares_init_options(&channel, &settings, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS);
}

}  // namespace

DnsChannel::DnsChannel(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DnsChannel::~DnsChannel() = default;

base::Result<std::unique_ptr<DnsChannel>> DnsChannel::open(const Options& options, Done done) {
  const auto failed = [](int status) { return base::Error{base::cat("name service: ", ares_strerror(status))}; };
  if (const int status = ares_library_init(ARES_LIB_INIT_ALL); status != ARES_SUCCESS) return failed(status);
  auto impl = std::make_unique<Impl>();
  impl->done = std::move(done);

  if (const int status = open_channel(impl->network, options, "b"); status != ARES_SUCCESS) return failed(status);
  if (options.servers.empty()) {
    if (const int status = open_channel(impl->hosts_file, options, "f"); status != ARES_SUCCESS) return failed(status);
  } else if (const int status = ares_set_servers_ports_csv(impl->network, options.servers.c_str());
             status != ARES_SUCCESS) {
    return base::Error{
        base::cat("name servers \"", base::escape_controls(options.servers), "\": ", ares_strerror(status))};
  }
  return std::unique_ptr<DnsChannel>(new DnsChannel(std::move(impl)));
}

void DnsChannel::ask(const base::Address& address) {
  if (impl_->told_by_hosts_file(address)) return;
  auto question = std::make_unique<Impl::Question>(Impl::Question{impl_.get(), address});
  ++impl_->under_way;
  constexpr int internet = 1, pointer = 12;
  ares_query(impl_->network, pointer_name(address).c_str(), internet, pointer, Impl::answered, question.release());
}

std::size_t DnsChannel::under_way() const noexcept { return impl_->under_way; }

void DnsChannel::wait(int wake, base::Micros most) {
  ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
  const auto wanted = static_cast<unsigned>(ares_getsock(impl_->network, sockets, ARES_GETSOCK_MAXNUM));
  std::vector<pollfd> fds = {{wake, POLLIN, 0}};
  for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
    int events = 0;
    if (ARES_GETSOCK_READABLE(wanted, i)) events |= POLLIN;
    if (ARES_GETSOCK_WRITABLE(wanted, i)) events |= POLLOUT;
    if (events != 0) fds.push_back({sockets[i], static_cast<short>(events), 0});
  }
  timeval limit{most / base::kSecond, most % base::kSecond}, buffer{};
  const timeval* timeout = ares_timeout(impl_->network, most < 0 ? nullptr : &limit, &buffer);
  const int millis =
      timeout == nullptr ? -1 : static_cast<int>(timeout->tv_sec * 1000 + (timeout->tv_usec + 999) / 1000);
  if (poll(fds.data(), fds.size(), millis) <= 0) {
    ares_process_fd(impl_->network, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // time-outs
    return;
  }
  for (std::size_t i = 1; i < fds.size(); ++i) {
    const bool error = (fds[i].revents & (POLLERR | POLLHUP)) != 0;
    const bool readable = error || (fds[i].revents & POLLIN) != 0;
    const bool writable = (fds[i].revents & POLLOUT) != 0;
    if (readable || writable) {
      ares_process_fd(impl_->network, readable ? fds[i].fd : ARES_SOCKET_BAD, writable ? fds[i].fd : ARES_SOCKET_BAD);
    }
  }
}

}  // namespace pastmon::names
