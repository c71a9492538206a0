// SPDX-License-Identifier: MIT
#include "pastmon/daemon/worker.h"

#include <algorithm>
#include <array>
#include <utility>

#include "pastmon/capture/source.h"
#include "pastmon/decode/packet.h"
#include "pastmon/flow/segment.h"
#include "pastmon/signature/record.h"

namespace pastmon::daemon {
namespace {
constexpr base::Micros kRingDelay = base::kSecond / 2;
constexpr base::Micros kClockSet = 3'600 * base::kSecond;
}  // namespace

struct Worker::Impl {
  Impl(const WorkerOptions& options, std::shared_ptr<const signature::SignatureSet> signatures, Observer take)
      : decoder(options.tunnels),
        duplicates(options.duplicates),
        fragments(options.fragments, decoder),
        tracker(options.flow),
        engine(std::move(signatures), options.signature),
        buckets(options.buckets, [this](signature::NameId id) { return engine.name(id); }),
        observer(std::move(take)),
        limits{options.flow.max_flows, options.flow.max_buffered, options.signature.max_open,
               options.signature.max_held, options.buckets.max_rows} {}

  void process(std::span<const capture::Frame> frames) {
    std::size_t count = 0;
    for (const capture::Frame& frame : frames) {
      newest = std::max(newest, frame.time);
      see(frame.time);
      if (oldest == base::kNone || frame.time < oldest) oldest = frame.time;
      if (frame.time >= fragments.due()) {
        track(std::span(packets.data(), std::exchange(count, 0)));
        track(fragments.expire(frame.time));
      }
      decode::Packet& packet = packets[count];
      if (decoder.decode(frame, packet) != decode::Verdict::packet || duplicates.repeated(frame, packet)) continue;
      if (packet.transport != decode::Transport::fragment) {
        ++count;
        continue;
      }
      const std::span<const decode::Packet> released = fragments.take(packet);
      if (released.empty()) continue;
      track(std::span(packets.data(), std::exchange(count, 0)));
      track(released);
    }
    track(std::span(packets.data(), count));
    buckets.advance(clock, base::kNone);
  }

  // The packets' clock. It may be set: two packets in a row from long before are believed.
  void see(base::Micros time) {
    const bool far_back = clock - time > kClockSet;
    strays = far_back ? strays + 1 : 0;
    if (time > clock || strays == 2) {
      clock = time;
      strays = 0;
    }
  }

  void track(std::span<const decode::Packet> batch) {
    tracker.process(batch, events);
    interpret(clock);
  }

  void interpret(base::Micros now) {
    engine.process(events, now, records);
    take();
  }

  void take() {
    buckets.add(records);
    if (!observer) return;
    for (const signature::Observation& observation : records.observations) observer(observation);
  }

  decode::Decoder decoder;
  decode::DuplicateFilter duplicates;
  decode::Reassembler fragments;
  flow::Tracker tracker;
  signature::Engine engine;
  metric::BucketSet buckets;
  Observer observer;
  WorkerLimits limits;
  std::array<decode::Packet, capture::kBatch> packets;
  flow::Events events;
  signature::Records records;
  base::Micros newest = base::kNone;
  base::Micros clock = base::kNone;
  unsigned strays = 0;  // packets in a row from long before
  base::Micros oldest = base::kNone;
};

Worker::Worker(const WorkerOptions& options, std::shared_ptr<const signature::SignatureSet> signatures,
               Observer observer)
    : impl_(std::make_unique<Impl>(options, std::move(signatures), std::move(observer))) {}

Worker::~Worker() = default;

void Worker::process(std::span<const capture::Frame> frames) {
  while (!frames.empty()) {
    const std::size_t count = std::min(frames.size(), capture::kBatch);
    impl_->process(frames.first(count));
    frames = frames.subspan(count);
  }
}

void Worker::idle(base::Micros wall) {
  // Frames may still wait in the kernel's ring: their clock is a little behind the wall.
  const base::Micros now = std::max(impl_->clock, wall - kRingDelay);
  if (now >= impl_->fragments.due()) impl_->track(impl_->fragments.expire(now));
  impl_->tracker.expire(now, impl_->events);
  impl_->interpret(now);
  impl_->buckets.advance(base::kNone, wall);
}

void Worker::finish() {
  impl_->track(impl_->fragments.finish());
  bool more = true;
  while (more) {
    more = impl_->tracker.finish(impl_->events);
    impl_->interpret(impl_->clock);
  }
  impl_->engine.finish(impl_->clock, impl_->records);
  impl_->take();
  impl_->buckets.close_all();
}

void Worker::reload(std::shared_ptr<const signature::SignatureSet> signatures) {
  impl_->engine.reload(std::move(signatures));
}

std::vector<metric::Bucket> Worker::take_closed() { return impl_->buckets.take_closed(); }
std::vector<metric::ClosedBucket> Worker::hand_over() { return impl_->buckets.hand_over(); }
std::vector<metric::Bucket> Worker::snapshot(bool all) { return impl_->buckets.snapshot(all); }
base::Micros Worker::newest() const noexcept { return impl_->newest; }
base::Micros Worker::oldest() const noexcept { return impl_->oldest; }

WorkerCounters Worker::counters() const {
  return {impl_->decoder.counters(),
          impl_->duplicates.duplicates(),
          impl_->fragments.counters(),
          impl_->tracker.counters(),
          impl_->engine.counters(),
          impl_->buckets.counters(),
          impl_->limits,
          impl_->engine.signature_counts()};
}

}  // namespace pastmon::daemon
