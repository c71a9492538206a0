// SPDX-License-Identifier: MIT
#include "pastmon/metric/bucket.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

#include "open_bucket.h"
#include "pastmon/metric/closed_times.h"

namespace pastmon::metric {

using base::kNone;
using base::kSecond;
using base::Micros;
using base::Seconds;

namespace {

/// Wild timestamps are taken for this one, so that the arithmetic on bounds cannot overflow.
constexpr Micros kLatest = std::numeric_limits<Micros>::max() / 2;

/// The time up to which packets have come. One stray timestamp must not close all buckets, or else what follows would
/// count in a bucket of the far future: a jump by more than an hour needs a second packet to be believed.
class PacketClock {
 public:
  /// True when the clock turns out to have been set back.
  bool see(Micros at) noexcept {
    if (at - now_ <= kFarOff && now_ - at <= kFarOff) {
      now_ = std::max(now_, at);
      strays_ = 0;
    } else if (++strays_ == 2) {
      const bool back = at < now_;
      now_ = at;
      strays_ = 0;
      return back;
    }
    return false;
  }
  /// A time that is told from outside: of the newest packet, also if that gave no record.
  Micros believed(Micros told) const noexcept { return told - now_ > kFarOff ? now_ : told; }

 private:
  static constexpr Micros kFarOff = 3600 * kSecond;

  Micros now_ = 0;
  unsigned strays_ = 1;  // far-off packets in a row; the first packet of all is believed
};

}  // namespace

struct ClosedBucket::Impl {
  Bucket bucket;
  RowTable rows;
  std::vector<std::string> names;  // by NameId
};

ClosedBucket::ClosedBucket(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ClosedBucket::ClosedBucket(ClosedBucket&&) noexcept = default;
ClosedBucket& ClosedBucket::operator=(ClosedBucket&&) noexcept = default;
ClosedBucket::~ClosedBucket() = default;

Bucket ClosedBucket::rows() && {
  const std::unique_ptr<Impl> taken = std::move(impl_);
  taken->bucket.rows.reserve(taken->rows.size());
  taken->rows.for_each([&](OpenRow& row) {
    const signature::Endpoints& e = row.key.endpoints;
    taken->bucket.rows.push_back({taken->names[row.key.name], e.client, e.server, e.port, std::move(row.values)});
  });
  return std::move(taken->bucket);
}

struct BucketSet::Impl {
  /// The row that a conversation's records went to last: saves the look-up for nearly all packets.
  struct Cached {
    OpenRow* row = nullptr;
    std::uint32_t serial = 0;  // of the row's table; the row is gone when that is closed
  };
  static constexpr std::size_t kMaxCached = 1U << 22U;  // conversations with a higher id are looked up each time

  Impl(const BucketOptions& o, Names n) : options(o), names(std::move(n)) {}

  OpenBucket& bucket_for(Micros at);
  OpenBucket& open_bucket(Seconds start);
  void make_current(OpenBucket& bucket);
  OpenRow& look_up(OpenBucket& bucket, const RowKey& key);
  bool make_room(OpenBucket& bucket);
  OpenRow& row_for(OpenBucket& bucket, signature::ConversationId conversation, signature::NameId name,
                   const signature::Endpoints& endpoints);
  template <class Record>
  void add(const Record& record, Micros at);
  bool due(Seconds start, Micros packet_time, Micros wall) const noexcept;
  void close_oldest() { close(open.begin()); }
  void close(std::map<Seconds, OpenBucket>::iterator which);
  void rewind(Micros at);
  Row stored(const RowKey& key, Aggregate values) const;

  BucketOptions options;
  Names names;
  std::map<Seconds, OpenBucket> open;  // by start
  OpenBucket* current = nullptr;       // one of them, and the times that belong to it
  Micros current_from = 0;
  Micros current_to = 0;
  PacketClock clock;
  Seconds closed_to = std::numeric_limits<Seconds>::min();  // what begins before this is closed, or too late
  ClosedTimes closed_times;                                 // after a clock was set: others
  std::uint32_t last_serial = 0;
  std::vector<Cached> cache;  // by ConversationId
  std::vector<ClosedBucket> closed;
  Counters counters;
};

void BucketSet::Impl::make_current(OpenBucket& bucket) {
  current = &bucket;
  const bool all = options.seconds <= 0;
  const Seconds start = bucket.rows().start();
  current_from = all ? std::numeric_limits<Micros>::min() : start * kSecond;
  current_to = all ? std::numeric_limits<Micros>::max() : (start + options.seconds) * kSecond;
}

OpenBucket& BucketSet::Impl::open_bucket(Seconds start) {
  const auto found = open.find(start);
  if (found != open.end()) return found->second;
  return open.try_emplace(start, start, ++last_serial, options.max_shown).first->second;
}

OpenBucket& BucketSet::Impl::bucket_for(Micros at) {
  if (current != nullptr && at >= current_from && at < current_to) return *current;
  const Seconds seconds = options.seconds;
  Seconds start = 0;
  if (seconds > 0) start = std::clamp(at, Micros{0}, kLatest) / kSecond / seconds * seconds;
  if (seconds > 0 && (start < closed_to || closed_times.closed(start))) {
    ++counters.late;
    return open.empty() ? open_bucket(closed_times.next_open(std::max(start, closed_to))) : open.begin()->second;
  }
  OpenBucket& bucket = open_bucket(start);
  make_current(bucket);
  return bucket;
}

// From the fuller one of the bucket that needs it and the oldest, which may be about to close.
bool BucketSet::Impl::make_room(OpenBucket& bucket) {
  OpenBucket& oldest = open.begin()->second;
  OpenBucket& from = oldest.rows().size() > bucket.rows().size() ? oldest : bucket;
  const std::size_t before = from.rows().size();
  if (!from.fold_one(counters.rows < options.max_rows + options.max_rows / 8)) return false;
  counters.rows -= before - from.rows().size();
  ++counters.merged;
  return true;
}

OpenRow& BucketSet::Impl::look_up(OpenBucket& bucket, const RowKey& key) {
  RowTable& rows = bucket.rows();
  if (OpenRow* found = rows.find(key); found != nullptr) return *found;
  if (counters.rows < options.max_rows || make_room(bucket) ||
      counters.rows < options.max_rows + options.max_rows / 4) {
    ++counters.rows;
    return bucket.insert(key);
  }
  ++counters.merged;
  const RowKey all{key.name, {base::Address::many(), base::Address::many(), 0}};
  if (OpenRow* found = rows.find(all); found != nullptr) return *found;
  ++counters.rows;
  OpenRow& many = bucket.insert(all);
  bucket.hide(many);
  return many;
}

OpenRow& BucketSet::Impl::row_for(OpenBucket& bucket, signature::ConversationId conversation, signature::NameId name,
                                  const signature::Endpoints& endpoints) {
  if (conversation >= cache.size()) {
    if (conversation >= kMaxCached) return look_up(bucket, {name, endpoints});
    cache.resize(std::max<std::size_t>(conversation + 1U, std::min(cache.size() * 2, kMaxCached)));
  }
  Cached& cached = cache[conversation];
  const std::uint32_t serial = bucket.rows().serial();
  if (cached.serial != serial || cached.row->key.name != name || !(cached.row->key.endpoints == endpoints)) {
    cached.row = &look_up(bucket, {name, endpoints});
    cached.serial = serial;
  }
  return *cached.row;
}

template <class Record>
void BucketSet::Impl::add(const Record& record, Micros at) {
  OpenBucket& bucket = bucket_for(at);
  bucket.add(row_for(bucket, record.conversation, record.name, *record.endpoints), record);
}

BucketSet::BucketSet(const BucketOptions& options, Names names)
    : impl_(std::make_unique<Impl>(options, std::move(names))) {
  impl_->options.max_shown = std::min(options.max_shown, options.max_rows / 2);
}
BucketSet::~BucketSet() = default;

void BucketSet::add(const signature::Records& records) {
  for (const auto& record : records.packets) {
    const Micros at = std::clamp(record.facts->time, Micros{0}, kLatest);
    if (impl_->clock.see(at)) impl_->rewind(at);
    impl_->add(record, record.facts->time);
  }
  for (const auto& record : records.transactions) impl_->add(record, record.at);
  for (const auto& record : records.handshakes) impl_->add(record, record.at);
  for (const auto& record : records.late) impl_->add(record, record.at);
}

bool BucketSet::Impl::due(Seconds start, Micros packet_time, Micros wall) const noexcept {
  if (options.seconds <= 0) return false;
  const Micros end = (start + options.seconds) * kSecond;
  return (packet_time != kNone && packet_time >= end + options.grace) ||
         (wall != kNone && wall >= end + options.idle_grace);
}

Row BucketSet::Impl::stored(const RowKey& key, Aggregate values) const {
  const signature::Endpoints& e = key.endpoints;
  return {std::string(names(key.name)), e.client, e.server, e.port, std::move(values)};
}

// Nothing here takes time that grows with the rows: the pipeline does not wait for them.
void BucketSet::Impl::close(std::map<Seconds, OpenBucket>::iterator which) {
  OpenBucket& bucket = which->second;
  const Seconds start = bucket.rows().start();
  std::vector<std::string> used(bucket.names().size());
  for (signature::NameId id = 0; id < used.size(); ++id) {
    if (bucket.names()[id]) used[id] = names(id);
  }
  counters.rows -= bucket.rows().size();
  closed.emplace_back(std::make_unique<ClosedBucket::Impl>(
      ClosedBucket::Impl{Bucket{start, options.seconds, true, {}}, std::move(bucket.rows()), std::move(used)}));
  if (options.seconds > 0) {
    closed_to = std::max(closed_to, start + options.seconds);
    closed_times.close(start, options.seconds);
  }
  if (current == &bucket) current = nullptr;
  open.erase(which);
}

// What is open lies in a future that may not come for long; what is closed stays closed, the times before are open
// again.
void BucketSet::Impl::rewind(Micros at) {
  if (options.seconds <= 0) return;
  const Seconds start = at / kSecond / options.seconds * options.seconds;
  while (!open.empty() && open.rbegin()->first > start) close(std::prev(open.end()));
  closed_to = closed_times.next_open(start);
}

void BucketSet::advance(Micros packet_time, Micros wall) {
  if (packet_time != kNone) packet_time = impl_->clock.believed(std::clamp(packet_time, Micros{0}, kLatest));
  while (!impl_->open.empty() && impl_->due(impl_->open.begin()->first, packet_time, wall)) impl_->close_oldest();
}

void BucketSet::close_all() {
  while (!impl_->open.empty()) impl_->close_oldest();
}

std::vector<ClosedBucket> BucketSet::hand_over() { return std::exchange(impl_->closed, {}); }

std::vector<Bucket> BucketSet::take_closed() {
  std::vector<Bucket> buckets;
  for (ClosedBucket& closed : hand_over()) buckets.push_back(std::move(closed).rows());
  return buckets;
}

std::vector<Bucket> BucketSet::snapshot(bool all) {
  std::vector<Bucket> buckets;
  for (auto& [start, open] : impl_->open) {
    Bucket bucket{start, impl_->options.seconds, false, {}};
    open.snapshot(all, [&](const OpenRow& row) { bucket.rows.push_back(impl_->stored(row.key, row.values)); });
    if (!bucket.rows.empty()) buckets.push_back(std::move(bucket));
  }
  return buckets;
}

BucketSet::Counters BucketSet::counters() const { return impl_->counters; }

}  // namespace pastmon::metric
