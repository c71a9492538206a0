// SPDX-License-Identifier: MIT
// A stage for tests of the engine: flows whose events are written by hand, and everything that the engine said of them
// in plain values. Times are in microseconds.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pastmon/signature/engine.h"

namespace pastmon::signature::test {

/// The signatures that ship with the program. Ends the test program when they do not compile.
std::shared_ptr<const SignatureSet> shipped();
/// The signatures of a file with this text. Ends the test program when they are not right.
std::shared_ptr<const SignatureSet> written(const std::string& text);
/// Why a file signatures.conf with this text is refused; "accepted" when it is not.
std::string refused(const std::string& text);
/// Compiles services that must be right.
std::shared_ptr<const SignatureSet> compiled(const std::vector<config::ServiceSpec>& services);

struct Said : Transaction {
  std::string row;
  Endpoints who;
  base::Micros response_time() const { return std::max<base::Micros>(0, response_begin - request_end); }
};
struct SaidPacket {
  std::string row;
  base::Micros time = 0;
  bool from_client = false;
  Endpoints who;
};

class Scene {
 public:
  explicit Scene(std::shared_ptr<const SignatureSet> set = shipped(), const Options& options = {})
      : engine(std::move(set), options) {}

  /// Hands events to the engine and keeps what it says. `now`: of the newest event.
  void run(const flow::Events& events, base::Micros now);
  void finish(base::Micros now);
  /// Nothing happens until `now`.
  void wait(base::Micros now) { run({}, now); }

  /// Transactions of a row, in the order in which they were reported.
  std::vector<Said> of(std::string_view row) const;
  const Said& only(std::string_view row) const;  ///< fails the test unless there is exactly one
  std::string rows() const;                      ///< "HTTP GET answered, …": all transactions but TCP SYNACK
  std::string packet_rows() const;               ///< rows of the packets, runs joined: "TCP SYNACK 3, HTTP GET 2"

  Engine engine;
  std::vector<Said> transactions;
  std::vector<SaidPacket> packets;
  std::vector<HandshakeRecord> handshakes;
  std::vector<std::string> late;
  std::vector<std::pair<std::string, std::string>> observations;
  std::size_t sent = 0;  ///< packet events so far

 private:
  void take(const Records& records);
};

/// One flow of a scene. Side 0 sends first; it is the client unless said otherwise.
class Flow {
 public:
  Flow(Scene& scene, flow::FlowId id, decode::Transport transport, std::uint16_t server_port,
       flow::ClientBy by = flow::ClientBy::syn);

  Flow& handshake(base::Micros syn, base::Micros syn_ack, base::Micros ack, bool repeated = false);
  Flow& client(base::Micros at, std::string_view bytes, base::Micros delay = 0) { return send(0, at, bytes, delay); }
  Flow& server(base::Micros at, std::string_view bytes, base::Micros delay = 0) { return send(1, at, bytes, delay); }
  Flow& send(flow::Side side, base::Micros at, std::string_view bytes, base::Micros delay = 0);
  /// Payload of which only `captured` bytes were kept.
  Flow& cut(flow::Side side, base::Micros at, std::string_view bytes, std::size_t captured);
  Flow& ack(flow::Side side, base::Micros at, base::Micros rtt = base::kNone);
  Flow& lost(flow::Side side, base::Micros at, std::uint32_t size);  ///< bytes that were never seen
  /// A packet that sends bytes [from, to) of its side again.
  Flow& again(flow::Side side, base::Micros at, std::uint64_t from, std::uint64_t to, base::Micros delay);
  Flow& fin(flow::Side side, base::Micros at);
  Flow& rst(flow::Side side, base::Micros at);
  Flow& unreachable(flow::Side sender, base::Micros at, std::string_view quoted = {});
  Flow& event(flow::EventKind kind, flow::Side side, base::Micros at, flow::Handshake h = {});
  Flow& end(base::Micros at, flow::EndReason reason = flow::EndReason::closed);

  flow::FlowKey key;

 private:
  flow::Event make(flow::EventKind kind, flow::Side side, base::Micros at) const;
  void run(const flow::Event& event, std::vector<flow::Chunk> chunks = {});

  Scene& scene_;
  flow::FlowId id_;
  flow::ClientBy by_;
  std::uint64_t offset_[2] = {0, 0};
};

/// A scene with one TCP connection whose handshake took 10 ms (server side 6 ms, client side 4 ms) up to time 0.
struct Connection : Scene, Flow {
  explicit Connection(std::uint16_t port, std::shared_ptr<const SignatureSet> set = shipped(), const Options& o = {})
      : Scene(std::move(set), o), Flow(static_cast<Scene&>(*this), 1, decode::Transport::tcp, port) {
    handshake(-10'000, -4'000, 0);
  }
  using Scene::wait;
};
/// A scene with one connection that was there before the capture began.
struct MidStream : Scene, Flow {
  explicit MidStream(std::uint16_t port, std::shared_ptr<const SignatureSet> set = shipped())
      : Scene(std::move(set)),
        Flow(static_cast<Scene&>(*this), 1, decode::Transport::tcp, port, flow::ClientBy::port) {}
};
struct Datagrams : Scene, Flow {
  explicit Datagrams(std::uint16_t port, std::shared_ptr<const SignatureSet> set = shipped(),
                     decode::Transport transport = decode::Transport::udp)
      : Scene(std::move(set)), Flow(static_cast<Scene&>(*this), 1, transport, port, flow::ClientBy::first) {}
};

}  // namespace pastmon::signature::test
