// SPDX-License-Identifier: MIT
#include "service.h"

#include <algorithm>
#include <utility>

#include "pastmon/base/text.h"
#include "pastmon/process/sandbox.h"

namespace pastmon::daemon {
namespace {

constexpr base::Micros kTick = base::kSecond;  // closed buckets are looked for so often

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += base::cat(list.empty() ? "" : ", ", name);
  return list;
}

}  // namespace

Service::Service(const ServiceOptions& options, std::unique_ptr<HostNames> names, std::unique_ptr<Worker> worker,
                 std::unique_ptr<Interfaces> interfaces, std::unique_ptr<store::Spool> spool, const base::Clock& clock)
    : options_(options),
      names_(std::move(names)),
      worker_(std::move(worker)),
      interfaces_(std::move(interfaces)),
      spool_(std::move(spool)),
      clock_(clock),
      statistics_(options.bucket_seconds),
      bound_(options.max_rows, clock),
      hand_over_(*spool_, bound_, options.threads) {
  next_checkpoint_ = clock.monotonic() + options.checkpoint;
  waiting_since_ = clock.monotonic();
  signatures_loaded_ = clock.now() / base::kSecond;
}

void Service::reload(std::shared_ptr<const signature::SignatureSet> signatures) {
  worker_->reload(std::move(signatures));
  signatures_loaded_ = std::max(signatures_loaded_ + 1, clock_.now() / base::kSecond);
}

void Service::step() {
  const bool any = interfaces_->read(*worker_);
  const base::Micros now = clock_.monotonic();
  if (!any) {
    if (now >= next_idle_) {
      worker_->idle(clock_.now());
      next_idle_ = now + options_.wait;
    }
    interfaces_->wait(options_.wait);
  }
  if (now >= next_tick_) tick(now);
}

void Service::tick(base::Micros now) {
  next_tick_ = now + kTick;
  interfaces_->reopen();
  statistics_.sample(reading(), clock_.now());
  hand_over(false);
  if (now < next_checkpoint_ || hand_over_.busy()) return;
  next_checkpoint_ = now + options_.checkpoint;
  std::vector<metric::Bucket> changed = worker_->snapshot();
  names_->want(changed, clock_.now());
  hand_over_.checkpoint(std::move(changed), statistics_.open(), names_->take(clock_.now()));
}

void Service::hand_over(bool all) {
  std::vector<metric::ClosedBucket> closed = worker_->hand_over();
  Statistics::ByBucket statistics =
      all ? statistics_.take_all() : statistics_.take_closed(clock_.now() - options_.idle_grace);
  if (closed.empty() && statistics.empty()) return;
  hand_over_.close(std::move(closed), std::move(statistics), names_->take(clock_.now()));
}

base::Result<void> Service::stop() {
  // What the kernel still holds was seen before the signal: it hands its blocks over within this time.
  const base::Micros end = clock_.monotonic() + options_.drain;
  while (clock_.monotonic() < end) {
    if (!interfaces_->read(*worker_)) interfaces_->wait(std::max<base::Micros>(end - clock_.monotonic(), 1'000));
  }
  statistics_.sample(reading(), clock_.now());
  worker_->finish();
  hand_over(true);
  const std::string failed = hand_over_.finish();
  if (base::Result<void> stopped = spool_->stop(options_.patience); !stopped) return stopped;
  if (!failed.empty()) return base::Error{failed};
  return {};
}

Reading Service::reading() {
  Reading reading;
  reading.sources = interfaces_->totals();
  reading.worker = worker_->counters();
  reading.rows_folded = bound_.folded();
  if (!hand_over_.busy()) spool_counters_ = spool_->counters();  // else it may be waiting for the disk
  reading.spool = spool_counters_;
  reading.has_spool = true;
  reading.max_journal = options_.max_journal;
  reading.max_memory = options_.max_memory;
  reading.close_time = hand_over_.last_close();
  const base::Micros now = clock_.monotonic();
  if (spool_counters_.batches_waiting == 0) waiting_since_ = now;
  reading.waiting = now - waiting_since_;
  reading.signatures_loaded = signatures_loaded_;
  reading.names = names_->known();
  reading.name_counters = names_->counters();
  reading.calls_refused = process::refused_calls();
  read_process(reading);
  return reading;
}

bool Service::progresses() const {
  const base::Micros now = base::SystemClock().monotonic();
  for (const base::Micros since : {hand_over_.busy_since(), spool_->busy_since()}) {
    if (since != 0 && now - since > options_.stuck_after) return false;
  }
  return true;
}

std::string Service::summary() {
  const std::vector<std::string> away = interfaces_->away();
  std::string line = away.empty() ? "Capturing" : base::cat("Waiting for ", listed(away));
  return base::cat(line, "; ", worker_->counters().flow.active, " flows; ",
                   spool_counters_.batches_waiting == 0
                       ? std::string("database up to date")
                       : base::cat(spool_counters_.batches_waiting, " batches wait for the database"));
}

std::string Service::status() {
  const Reading now = reading();
  std::string line;
  for (const SourceTotals& source : now.sources) {
    line += base::cat(source.name, ": ", source.counters.received, " packets, ", source.counters.kernel_dropped,
                      " dropped by the kernel, ", source.counters.interface_dropped, " by the interface; ");
  }
  const std::vector<std::string> away = interfaces_->away();
  if (!away.empty()) line += base::cat("waiting for ", listed(away), "; ");
  const WorkerCounters& w = now.worker;
  const std::string trouble = hand_over_.busy() ? "its thread is busy" : spool_->trouble();
  return base::cat(line, w.flow.active, " of ", w.limits.flows, " flows, ", w.signature.open_requests,
                   " open requests, ", w.buckets.rows, " of ", w.limits.rows,
                   " rows in the open bucket; given up: ", w.flow.evicted, " flows, ", w.flow.given_up_bytes,
                   " bytes, ", w.signature.refused_requests, " requests, ", w.buckets.merged + now.rows_folded,
                   " rows folded; journal: ", now.spool.batches_waiting, " batches waiting (",
                   now.spool.bytes_waiting >> 10U, " KB), ", now.spool.batches_lost,
                   " lost; database: ", trouble.empty() ? "well" : trouble, ", ", now.spool.rows_written,
                   " rows written; memory ", now.memory >> 20U, " MB");
}

}  // namespace pastmon::daemon
