// SPDX-License-Identifier: MIT
// The engine's inside, in one class over several files, in the order in which bytes go through them:
//   engine.cc       events of flow → conversations; handshakes, ends
//   expected.cc     connections that another one has announced
//   holding.cc      the beginning of a flow until it is recognised, or is not
//   recognition.cc  which service a beginning belongs to
//   stream.cc       TCP payload → messages, by the service's framing
//   loss.cc         bytes that are missing, or are no message
//   dialogue.cc     messages that ask: which request, which row; datagrams
//   chunks.cc       requests whose parts are answered one by one
//   replies.cc      messages that answer: which request they answer, where the response ends
//   turns.cc        conversations that no signature recognises
//   outcome.cc      transactions that came to an end
//   expiry.cc       deadlines
//   attribution.cc  packets → rows
//   watching.cc     what people who write signatures are told
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiled.h"
#include "conversation.h"
#include "expected.h"
#include "open_requests.h"
#include "pastmon/signature/engine.h"
#include "slab.h"

namespace pastmon::signature {

std::uint64_t decimal(std::string_view digits) noexcept;

class Engine::Impl {
 public:
  Impl(std::shared_ptr<const SignatureSet> signatures, const Options& options);

  void process(const flow::Events& events, base::Micros now, Records& out);
  void finish_all(base::Micros now, Records& out);
  void load(std::shared_ptr<const SignatureSet> signatures);
  std::string_view name(NameId id) const noexcept { return id < names_.size() ? *names_[id] : std::string_view(); }
  Counters counters() const;
  std::vector<SignatureCount> signature_counts() const;
  void watch(Watch* watch) noexcept { watch_ = watch; }

 private:
  using Chunks = std::span<const flow::Chunk>;

  /// A set in use, with the engine's numbers for its names and time-outs.
  struct Tally {
    std::uint64_t matches = 0;
    std::uint64_t near = 0;
    bool loaded = false;
  };
  struct LoadedSet {
    std::shared_ptr<const SignatureSet> set;
    std::vector<Tally*> tallies;  ///< by number of the signature
    std::vector<NameId> names;
    std::vector<std::uint16_t> timers;
    std::size_t users = 0;
  };
  /// The packet whose payload is being looked at.
  struct Passing {
    const flow::PacketFacts* facts = nullptr;
    flow::Side side = 0;
    bool began = false;        ///< a message began in it
    Stream* awaits = nullptr;  ///< … whose name is not known yet
    bool named = false;
    NameId name = 0;
    flow::Side client = 0;
  };
  /// Bytes that are looked at as the beginning of a message.
  struct Window {
    Bytes bytes;         ///< what patterns see
    bool whole = false;  ///< the message is all there (it may be longer than what patterns see)
    bool bad = false;    ///< not this framing
    bool wants_more = false;
  };
  struct Recognised {
    enum class Answer : std::uint8_t { no, wait, yes } answer = Answer::no;
    const Candidate* candidate = nullptr;
    flow::Side client = 0;
  };
  using Weak = std::vector<std::pair<const Candidate*, std::uint64_t>>;  ///< with the id of its message

  // engine.cc
  void begin(Records& out);
  void handle(const flow::Event& event, const flow::Events& events);
  Conversation& conversation(flow::FlowId id);
  void open_conversation(Conversation& c, const flow::Event& event);
  void close_conversation(Conversation& c, flow::EndReason reason, base::Micros at);
  void packet(Conversation& c, const flow::Event& event, Chunks chunks);
  void note_round_trip(Conversation& c, const flow::Event& event);
  void note_retransmission(Conversation& c, const flow::Event& event);
  void handshake(Conversation& c, const flow::Event& event);
  void handshake_record(Conversation& c, const flow::Handshake& h, base::Micros at);
  void side_closed(Conversation& c, flow::Side side, base::Micros at);
  void reset(Conversation& c, base::Micros at);
  void unreachable(Conversation& c, const flow::Event& event);
  NameId intern(std::string_view text);
  const SignatureSet::Impl& set_of(const Conversation& c) const { return sets_[c.set].set->impl(); }
  NameId name_of(const Conversation& c, const Signature& s, std::uint32_t index) const {
    return sets_[c.set].names[set_of(c).name_map[s.first_name + index]];
  }

  void matched(const Conversation& c, const Signature& s) noexcept {
    ++counters_.matches;
    ++sets_[c.set].tallies[s.number]->matches;
  }
  void nearly(const Conversation& c, const Signature& s) noexcept {
    ++counters_.near;
    ++sets_[c.set].tallies[s.number]->near;
  }

  // expected.cc
  void announce(Conversation& c, flow::Side side, Bytes bytes);
  void recall(Conversation& c);

  // holding.cc
  void deliver(Conversation& c, const flow::PacketFacts* facts, flow::Side side, Chunks chunks, bool record);
  void fresh(Conversation& c, const flow::PacketFacts* facts, flow::Side side, Chunks chunks, bool record);
  void hold(Conversation& c, const flow::PacketFacts* facts, flow::Side side, Chunks chunks, bool record);
  void settle(Conversation& c);
  void settle_hold(Conversation& c);
  void replay(Conversation& c);
  void unlink_hold(std::uint32_t i);
  void enter(Conversation& c, const Recognised& r);
  void speak(Conversation& c, const Protocol& protocol);

  // recognition.cc
  bool match(const Pattern* pattern, Bytes bytes) noexcept;
  Window window_of(const Protocol& protocol, bool from_client, Bytes bytes, bool final) noexcept;
  bool possible(const Conversation& c, const Candidate& candidate, flow::Side side, bool opening) const noexcept;
  Recognised recognise(Conversation& c, flow::Side side, Bytes bytes, bool final, bool opening, bool keep_weak);
  Recognised recognise_pair(flow::Side side, Bytes answer, bool final);
  Recognised confirmed(const Candidate& candidate, std::uint64_t id, flow::Side side, Bytes answer, bool final,
                       bool on_port = false);
  bool says_who() const noexcept;
  Recognised by_port(Conversation& c, flow::Side first, Bytes theirs);
  Recognised decide(Conversation& c, flow::Side first, Bytes mine, Bytes theirs, bool final);
  bool proves(const Conversation& c, const Candidate& candidate, flow::Side side) noexcept;
  std::uint64_t match_id(const Pattern& pattern) const noexcept;
  std::uint64_t key_of(const Conversation& c, const Service& service, flow::Side client,
                       std::uint64_t id) const noexcept;
  bool fits_message(Conversation& c, flow::Side side, Bytes bytes);

  // stream.cc
  void feed(Conversation& c, flow::Side side, const flow::Chunk& chunk);
  std::uint32_t feed_stream(Conversation& c, flow::Side side, const flow::Chunk& chunk, std::uint32_t from);
  Step next_step(Conversation& c, flow::Side side, Stream& s, Bytes bytes);
  void begin_turn(Conversation& c, flow::Side side);
  void begin_message(Conversation& c, flow::Side side, Stream& s, std::uint64_t offset, const flow::Chunk& chunk);
  void account(Conversation& c, Stream& s, const std::uint8_t* data, std::size_t size, const flow::Chunk& chunk);
  void match_stream(Conversation& c, flow::Side side, Stream& s);
  void end_message(Conversation& c, flow::Side side, Stream& s);
  void refuse_literal(Conversation& c, std::uint32_t i);
  void read_headers(Stream& s, Bytes frame, bool whole);
  void release_streams(Conversation& c);

  // loss.cc
  void gap(Conversation& c, flow::Side side, const flow::Chunk& chunk, std::uint32_t size, bool cut);
  void lose(Conversation& c, flow::Side side, bool cut);
  bool stray(Conversation& c, flow::Side side);
  bool may_have_ended(Conversation& c, flow::Side side, const Stream& s);
  void drop_open(Conversation& c);

  // dialogue.cc
  void datagram(Conversation& c, flow::Side side, const flow::Chunk& chunk);
  void message(Conversation& c, flow::Side side, Bytes bytes, Message& m, std::uint8_t tag);
  bool client_message(Conversation& c, flow::Side side, Bytes bytes, Message& m, std::uint8_t tag);
  bool start(Conversation& c, flow::Side side, const Signature& s, Bytes bytes, Message& m, std::uint8_t tag);
  void observe_request(Conversation& c, flow::Side side, const Signature& s, Bytes bytes, const Message& m,
                       Stream* stream);
  void observe_collected(Conversation& c, flow::Side side, Stream& s);
  static bool mutes(Conversation& c, const Signature& s) noexcept;
  bool repeated(Conversation& c, flow::Side side, const Signature& s, NameId name, std::uint64_t key, const Message& m);
  std::uint32_t open_request(Conversation& c, flow::Side side, const Signature* s, NameId name, const Message& m);
  bool ends_others(Conversation& c, flow::Side side, Bytes bytes, const Message& m);
  std::uint64_t place_in(const Signature& s) const noexcept;
  void close_place(Conversation& c, flow::Side side, const Message& m);
  bool goes_on(Conversation& c, flow::Side side, Bytes bytes, Message& m);
  void bind(Message& m, std::uint32_t i, Role role);
  void add_bytes(OpenRequest& r, const Message& m, Role role);
  void request_ended(Conversation& c, std::uint32_t i);
  void end_turn_responses(Conversation& c, flow::Side client);

  // chunks.cc
  static void first_chunk(OpenRequest& r, const Message& m);
  bool next_chunk(Conversation& c, flow::Side side, std::uint32_t i, Bytes bytes, Message& m);
  bool answers_chunk(Conversation& c, flow::Side side, std::uint32_t i, Bytes bytes);

  // replies.cc
  void server_message(Conversation& c, flow::Side side, Bytes bytes, Message& m);
  std::uint32_t answered_next(std::uint32_t i, Bytes bytes);
  std::uint32_t answered_by(Conversation& c, flow::Side side, Bytes bytes, const Message& m);
  std::uint32_t oldest_unanswered(Conversation& c, flow::Side client);
  std::uint32_t matched_by(Conversation& c, flow::Side client, Bytes bytes);
  bool late(std::uint32_t i, const Message& m);
  void apply_rules(Conversation& c, OpenRequest& r, Bytes bytes);
  void response_ended(Conversation& c, std::uint32_t i, base::Micros at);
  void upgrade(Conversation& c, const NamedRule& rule);
  void carry(Conversation& c, std::uint32_t i, const NamedRule& rule);

  // turns.cc
  void become_other(Conversation& c);
  void turn(Conversation& c, flow::Side side, const flow::Chunk& chunk);
  void tcp_turn(Conversation& c, flow::Side side, const flow::Chunk& chunk);
  void datagram_turn(Conversation& c, flow::Side side, const flow::Chunk& chunk);
  bool held_again(Conversation& c, flow::Side side, const flow::Chunk& chunk);
  void end_turn(Conversation& c, flow::Side side, const flow::Chunk& chunk);
  bool recognised_now(Conversation& c, flow::Side side, const flow::Chunk& chunk);

  // watching.cc
  void tell_request(const Conversation& c, flow::Side side, const Signature& s, NameId row, base::Micros at);
  void tell_near(Near kind, const Conversation& c, flow::Side client, const Signature* s, Bytes bytes, Bytes answer);
  void tell_unrecognised(const Conversation& c, flow::Side first, Bytes mine, Bytes theirs);

  // outcome.cc
  void finish(std::uint32_t i, Outcome outcome, base::Micros at, bool complete = true);
  void report(const OpenRequest& r, Outcome outcome, base::Micros at, bool complete);
  void remove(std::uint32_t i);
  void unlink(Conversation& c, std::uint32_t i);
  void keep(std::uint32_t i, base::Micros at, OpenRequest::State state);
  void served(const OpenRequest& r);
  void end_all(Conversation& c, flow::EndReason reason, base::Micros at);
  void abort_all(Conversation& c, flow::Side client, base::Micros at);

  // expiry.cc
  void expire(base::Micros now);
  void due(std::uint32_t i);

  // attribution.cc
  void emit(const Conversation& c, NameId name, flow::Side client, const flow::PacketFacts* facts, flow::Side side);
  flow::PacketFacts* keep_facts(const flow::PacketFacts& facts);
  Endpoints& loose_endpoints();
  NameId current_name(Conversation& c, flow::Side& client);
  void name_message(Conversation& c, Stream* s, NameId name, flow::Side client);
  void flush_waiting(Conversation& c, Stream& s, NameId name, flow::Side client);
  void unreachable_packet(Conversation& c, const flow::Event& event);

  Options options_;
  std::vector<LoadedSet> sets_;
  std::map<std::pair<std::string, std::string>, Tally> tallies_;  ///< by place and name; grows with reloads only
  std::uint16_t newest_ = 0;
  std::unordered_map<std::string, NameId> name_ids_;
  std::vector<const std::string*> names_;
  std::vector<std::unique_ptr<Conversation[]>> conversations_;
  std::size_t header_readers_ = 0;
  Slab<Streams> streams_;
  Slab<Hold> holds_;
  OpenRequests open_;
  Expected expected_;
  std::uint32_t first_hold_ = kNoIndex, last_hold_ = kNoIndex;  // in the order of `since`
  std::vector<std::uint32_t> spent_holds_;                      // given back with the next call
  std::vector<std::unique_ptr<flow::PacketFacts[]>> kept_facts_;
  std::size_t kept_facts_used_ = 0;
  std::vector<std::unique_ptr<Endpoints>> loose_;  // endpoints of no conversation, for this call's records
  std::size_t loose_used_ = 0;
  std::deque<std::string> observed_;  // bytes of this call's observations that lie nowhere else
  std::size_t kept_ = 0;
  base::Micros next_due_ = 0;
  base::Micros clock_ = 0;
  base::MatchState match_;
  Weak weak_;  // candidates that matched the beginning at hand, with the id, but prove nothing alone
  Passing* passing_ = nullptr;
  Watch* watch_ = nullptr;              // null: nobody watches
  const NamedRule* upgrade_ = nullptr;  // asked for by the response that is passing
  Records* out_ = nullptr;
  Counters counters_;
  NameId tcp_synack_ = 0, tcp_other_ = 0, udp_other_ = 0, icmp_other_ = 0, ip_other_ = 0, icmp_unreachable_ = 0;
};

}  // namespace pastmon::signature
