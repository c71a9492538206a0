// SPDX-License-Identifier: MIT
#include "hand_over.h"

#include <memory>
#include <utility>

#include "pastmon/base/log.h"

namespace pastmon::daemon {
namespace {

constexpr std::size_t kMaxJobs = 8;

}  // namespace

HandOver::HandOver(store::Spool& spool, RowBound& bound, bool own_thread) : spool_(spool), bound_(bound) {
  if (own_thread) thread_ = std::thread([this] { run(); });
}

HandOver::~HandOver() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void HandOver::close(std::vector<metric::ClosedBucket> closed, ByBucket statistics,
                     std::vector<store::HostName> names) {
  // std::function wants to be able to copy what it holds.
  auto given = std::make_shared<std::vector<metric::ClosedBucket>>(std::move(closed));
  add([this, given, statistics = std::move(statistics), names = std::move(names)]() mutable {
    const base::Micros begun = base::SystemClock().monotonic();
    std::vector<metric::Bucket> buckets;
    for (metric::ClosedBucket& bucket : *given) buckets.push_back(std::move(bucket).rows());
    base::Result<void> done = spool_.close(bound_.apply(std::move(buckets)), std::move(statistics), std::move(names));
    last_close_ = base::SystemClock().monotonic() - begun;
    return done;
  });
}

void HandOver::checkpoint(std::vector<metric::Bucket> changed, ByBucket statistics,
                          std::vector<store::HostName> names) {
  add([this, changed = std::move(changed), statistics = std::move(statistics), names = std::move(names)]() mutable {
    return spool_.checkpoint(std::move(changed), std::move(statistics), std::move(names));
  });
}

bool HandOver::busy() const {
  const std::lock_guard lock(mutex_);
  return !jobs_.empty();
}

std::string HandOver::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return jobs_.empty(); });
  return last_complaint_;
}

void HandOver::add(Job job) {
  if (!thread_.joinable()) return work(job);
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return jobs_.size() < kMaxJobs; });
  jobs_.push_back(std::move(job));
  changed_.notify_all();
}

void HandOver::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    const Job job = std::move(jobs_.front());
    lock.unlock();
    work(job);
    lock.lock();
    jobs_.pop_front();
    changed_.notify_all();
  }
}

/// The same complaint is logged once until something else happens.
void HandOver::work(const Job& job) {
  busy_since_ = base::SystemClock().monotonic();
  const base::Result<void> done = job();
  busy_since_ = 0;
  std::string complaint = done ? std::string() : done.message();
  if (complaint != last_complaint_ && !complaint.empty()) base::log::error(complaint);
  last_complaint_ = std::move(complaint);
}

}  // namespace pastmon::daemon
