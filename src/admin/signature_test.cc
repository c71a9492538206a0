// SPDX-License-Identifier: MIT
#include "signature_test.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>
#include <vector>

#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/capture/source.h"
#include "pastmon/config/signature_file.h"
#include "pastmon/decode/decoder.h"
#include "pastmon/decode/duplicates.h"
#include "pastmon/decode/reassembler.h"
#include "pastmon/flow/tracker.h"
#include "pastmon/signature/engine.h"
#include "signature_report.h"

namespace pastmon::admin {
namespace {

namespace log = base::log;
using base::Result;
using Services = std::vector<config::ServiceSpec>;

/// Services that this one leads to.
std::vector<std::string> targets(const config::ServiceSpec& service) {
  std::vector<std::string> names;
  if (!service.part_of.empty()) names.push_back(service.part_of);
  for (const auto& expectation : service.expect) names.push_back(expectation.service);
  for (const config::SignatureSpec& s : service.signatures) {
    for (const config::ResponseRule& rule : s.upgrade) names.push_back(rule.target);
    if (!s.request_upgrade.empty()) names.push_back(s.request_upgrade);
  }
  return names;
}

/// The services of the file, and those of its directory that they lead to (TLS behind STARTTLS).
Result<Services> load(const std::string& file) {
  Result<Services> services = config::load_signature_file(file);
  if (!services) return services;
  Services others;
  const std::filesystem::path parent = std::filesystem::path(file).parent_path();
  if (auto all = config::load_signature_directory(parent.empty() ? "." : parent.string())) others = std::move(*all);
  for (std::size_t i = 0; i < services->size(); ++i) {
    for (const std::string& name : targets((*services)[i])) {
      const auto has = [&](const config::ServiceSpec& s) { return s.name == name; };
      if (std::any_of(services->begin(), services->end(), has)) continue;
      const auto other = std::find_if(others.begin(), others.end(), has);
      if (other != others.end()) services->push_back(*other);
    }
  }
  return services;
}

/// A capture through decode and flow to the engine.
class Run {
 public:
  Run(std::shared_ptr<const signature::SignatureSet> set, SeenSignatures& seen)
      : engine_(std::move(set), signature::Options{}), seen_(seen) {
    engine_.watch(&seen);
  }

  void take(std::span<const capture::Frame> frames) {
    std::vector<decode::Packet> packets;
    for (const capture::Frame& frame : frames) {
      now_ = std::max(now_, frame.time);
      decode::Packet packet;
      if (decoder_.decode(frame, packet) != decode::Verdict::packet || duplicates_.repeated(frame, packet)) continue;
      if (packet.transport != decode::Transport::fragment) {
        packets.push_back(packet);
        continue;
      }
      track(std::exchange(packets, {}));
      track(fragments_.take(packet));
    }
    track(packets);
  }

  void finish() {
    track(fragments_.finish());
    bool more = true;
    while (more) {
      more = tracker_.finish(events_);
      interpret();
    }
    engine_.finish(now_, records_);
    seen_.transactions(engine_, records_);
  }

 private:
  void track(std::span<const decode::Packet> packets) {
    if (packets.empty()) return;
    tracker_.process(packets, events_);
    interpret();
  }
  void interpret() {
    engine_.process(events_, now_, records_);
    seen_.transactions(engine_, records_);
  }

  decode::Decoder decoder_;
  decode::DuplicateFilter duplicates_{decode::DuplicateOptions{}};
  decode::Reassembler fragments_{decode::FragmentOptions{}, decoder_};
  flow::Tracker tracker_{flow::Options{}};
  flow::Events events_;
  signature::Engine engine_;
  signature::Records records_;
  SeenSignatures& seen_;
  base::Micros now_ = 0;
};

}  // namespace

int test_signatures(const config::AdminCommand& command) {
  const Result<Services> services = load(command.signature_file);
  if (!services) return log::error(services.message()), 2;
  auto set = signature::SignatureSet::compile(*services);
  if (!set) return log::error(set.message()), 2;
  auto opened = capture::open_file({command.capture, ""});
  if (!opened) return log::error(opened.message()), 1;

  SeenSignatures seen(command.first);
  Run run(*set, seen);
  ReportHead head{command.signature_file, command.capture, 0, (*set)->size()};
  capture::Source& source = **opened;
  std::span<const capture::Frame> frames;
  capture::State state = source.read(frames);
  for (; state == capture::State::frames; state = source.read(frames)) {
    head.packets += frames.size();
    run.take(frames);
  }
  run.finish();
  const std::string report = command.json ? json_report(head, seen) : text_report(head, seen);
  std::fwrite(report.data(), 1, report.size(), stdout);
  if (state == capture::State::failed) return log::error(source.error().message), 1;
  return 0;
}

}  // namespace pastmon::admin
