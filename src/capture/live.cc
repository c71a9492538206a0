// SPDX-License-Identifier: MIT
// A live interface through libpcap, which uses the kernel's TPACKET_V3 ring. libpcap's own time-out does not end a wait
// on that ring, so the handle is non-blocking and we wait in poll().
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <memory>

#include "filter.h"
#include "frame_batch.h"
#include "link_type.h"
#include "live_errors.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/capture/source.h"
#include "wakeup.h"

namespace pastmon::capture {
namespace {

/// After so long the kernel hands over a block that is not full.
constexpr int kBlockMillis = 100;
/// After interrupt(): how long to go on, so that no frame stays behind in a block that is not full.
constexpr base::Micros kDrain = (kBlockMillis + 50) * base::Micros{1000};
/// How often an idle source looks whether its interface is still there.
constexpr base::Micros kGoneCheck = base::kSecond / 5;
constexpr std::uint32_t kMaxSnaplen = 262'144;

using Handle = std::unique_ptr<pcap_t, decltype(&pcap_close)>;

/// libpcap's 32-bit totals, which wrap, as 64-bit ones.
class Total {
 public:
  void update(std::uint32_t now) noexcept {
    total_ += static_cast<std::uint32_t>(now - last_);
    last_ = now;
  }
  std::uint64_t get() const noexcept { return total_; }

 private:
  std::uint64_t total_ = 0;
  std::uint32_t last_ = 0;
};

class Live final : public Source {
 public:
  Live(Handle handle, const LiveOptions& options, LinkType link, std::uint32_t snaplen)
      : handle_(std::move(handle)),
        name_(options.interface),
        link_(link),
        batch_(snaplen),
        wait_millis_(static_cast<int>(std::clamp<base::Micros>(options.wait / 1000, 0, 60'000))),
        index_(if_nametoindex(options.interface.c_str())),
        fd_(pcap_get_selectable_fd(handle_.get())) {}

  State read(std::span<const Frame>& batch) override;
  Counters counters() override;
  const std::string& name() const override { return name_; }
  const base::Error& error() const override { return error_; }
  int descriptor() const noexcept override { return fd_; }
  void interrupt() noexcept override { wakeup_.set(); }

 private:
  int collect();
  void wait() noexcept;
  bool gone() const noexcept { return index_ != 0 && if_nametoindex(name_.c_str()) != index_; }
  void tell_whether_up();
  bool now_and_then() noexcept;
  bool drained() noexcept;
  State fail(std::string_view reason);

  Handle handle_;
  std::string name_;
  LinkType link_;
  FrameBatch batch_;
  int wait_millis_;
  unsigned index_;  // 0: "any"
  int fd_;
  base::SystemClock clock_;
  base::Micros drain_until_ = base::kNone;
  base::Micros checked_ = base::kNone;
  Wakeup wakeup_;
  Counters counters_;
  Total kernel_dropped_, interface_dropped_;
  base::Error error_;
  bool failed_ = false;
  bool down_ = false;
};

State Live::read(std::span<const Frame>& batch) {
  batch = {};
  if (failed_) return State::failed;
  if (drained()) return State::end;
  int result = collect();
  if (result == 0 && wait_millis_ > 0) {
    wait();
    result = collect();
  }
  if (!batch_.frames().empty()) {
    counters_.received += batch_.size();
    batch = batch_.frames();
    return State::frames;
  }
  if (result < 0) return fail(pcap_geterr(handle_.get()));
  if (now_and_then()) {
    if (gone()) return fail("it is gone");
    tell_whether_up();
  }
  return State::idle;
}

/// What the ring holds, without waiting: number of frames, or a negative number from libpcap.
int Live::collect() {
  batch_.clear();
  const auto add = [](u_char* self, const pcap_pkthdr* header, const u_char* data) {
    auto& live = *reinterpret_cast<Live*>(self);
    live.batch_.add(*header, data, live.link_);
  };
  int result = 0;
  int asked = 0;
  do {
    asked = static_cast<int>(batch_.room());
    result = pcap_dispatch(handle_.get(), asked, add, reinterpret_cast<u_char*>(this));
  } while (result == asked && !batch_.full());
  return batch_.size() > 0 ? static_cast<int>(batch_.size()) : result;
}

void Live::wait() noexcept {
  pollfd fds[2] = {{fd_, POLLIN, 0}, {wakeup_.is_set() ? -1 : wakeup_.fd(), POLLIN, 0}};
  poll(fds, 2, wait_millis_);
}

bool Live::now_and_then() noexcept {
  const base::Micros now = clock_.monotonic();
  if (checked_ != base::kNone && now - checked_ < kGoneCheck) return false;
  checked_ = now;
  return true;
}

/// libpcap waits silently until an interface that went down is up again; people should not have to guess.
void Live::tell_whether_up() {
  ifreq request{};
  if (index_ == 0 || name_.size() >= sizeof request.ifr_name) return;
  name_.copy(request.ifr_name, name_.size());
  if (ioctl(fd_, SIOCGIFFLAGS, &request) != 0) return;
  const bool down = (request.ifr_flags & IFF_UP) == 0;
  if (down && !down_) base::log::warning("interface ", name_, " is down; its packets are seen again once it is up");
  if (!down && down_) base::log::info("interface ", name_, " is up again");
  down_ = down;
}

/// True when interrupted, and all that came before has been given.
bool Live::drained() noexcept {
  if (!wakeup_.is_set()) return false;
  const base::Micros now = clock_.monotonic();
  if (drain_until_ == base::kNone) drain_until_ = now + kDrain;
  return now >= drain_until_;
}

Counters Live::counters() {
  pcap_stat now{};
  if (!failed_ && pcap_stats(handle_.get(), &now) == 0) {
    kernel_dropped_.update(now.ps_drop);
    interface_dropped_.update(now.ps_ifdrop);
  }
  counters_.kernel_dropped = kernel_dropped_.get();
  counters_.interface_dropped = interface_dropped_.get();
  return counters_;
}

State Live::fail(std::string_view reason) {
  counters();
  failed_ = true;
  error_.message = base::cat("interface ", base::escape_controls(name_),
                             " failed: ", base::escape_controls(gone() ? "it is gone" : reason));
  return State::failed;
}

base::Result<void> activate(pcap_t* handle, const LiveOptions& options, std::uint32_t snaplen) {
  pcap_set_snaplen(handle, static_cast<int>(snaplen));
  pcap_set_promisc(handle, options.promiscuous ? 1 : 0);
  pcap_set_timeout(handle, kBlockMillis);
  pcap_set_buffer_size(handle, static_cast<int>(std::min<std::uint64_t>(options.buffer_bytes, INT_MAX)));

  const int status = pcap_activate(handle);
  if (status == PCAP_ERROR_PERM_DENIED || status == PCAP_ERROR_PROMISC_PERM_DENIED)
    return no_permission(options.interface);
  if (status == PCAP_ERROR_NO_SUCH_DEVICE) return no_such_interface(options.interface);
  const std::string reason = base::escape_controls(pcap_geterr(handle));
  const std::string name = base::escape_controls(options.interface);
  if (status == PCAP_ERROR_IFACE_NOT_UP) {
    return base::Error{base::cat("interface ", name, " is down; bring it up with: ip link set dev ", name, " up"),
                       true};
  }
  if (status < 0) {
    return base::Error{
        base::cat("cannot capture on ", name, ": ", pcap_statustostr(status), reason.empty() ? "" : ": ", reason)};
  }
  if (status > 0)
    base::log::warning("capture on ", name, ": ", pcap_statustostr(status), reason.empty() ? "" : ": ", reason);
  return {};
}

base::Result<void> set_filter(pcap_t* handle, const std::string& expression) {
  if (base::trim(expression).empty()) return {};
  bpf_program program{};
  if (pcap_compile(handle, &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return bad_filter(expression, pcap_geterr(handle));
  }
  const int status = pcap_setfilter(handle, &program);
  pcap_freecode(&program);
  if (status != 0) return bad_filter(expression, pcap_geterr(handle));
  return {};
}

}  // namespace

base::Result<std::unique_ptr<Source>> open_live(const LiveOptions& options) {
  const bool any = options.interface == "any";
  if (!any && if_nametoindex(options.interface.c_str()) == 0) return no_such_interface(options.interface);

  char reason[PCAP_ERRBUF_SIZE] = "";
  Handle handle(pcap_create(options.interface.c_str(), reason), pcap_close);
  if (handle == nullptr) {
    return base::Error{base::cat("cannot capture on ", options.interface, ": ", base::escape_controls(reason))};
  }
  const std::uint32_t snaplen = std::clamp<std::uint32_t>(options.snaplen, 64, kMaxSnaplen);
  if (auto activated = activate(handle.get(), options, snaplen); !activated) return activated.error();
  if (any) pcap_set_datalink(handle.get(), DLT_LINUX_SLL2);  // version 1 does as well where there is no 2
  const int dlt = pcap_datalink(handle.get());
  const auto link = link_type_of_dlt(dlt);
  if (!link) {
    return base::Error{
        base::cat("cannot capture on ", base::escape_controls(options.interface), ": ", unknown_link_type(dlt))};
  }
  if (auto filtered = set_filter(handle.get(), options.filter); !filtered) return filtered.error();
  if (pcap_setnonblock(handle.get(), 1, reason) != 0) {
    return base::Error{base::cat("cannot capture on ", options.interface, ": ", base::escape_controls(reason))};
  }
  return std::unique_ptr<Source>(std::make_unique<Live>(std::move(handle), options, *link, snaplen));
}

}  // namespace pastmon::capture
