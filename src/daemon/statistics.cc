// SPDX-License-Identifier: MIT
#include "statistics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "pastmon/base/text.h"

namespace pastmon::daemon {
namespace {
constexpr base::Micros kStatisticsAhead = 7'200 * base::kSecond;  // longer than a bucket and its grace
}

void read_process(Reading& reading) {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    const auto micros = [](const timeval& t) { return std::int64_t{t.tv_sec} * base::kSecond + t.tv_usec; };
    reading.cpu = micros(usage.ru_utime) + micros(usage.ru_stime);
  }
  if (std::FILE* file = std::fopen("/proc/self/statm", "re"); file != nullptr) {
    unsigned long total = 0;
    unsigned long resident = 0;
    if (std::fscanf(file, "%lu %lu", &total, &resident) == 2) {
      reading.memory = std::uint64_t{resident} * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    }
    std::fclose(file);
  }
  reading.has_process = true;
}

void Statistics::count(Bucket& bucket, std::string_view name, std::uint64_t total, std::string_view interface) {
  Key key{std::string(name), std::string(interface)};
  std::uint64_t& last = last_[key];
  // A total that went back began anew (an interface that was opened again); what it counts since then is new.
  const std::uint64_t increase = total >= last ? total - last : total;
  last = total;
  bucket[std::move(key)].add(static_cast<std::int64_t>(increase));
}

void Statistics::changed(Bucket& bucket, std::string_view name, std::uint64_t total, std::string_view interface) {
  const auto last = last_.find(Key{std::string(name), std::string(interface)});
  if (total != (last == last_.end() ? 0 : last->second)) count(bucket, name, total, interface);
}

void Statistics::level(Bucket& bucket, std::string_view name, std::uint64_t value) {
  bucket[Key{std::string(name), {}}].add(static_cast<std::int64_t>(value));
}

void Statistics::sample(const Reading& r, base::Micros at) {
  const base::Seconds start = seconds_ == 0 ? 0 : closed_.next_open(at / base::kSecond / seconds_ * seconds_);
  Bucket& bucket = buckets_[start];
  for (const SourceTotals& source : r.sources) {
    count(bucket, "packets_received", source.counters.received, source.name);
    count(bucket, "packets_filtered", source.counters.filtered, source.name);
    count(bucket, "kernel_dropped", source.counters.kernel_dropped, source.name);
    count(bucket, "interface_dropped", source.counters.interface_dropped, source.name);
    changed(bucket, "interface_away_us", static_cast<std::uint64_t>(source.away), source.name);
  }
  const WorkerCounters& w = r.worker;
  count(bucket, "not_ip", w.decode.not_ip);
  count(bucket, "undecodable", w.decode.undecodable);
  for (std::size_t i = 0; i < decode::kReasons; ++i) {
    if (w.decode.reasons[i] == 0) continue;
    count(bucket, base::cat("undecodable_", decode::to_string(static_cast<decode::Reason>(i))), w.decode.reasons[i]);
  }
  count(bucket, "duplicates", w.duplicates);
  count(bucket, "fragments", w.fragments.fragments);
  count(bucket, "fragments_reassembled", w.fragments.reassembled);
  count(bucket, "fragments_incomplete", w.fragments.incomplete);
  count(bucket, "fragments_evicted", w.fragments.evicted);
  count(bucket, "fragments_refused", w.fragments.refused);
  count(bucket, "fragments_overlapping", w.fragments.overlaps);
  level(bucket, "fragments_bytes", w.fragments.held_bytes);
  count(bucket, "flows", w.flow.flows);
  level(bucket, "flows_active", w.flow.active);
  level(bucket, "flows_active_limit", w.limits.flows);
  count(bucket, "flows_evicted", w.flow.evicted);
  count(bucket, "flows_one_sided", w.flow.one_sided);
  level(bucket, "flow_table_bytes", w.flow.table_bytes);
  level(bucket, "buffered_bytes", w.flow.buffered_bytes);
  level(bucket, "buffered_bytes_limit", w.limits.buffered_bytes);
  count(bucket, "given_up_bytes", w.flow.given_up_bytes);
  count(bucket, "ack_gaps", w.flow.ack_gaps);
  count(bucket, "clock_steps", w.flow.clock_steps);
  level(bucket, "conversations", w.signature.conversations);
  level(bucket, "open_requests", w.signature.open_requests);
  level(bucket, "open_requests_limit", w.limits.open_requests);
  level(bucket, "held_bytes", w.signature.held_bytes);
  level(bucket, "held_bytes_limit", w.limits.held_bytes);
  count(bucket, "refused_requests", w.signature.refused_requests);
  count(bucket, "refused_expected", w.signature.refused_expected);
  count(bucket, "unpaired_responses", w.signature.unpaired_responses);
  count(bucket, "lost_transactions", w.signature.lost_transactions);
  count(bucket, "framing_errors", w.signature.framing_errors);
  count(bucket, "unread_headers", w.signature.unread_headers);
  count(bucket, "regex_limit_hits", w.signature.regex_limit_hits);
  signatures(bucket, r);
  level(bucket, "rows_open", w.buckets.rows);
  level(bucket, "rows_open_limit", w.limits.rows);
  count(bucket, "rows_merged", w.buckets.merged);
  count(bucket, "rows_folded", r.rows_folded);
  count(bucket, "records_late", w.buckets.late);
  for (const auto& [name, total] : r.name_counters) count(bucket, name, total);
  if (r.has_spool) {
    level(bucket, "batches_waiting", r.spool.batches_waiting);
    level(bucket, "batches_waiting_us", static_cast<std::uint64_t>(r.waiting));
    level(bucket, "journal_bytes", r.spool.bytes_waiting);
    if (r.max_journal != 0) level(bucket, "journal_bytes_limit", r.max_journal);
    count(bucket, "batches_written", r.spool.batches_written);
    count(bucket, "batches_lost", r.spool.batches_lost);
    count(bucket, "batches_damaged", r.spool.batches_damaged);
    count(bucket, "batches_refused", r.spool.batches_refused);
    level(bucket, "batches_aside", r.spool.batches_aside);
    level(bucket, "aside_bytes", r.spool.bytes_aside);
    count(bucket, "aside_deleted", r.spool.aside_deleted);
    count(bucket, "rows_written", r.spool.rows_written);
    level(bucket, "database_write_us", static_cast<std::uint64_t>(r.spool.last_write_time));
    level(bucket, "bucket_close_us", static_cast<std::uint64_t>(r.close_time));
    level(bucket, "host_names", r.names);
  }
  if (r.has_process) {
    count(bucket, "cpu_us", static_cast<std::uint64_t>(r.cpu));
    level(bucket, "memory_bytes", r.memory);
    if (r.max_memory != 0) level(bucket, "memory_bytes_limit", r.max_memory);
    changed(bucket, "system_calls_refused", r.calls_refused, {});
  }
}

// The interface of these is the signature: "http.conf:12 HTTP {method}". Those that did nothing have no row, so that a
// bucket has few. What is loaded is told once, with the time as the value: the newest time is that of the present set.
void Statistics::signatures(Bucket& bucket, const Reading& r) {
  count(bucket, "signature_matches", r.worker.signature.matches);
  count(bucket, "signature_near_misses", r.worker.signature.near);
  const bool tell = r.signatures_loaded != told_loaded_;
  std::uint64_t matches = 0, near = 0;
  std::size_t told = 0;
  for (const signature::SignatureCount& s : r.worker.signatures) {
    if (!s.loaded && s.matches == 0 && s.near == 0) continue;
    if (told++ >= kMaxToldSignatures) {
      matches += s.matches;
      near += s.near;
      continue;
    }
    const std::string what = base::cat(s.where.substr(s.where.rfind('/') + 1), " ", s.name);  // npos + 1 is 0
    if (tell && s.loaded) bucket[Key{"signature_loaded", what}].add(r.signatures_loaded);
    changed(bucket, "signature_matched", s.matches, what);
    changed(bucket, "signature_nearly", s.near, what);
  }
  changed(bucket, "signature_matched", matches, "(others)");
  changed(bucket, "signature_nearly", near, "(others)");
  told_loaded_ = r.signatures_loaded;
}

std::vector<store::Statistic> Statistics::listed(const Bucket& bucket) {
  std::vector<store::Statistic> list;
  list.reserve(bucket.size());
  for (const auto& [key, value] : bucket) list.push_back({key.name, key.interface, value});
  return list;
}

Statistics::ByBucket Statistics::take_closed(base::Micros until) {
  ByBucket closed;
  for (auto at = buckets_.begin(); at != buckets_.end() && seconds_ != 0;) {
    const base::Micros end = (at->first + seconds_) * base::kSecond;
    // One far in the future is from before the clock was set back.
    if (end > until && end <= until + kStatisticsAhead) {
      ++at;
      continue;
    }
    closed_.close(at->first, seconds_);
    closed.emplace(at->first, listed(at->second));
    at = buckets_.erase(at);
  }
  return closed;
}

Statistics::ByBucket Statistics::take_all() {
  ByBucket all = open();
  buckets_.clear();
  return all;
}

Statistics::ByBucket Statistics::open() const {
  ByBucket open;
  for (const auto& [start, bucket] : buckets_) open.emplace(start, listed(bucket));
  return open;
}

}  // namespace pastmon::daemon
