// SPDX-License-Identifier: MIT
// Signatures ready for use: patterns compiled once each, names laid out, tables that lead from the first byte of a
// message to the few patterns worth trying. Immutable; shared by threads.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "framing.h"
#include "name_template.h"
#include "pastmon/base/regex.h"
#include "pastmon/signature/engine.h"

namespace pastmon::signature {

/// Bytes that a framing may hide from patterns, at most.
inline constexpr std::size_t kMaxHidden = 64;

struct Pattern {
  base::Regex regex;
  std::bitset<256> first;  ///< bytes that a match may begin with
  std::size_t window = 0;  ///< bytes of a message that it sees: the largest of the services that have it
  struct Id {
    enum class Kind : std::uint8_t {
      bytes,       ///< `id`
      even,        ///< `id_even`: the lowest bit of its bytes does not count
      seven_bits,  ///< `id7`: the highest bit of its bytes does not count
      text,        ///< `id_text`: whether letters are capital does not count
      behind,      ///< `id_behind`: a number; the id is the two bytes so many bytes behind it
    };
    std::uint32_t group = 0;
    Kind kind = Kind::bytes;
  };
  std::vector<Id> ids;       ///< of the groups with these names
  std::uint32_t status = 0;  ///< number of the group; 0: none
  std::uint32_t skip = 0;
  std::uint32_t detail = 0;
  std::uint32_t port = 0;
  std::uint32_t address = 0;
};

struct Service;

struct NamedRule {
  const Pattern* response = nullptr;
  const Service* service = nullptr;  ///< upgrade: null for "*"
  std::string as;                    ///< upgrade: how the request begins there that stays open; empty: none does
  std::uint32_t name = 0;            ///< rename: number of the name in the set
};

/// Messages that announce a connection to their sender's host (`expect`).
struct Announcement {
  const Pattern* pattern = nullptr;
  const Service* service = nullptr;  ///< what the connection speaks
  bool request = false;              ///< the client's messages; else the server's
};

/// One kind of transaction. Null patterns: absent.
struct Signature {
  const Service* service = nullptr;
  std::string where;       ///< "http.conf:12"
  std::string text;        ///< the name as it stands there: "HTTP {method}"
  std::size_t number = 0;  ///< within the set
  NameTemplate name;
  std::uint32_t first_name = 0;  ///< place in name_map of the template's name 0
  const Pattern* request = nullptr;
  const Pattern* request_end = nullptr;
  const Pattern* request_part = nullptr;
  const Pattern* request_more = nullptr;
  const Pattern* response = nullptr;
  const Pattern* response_only = nullptr;
  const Pattern* response_end = nullptr;
  const Pattern* response_next = nullptr;
  const Pattern* response_pauses = nullptr;
  const Pattern* response_skips = nullptr;
  const Pattern* interim = nullptr;
  const Pattern* error = nullptr;
  const Pattern* after_response = nullptr;
  std::int64_t after = -1;  ///< number of the name in the set; -1: none
  std::string observe;
  std::string observe_request;
  std::vector<NamedRule> upgrade;
  std::vector<NamedRule> request_upgrade;  ///< none or one
  std::vector<NamedRule> rename;
  std::uint32_t response_bytes = 0;
  std::uint16_t timer = 0;  ///< index into the set's timeouts
  bool request_until_turn = false;
  bool response_until_turn = false;
  bool greeting = false;
  bool no_reply = false;
  config::Mutes mutes = config::Mutes::nothing;
  bool wait = false;
  bool early_waits = false;
  bool estimated = false;
  bool alone = false;
  bool chunks = false;
  bool silent = false;
  config::Recognise recognise = config::Recognise::request;
};

/// Signature numbers by the first byte of a message.
class ByteTable {
 public:
  void add(const std::bitset<256>& bytes, std::uint16_t value);
  std::span<const std::uint16_t> operator[](std::uint8_t byte) const noexcept { return lists_[byte]; }

 private:
  std::array<std::vector<std::uint16_t>, 256> lists_;
};

struct Service {
  std::string name;
  std::string family;      ///< `part_of`, or the own name: services of one family may give the same row names
  std::size_t window = 0;  ///< bytes of a message that patterns see
  config::Pairing pairing = config::Pairing::order;
  config::Scope scope = config::Scope::flow;
  bool in_order = false;
  bool repeats = false;
  bool both_ways = false;
  bool hears_both = false;  ///< on a listed port, too, what the other side says may contradict (`both`)
  const Pattern* untagged = nullptr;
  const Pattern* ignore = nullptr;
  const Pattern* ignore_request = nullptr;
  const Pattern* abort = nullptr;
  const Pattern* abort_above = nullptr;
  const Pattern* closes = nullptr;
  std::vector<Announcement> announcements;
  std::deque<Signature> signatures;
  /// A lost message shifts the pairs behind it: what is open is given up.
  bool sequential() const noexcept { return in_order || pairing == config::Pairing::order; }
  std::uint32_t own_name = 0;                 ///< number of the name of its packets before any message has a name
  ByteTable requests;                         ///< → signatures, `after` ones excluded
  std::vector<const Pattern*> id_responses;   ///< pairing id: the different response patterns with an id
  std::vector<const Pattern*> request_parts;  ///< the different ones
  const Signature* greeting = nullptr;
  bool follows = false;           ///< a signature has `after`
  bool observes_request = false;  ///< a signature has `observe_request`
};

/// A service over one carrier.
struct Protocol {
  const Service* service = nullptr;
  config::CarrierSpec spec;
  const Pattern* first_when = nullptr;
  const Pattern* other_when = nullptr;
  std::uint16_t number = 0;
  bool listed(std::uint16_t port) const noexcept;
};

/// A pattern worth trying on an unknown conversation.
struct Candidate {
  const Protocol* protocol = nullptr;
  const Signature* signature = nullptr;
  bool response = false;
};

struct SignatureSet::Impl {
  std::deque<Pattern> patterns;
  std::deque<Service> services;
  std::deque<Protocol> protocols;
  std::vector<std::string> names;                ///< every row name once
  std::vector<std::uint32_t> name_map;           ///< Signature::first_name + index of its template → names
  std::vector<base::Micros> timeouts;            ///< different ones
  std::set<std::string, std::less<>> estimated;  ///< row names of signatures that guess by turns
  std::vector<Candidate> candidates[config::kCarriers];
  ByteTable first[config::kCarriers];  ///< → candidates
  std::size_t signatures = 0;
  bool jit = true;
};

}  // namespace pastmon::signature
