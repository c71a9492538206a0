// SPDX-License-Identifier: MIT
#include "scene.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "pastmon/base/text.h"
#include "pastmon/config/signature_file.h"

namespace pastmon::signature::test {
namespace {

constexpr std::uint32_t kHeaders = 54;

std::string_view word(Outcome o) {
  switch (o) {
    case Outcome::answered:
      return "answered";
    case Outcome::unanswered:
      return "unanswered";
    case Outcome::refused:
      return "refused";
    case Outcome::aborted:
      return "aborted";
  }
  return "?";
}

}  // namespace

std::shared_ptr<const SignatureSet> compiled(const std::vector<config::ServiceSpec>& services) {
  auto set = SignatureSet::compile(services);
  if (!set) {
    ADD_FAILURE() << set.message();
    std::abort();
  }
  return *set;
}

namespace {

/// The services of a file with this text, whose directory is left out of messages.
base::Result<std::vector<config::ServiceSpec>> loaded(const std::string& text) {
  std::string pattern = (std::filesystem::temp_directory_path() / "pastmon-language-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return base::Error{"no temporary directory"};
  const std::filesystem::path file = std::filesystem::path(pattern) / "signatures.conf";
  std::ofstream(file) << text;
  auto services = config::load_signature_file(file.string());
  std::filesystem::remove_all(pattern);
  if (!services) return services;
  for (config::ServiceSpec& service : *services) {
    service.where.erase(0, pattern.size() + 1);
    for (config::SignatureSpec& s : service.signatures) s.where.erase(0, pattern.size() + 1);
  }
  return services;
}

}  // namespace

std::shared_ptr<const SignatureSet> written(const std::string& text) {
  auto services = loaded(text);
  if (!services) {
    ADD_FAILURE() << services.message();
    std::abort();
  }
  return compiled(*services);
}

std::string refused(const std::string& text) {
  const auto services = loaded(text);
  if (!services) return services.message();
  const auto set = SignatureSet::compile(*services);
  return set ? "accepted" : set.message();
}

std::shared_ptr<const SignatureSet> shipped() {
  static const std::shared_ptr<const SignatureSet> set = [] {
    auto services = config::load_signature_directory(PASTMON_SOURCE_DIR "/etc/signatures.d");
    if (!services) {
      ADD_FAILURE() << services.message();
      std::abort();
    }
    return compiled(*services);
  }();
  return set;
}

void Scene::take(const Records& records) {
  for (const Transaction& t : records.transactions) {
    Said said;
    static_cast<Transaction&>(said) = t;
    said.row = engine.name(t.name);
    said.who = *t.endpoints;
    transactions.push_back(said);
  }
  for (const PacketRecord& p : records.packets) {
    packets.push_back({std::string(engine.name(p.name)), p.facts->time, p.from_client, *p.endpoints});
  }
  handshakes.insert(handshakes.end(), records.handshakes.begin(), records.handshakes.end());
  for (const LateRecord& l : records.late) late.emplace_back(engine.name(l.name));
  for (const Observation& o : records.observations) observations.emplace_back(o.kind, o.bytes);
}

void Scene::run(const flow::Events& events, base::Micros now) {
  for (const flow::Event& e : events.events) sent += e.kind == flow::EventKind::packet;
  Records records;
  engine.process(events, now, records);
  take(records);
}

void Scene::finish(base::Micros now) {
  Records records;
  engine.finish(now, records);
  take(records);
}

std::vector<Said> Scene::of(std::string_view row) const {
  std::vector<Said> found;
  for (const Said& t : transactions) {
    if (t.row == row) found.push_back(t);
  }
  return found;
}

const Said& Scene::only(std::string_view row) const {
  static const Said none;
  const Said* found = nullptr;
  for (const Said& t : transactions) {
    if (t.row != row) continue;
    EXPECT_EQ(found, nullptr) << "more than one " << row;
    found = &t;
  }
  EXPECT_NE(found, nullptr) << "no " << row << " among: " << rows();
  return found != nullptr ? *found : none;
}

std::string Scene::rows() const {
  std::string text;
  for (const Said& t : transactions) {
    if (t.row == "TCP SYNACK") continue;
    if (!text.empty()) text += ", ";
    text += base::cat(t.row, " ", word(t.outcome), t.error ? " error" : "", t.early ? " early" : "",
                      t.waiting ? " waiting" : "");
  }
  return text;
}

std::string Scene::packet_rows() const {
  std::string text;
  for (std::size_t i = 0, j = 0; i < packets.size(); i = j) {
    while (j < packets.size() && packets[j].row == packets[i].row) ++j;
    text += base::cat(text.empty() ? "" : ", ", packets[i].row, " ", j - i);
  }
  return text;
}

Flow::Flow(Scene& scene, flow::FlowId id, decode::Transport transport, std::uint16_t server_port, flow::ClientBy by)
    : scene_(scene), id_(id), by_(by) {
  key.address[0] = *base::Address::parse("192.0.2.1");
  key.address[1] = *base::Address::parse("192.0.2.2");
  key.transport = transport;
  const bool ports = transport == decode::Transport::tcp || transport == decode::Transport::udp;
  key.port[0] = ports ? static_cast<std::uint16_t>(40'000 + id) : 0;
  key.port[1] = ports ? server_port : 0;
}

flow::Event Flow::make(flow::EventKind kind, flow::Side side, base::Micros at) const {
  flow::Event e;
  e.kind = kind;
  e.side = side;
  e.client = 0;
  e.client_by = by_;
  e.flow = id_;
  e.key = &key;
  e.time = at;
  e.facts.time = at;
  e.facts.wire_bytes = kHeaders;
  return e;
}

void Flow::run(const flow::Event& event, std::vector<flow::Chunk> chunks) {
  flow::Events events;
  events.events.push_back(event);
  events.events.back().chunk_count = static_cast<std::uint32_t>(chunks.size());
  events.chunks = std::move(chunks);
  scene_.run(events, event.time);
}

Flow& Flow::handshake(base::Micros syn, base::Micros syn_ack, base::Micros ack, bool repeated) {
  const base::Micros times[] = {syn, syn_ack, ack};
  for (int i = 0; i < 3; ++i) {
    flow::Event packet = make(flow::EventKind::packet, i == 1 ? 1 : 0, times[i]);
    packet.facts.handshake = true;
    run(packet);
    if (i > 0) {
      event(i == 1 ? flow::EventKind::syn_ack : flow::EventKind::established, packet.side, times[i],
            {syn, syn_ack, i == 1 ? base::kNone : ack, repeated});
    }
  }
  return *this;
}

Flow& Flow::send(flow::Side side, base::Micros at, std::string_view bytes, base::Micros delay) {
  flow::Event e = make(flow::EventKind::packet, side, at);
  const auto size = static_cast<std::uint32_t>(bytes.size());
  e.facts.segment_size = e.facts.new_payload = size;
  e.facts.wire_bytes += size;
  flow::Chunk chunk{offset_[side], reinterpret_cast<const std::uint8_t*>(bytes.data()), size, size, at, delay, false};
  offset_[side] += size;
  run(e, {chunk});
  return *this;
}

Flow& Flow::cut(flow::Side side, base::Micros at, std::string_view bytes, std::size_t captured) {
  flow::Event e = make(flow::EventKind::packet, side, at);
  const auto size = static_cast<std::uint32_t>(bytes.size());
  e.facts.segment_size = e.facts.new_payload = size;
  const std::string kept(bytes.substr(0, captured));  // nothing behind the captured bytes may be read
  flow::Chunk chunk{offset_[side],
                    reinterpret_cast<const std::uint8_t*>(kept.data()),
                    size,
                    static_cast<std::uint32_t>(captured),
                    at,
                    0,
                    false};
  offset_[side] += size;
  run(e, {chunk});
  return *this;
}

Flow& Flow::ack(flow::Side side, base::Micros at, base::Micros rtt) {
  flow::Event e = make(flow::EventKind::packet, side, at);
  e.facts.ack_rtt = rtt;
  e.facts.pure_ack = true;
  run(e);
  return *this;
}

Flow& Flow::lost(flow::Side side, base::Micros at, std::uint32_t size) {
  const flow::Chunk chunk{offset_[side], nullptr, size, 0, at, 0, true};
  offset_[side] += size;
  run(make(flow::EventKind::data, side, at), {chunk});
  return *this;
}

Flow& Flow::again(flow::Side side, base::Micros at, std::uint64_t from, std::uint64_t to, base::Micros delay) {
  flow::Event e = make(flow::EventKind::packet, side, at);
  e.facts.retransmission = true;
  e.facts.segment_size = static_cast<std::uint32_t>(to - from);
  e.facts.retransmission_delay = delay;
  e.facts.retransmitted_from = from;
  e.facts.retransmitted_to = to;
  run(e);
  return *this;
}

Flow& Flow::fin(flow::Side side, base::Micros at) {
  run(make(flow::EventKind::packet, side, at));
  return event(flow::EventKind::side_closed, side, at);
}

Flow& Flow::rst(flow::Side side, base::Micros at) {
  flow::Event e = make(flow::EventKind::packet, side, at);
  e.facts.tcp_reset = true;
  run(e);
  return event(flow::EventKind::reset, side, at);
}

Flow& Flow::unreachable(flow::Side sender, base::Micros at, std::string_view quoted) {
  decode::Packet packet;
  packet.transport = decode::Transport::icmp;
  packet.icmp.type = 3;
  packet.icmp.code = 3;
  packet.icmp.has_quote = true;
  packet.icmp.quoted_payload = reinterpret_cast<const std::uint8_t*>(quoted.data());
  packet.icmp.quoted_payload_size = static_cast<std::uint16_t>(quoted.size());
  for (const auto kind : {flow::EventKind::packet, flow::EventKind::unreachable}) {
    flow::Event e = make(kind, sender, at);
    e.packet = &packet;
    run(e);
  }
  return *this;
}

Flow& Flow::event(flow::EventKind kind, flow::Side side, base::Micros at, flow::Handshake h) {
  flow::Event e = make(kind, side, at);
  e.handshake = h;
  run(e);
  return *this;
}

Flow& Flow::end(base::Micros at, flow::EndReason reason) {
  flow::Event e = make(flow::EventKind::end, 0, at);
  e.end_reason = reason;
  run(e);
  return *this;
}

}  // namespace pastmon::signature::test
