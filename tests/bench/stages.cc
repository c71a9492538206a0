// SPDX-License-Identifier: MIT
#include "stages.h"

#include <pcap/pcap.h>

#include <array>

#include "pastmon/base/text.h"
#include "pastmon/capture/source.h"
#include "pastmon/config/signature_file.h"
#include "pastmon/decode/decoder.h"
#include "pastmon/decode/duplicates.h"
#include "pastmon/flow/tracker.h"
#include "pastmon/metric/bucket.h"
#include "pastmon/signature/engine.h"

namespace pastmon::bench {
namespace {

base::Result<Seen> run_empty_loop(const std::string& capture) {
  char reason[PCAP_ERRBUF_SIZE] = "";
  pcap_t* handle = pcap_open_offline(capture.c_str(), reason);
  if (handle == nullptr) return base::Error{reason};
  Seen seen;
  const auto count = [](u_char* packets, const pcap_pkthdr*, const u_char*) {
    ++*reinterpret_cast<std::uint64_t*>(packets);
  };
  const int status = pcap_loop(handle, -1, count, reinterpret_cast<u_char*>(&seen.packets));
  const std::string error = status < 0 ? pcap_geterr(handle) : "";
  pcap_close(handle);
  if (status < 0) return base::Error{error};
  return seen;
}

/// The stages behind decode, in the order and with the batches of the daemon.
class Line {
 public:
  Line(Stage last, std::shared_ptr<const signature::SignatureSet> signatures)
      : last_(last),
        tracker_(flow::Options{}),
        engine_(std::move(signatures), signature::Options{}),
        buckets_(metric::BucketOptions{}, [this](signature::NameId id) { return engine_.name(id); }) {}

  void take(std::span<const decode::Packet> packets) {
    if (last_ < Stage::flow || packets.empty()) return;
    now_ = packets.back().time;
    tracker_.process(packets, events_);
    pass_on();
  }
  void finish(Seen& seen) {
    if (last_ < Stage::flow) return;
    while (tracker_.finish(events_)) pass_on();
    pass_on();
    if (last_ >= Stage::signature) {
      engine_.finish(now_, records_);
      aggregate();
    }
    if (last_ >= Stage::metric) {
      buckets_.close_all();
      count_rows();
    }
    seen.flows = tracker_.counters().flows;
    seen.transactions = transactions_;
    seen.rows = rows_;
  }

 private:
  void pass_on() {
    if (last_ < Stage::signature) return;
    engine_.process(events_, now_, records_);
    aggregate();
  }
  void aggregate() {
    transactions_ += records_.transactions.size();
    if (last_ < Stage::metric) return;
    buckets_.add(records_);
    buckets_.advance(now_, now_);
    count_rows();
  }
  void count_rows() {
    for (const metric::Bucket& bucket : buckets_.take_closed()) rows_ += bucket.rows.size();
  }

  Stage last_;
  base::Micros now_ = base::kNone;
  flow::Tracker tracker_;
  flow::Events events_;
  signature::Engine engine_;
  signature::Records records_;
  metric::BucketSet buckets_;
  std::uint64_t transactions_ = 0;
  std::uint64_t rows_ = 0;
};

base::Result<Seen> run_line(Stage last, const std::string& capture,
                            std::shared_ptr<const signature::SignatureSet> signatures) {
  auto opened = capture::open_file({capture, {}});
  if (!opened) return opened.error();
  capture::Source& source = **opened;
  decode::Decoder decoder;
  decode::DuplicateFilter duplicates{decode::DuplicateOptions{}};
  std::array<decode::Packet, capture::kBatch> packets;
  Line line(last, std::move(signatures));
  Seen seen;
  std::span<const capture::Frame> frames;
  while (source.read(frames) == capture::State::frames) {
    seen.packets += frames.size();
    if (last < Stage::decode) continue;
    std::size_t count = 0;
    for (const capture::Frame& frame : frames) {
      if (decoder.decode(frame, packets[count]) != decode::Verdict::packet) continue;
      if (last < Stage::duplicates || !duplicates.repeated(frame, packets[count])) ++count;
    }
    line.take({packets.data(), count});
  }
  line.finish(seen);
  if (!source.error().message.empty()) return source.error();
  return seen;
}

}  // namespace

struct Setup::Impl {
  std::shared_ptr<const signature::SignatureSet> signatures;
};

Setup::Setup(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Setup::Setup(Setup&&) noexcept = default;
Setup::~Setup() = default;

base::Result<Setup> Setup::load(const std::string& signatures) {
  const auto specs = config::load_signature_directory(signatures);
  if (!specs) return specs.error();
  auto compiled = signature::SignatureSet::compile(*specs);
  if (!compiled) return compiled.error();
  auto impl = std::make_unique<Impl>();
  impl->signatures = std::move(*compiled);
  return Setup(std::move(impl));
}

std::span<const Stage> all_stages() {
  static constexpr Stage stages[] = {Stage::empty_loop, Stage::read,      Stage::decode, Stage::duplicates,
                                     Stage::flow,       Stage::signature, Stage::metric};
  return stages;
}

std::string_view name(Stage stage) {
  switch (stage) {
    case Stage::empty_loop:
      return "empty pcap_loop";
    case Stage::read:
      return "read";
    case Stage::decode:
      return "+ decode";
    case Stage::duplicates:
      return "+ duplicates";
    case Stage::flow:
      return "+ flow";
    case Stage::signature:
      return "+ signature";
    case Stage::metric:
      return "+ metric";
  }
  return {};
}

base::Result<Seen> run(Stage stage, const std::string& capture, const Setup& setup) {
  if (stage == Stage::empty_loop) return run_empty_loop(capture);
  return run_line(stage, capture, setup.impl().signatures);
}

}  // namespace pastmon::bench
