// SPDX-License-Identifier: MIT
#include "pastmon/names/resolver.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "ask_once.h"
#include "dns_channel.h"
#include "pastmon/names/host_name.h"

namespace pastmon::names {
namespace {

/// Questions whose answers have not come: a server that is slow does not make more of them wait.
constexpr std::size_t kMaxUnderWay = 64;

/// A descriptor that is readable from raise() to lower().
class Flag {
 public:
  Flag() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Flag() { close(fd_); }
  Flag(const Flag&) = delete;
  Flag& operator=(const Flag&) = delete;
  void raise() const noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(fd_, &one, sizeof one);
  }
  void lower() const noexcept {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = read(fd_, &count, sizeof count);
  }
  int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

bool worth_asking(const base::Address& address) {
  const auto& b = address.bytes();
  if (address == base::Address() || address.is_many()) return false;
  if (!address.is_v4()) return b[0] != 0xff;
  return b[12] != 0 && b[12] < 224;  // neither "this network" nor multicast, reserved, broadcast
}

class Asking final : public Resolver {
 public:
  explicit Asking(const ResolverOptions& options)
      : options_(options), asked_(options.max_remembered), limit_(options.per_second, clock_.monotonic()) {}
  ~Asking() override {
    stop_ = true;
    wake_.raise();
    if (thread_.joinable()) thread_.join();
  }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

  base::Result<void> begin() {
    auto channel = DnsChannel::open({options_.timeout, options_.tries, options_.servers},
                                    [this](const base::Address& a, Reply r, const char* name) { done(a, r, name); });
    if (!channel) return channel.error();
    channel_ = std::move(*channel);
    thread_ = std::thread([this] { work(); });
    return {};
  }

  void ask(const base::Address& address, base::Micros now) override;
  std::vector<Resolved> take() override;
  int descriptor() const noexcept override { return ready_.fd(); }
  Counters counters() const override;

 private:
  void work();
  bool next(base::Address& address);
  void done(const base::Address& address, Reply reply, const char* name);

  const ResolverOptions options_;
  base::SystemClock clock_;

  mutable std::mutex mutex_;  // guards what stands up to the blank line; held for moments only
  AskOnce asked_;
  std::deque<base::Address> queue_;
  base::Micros now_ = 0;  // the latest that ask() was told
  std::vector<Resolved> found_;
  Counters counters_;

  RateLimit limit_;                      // the thread's own
  std::unique_ptr<DnsChannel> channel_;  // the thread's own once it runs
  std::atomic<bool> stop_ = false;
  Flag wake_, ready_;
  std::thread thread_;
};

void Asking::ask(const base::Address& address, base::Micros now) {
  if (!worth_asking(address)) return;
  {
    const std::lock_guard lock(mutex_);
    now_ = std::max(now_, now);
    if (!asked_.enter(address, now, now + options_.period)) return;
    if (queue_.size() >= options_.max_queue) {
      asked_.forget(address);
      ++counters_.refused;
      return;
    }
    queue_.push_back(address);
  }
  wake_.raise();
}

std::vector<Resolved> Asking::take() {
  ready_.lower();
  const std::lock_guard lock(mutex_);
  return std::exchange(found_, {});
}

Resolver::Counters Asking::counters() const {
  const std::lock_guard lock(mutex_);
  Counters c = counters_;
  c.queued = queue_.size();
  return c;
}

void Asking::work() {
  while (!stop_) {
    wake_.lower();
    base::Micros most = -1;
    while (channel_->under_way() < kMaxUnderWay) {
      most = limit_.wait(clock_.monotonic());
      base::Address address;
      if (most > 0 || !next(address)) break;
      limit_.take(clock_.monotonic());
      channel_->ask(address);
    }
    const bool waiting = counters().queued != 0;
    channel_->wait(wake_.fd(), waiting && most > 0 ? most : -1);
  }
  channel_.reset();
}

/// The address that has waited longest; false: none.
bool Asking::next(base::Address& address) {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) return false;
  address = queue_.front();
  queue_.pop_front();
  ++counters_.sent;
  return true;
}

void Asking::done(const base::Address& address, Reply reply, const char* name) {
  auto clean = reply == Reply::name ? clean_host_name(name) : std::nullopt;
  {
    const std::lock_guard lock(mutex_);
    if (clean) {
      ++counters_.answered;
      found_.push_back({address, std::move(*clean)});
    } else if (reply == Reply::failed) {
      ++counters_.failed;
      asked_.shorten(address, now_ + options_.retry);
    } else {
      ++counters_.nameless;
    }
  }
  ready_.raise();
}

/// What stands there when names are not to be asked for.
class NotAsking final : public Resolver {
 public:
  void ask(const base::Address&, base::Micros) override {}
  std::vector<Resolved> take() override { return {}; }
  int descriptor() const noexcept override { return -1; }
  Counters counters() const override { return {}; }
};

}  // namespace

base::Result<std::unique_ptr<Resolver>> Resolver::start(const ResolverOptions& options) {
  if (!options.enabled) return std::unique_ptr<Resolver>(std::make_unique<NotAsking>());
  auto resolver = std::make_unique<Asking>(options);
  if (auto begun = resolver->begin(); !begun) return begun.error();
  return std::unique_ptr<Resolver>(std::move(resolver));
}

}  // namespace pastmon::names
