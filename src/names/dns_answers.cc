// SPDX-License-Identifier: MIT
//   0       2       4         6         8         10        12
//  +-------+-------+---------+---------+---------+---------+-----------------------
//  | id    | flags | question| answer  | authority, additional | questions, records …
//  +-------+-------+---------+---------+---------+---------+-----------------------
//  question: name, type (2), class (2)
//  record:   name, type (2), class (2), ttl (4), length (2), data
#include "pastmon/names/dns_answers.h"

#include <algorithm>

#include "dns_name.h"
#include "pastmon/base/cursor.h"

namespace pastmon::names {
namespace {

constexpr std::uint16_t kA = 1, kCname = 5, kAaaa = 28, kInternet = 1;

struct Alias {
  std::string owner;
  std::string target;
};
struct Found {
  std::string owner;
  base::Address address;
  std::uint32_t ttl;
};

struct Answers {
  std::vector<Alias> aliases;
  std::vector<Found> addresses;
};

/// One record of the answer section; false when it breaks off.
bool read_record(std::span<const std::uint8_t> message, std::size_t& at, Answers& out) {
  auto owner = read_dns_name(message, at);
  if (!owner) return false;
  base::Cursor c(message.subspan(at));
  const std::uint16_t type = c.be16();
  const std::uint16_t klass = c.be16() & 0x7fffU;  // the highest bit is multicast DNS's "flush the cache"
  const std::uint32_t ttl = c.be32();
  const std::uint16_t size = c.be16();
  const auto data = c.bytes(size);
  if (!c.ok()) return false;
  const std::size_t data_at = message.size() - c.left() - size;
  at = data_at + size;
  if (klass != kInternet) return true;
  if (type == kA && size == 4) {
    out.addresses.push_back({std::move(*owner), base::Address::v4(data.data()), ttl});
  } else if (type == kAaaa && size == 16) {
    out.addresses.push_back({std::move(*owner), base::Address::v6(data.data()), ttl});
  } else if (type == kCname) {
    std::size_t target_at = data_at;
    auto target = read_dns_name(message.first(at), target_at);
    if (!target) return false;
    out.aliases.push_back({std::move(*owner), std::move(*target)});
  }
  return true;
}

/// The question's name and every alias that it leads to, in whatever order the records stand.
std::vector<std::string> chain(const std::string& question, const std::vector<Alias>& aliases) {
  std::vector<std::string> names = {question};
  while (names.size() <= aliases.size()) {
    const auto next =
        std::find_if(aliases.begin(), aliases.end(), [&](const Alias& a) { return a.owner == names.back(); });
    if (next == aliases.end()) break;
    names.push_back(next->target);
  }
  return names;
}

/// Skips the questions and gives the name of the first; false when they break off.
bool read_questions(std::span<const std::uint8_t> message, std::size_t& at, unsigned count, std::string& name) {
  for (unsigned i = 0; i < count; ++i) {
    auto question = read_dns_name(message, at);
    constexpr std::size_t type_and_class = 4;
    if (!question || message.size() - at < type_and_class) return false;
    at += type_and_class;
    if (i == 0) name = std::move(*question);
  }
  return true;
}

}  // namespace

bool read_dns_answers(std::span<const std::uint8_t> message, std::vector<AnsweredAddress>& out) {
  constexpr std::size_t header = 12;
  base::Cursor c(message);
  c.skip(2);
  const std::uint16_t flags = c.be16();
  const unsigned questions = c.be16();
  const unsigned answers = c.be16();
  c.skip(4);
  constexpr unsigned response = 0x8000, opcode_and_code = 0x780f;
  if (!c.ok() || (flags & response) == 0 || (flags & opcode_and_code) != 0 || questions > 1) return false;

  std::size_t at = header;
  std::string question;
  if (!read_questions(message, at, questions, question)) return false;
  Answers found;
  bool whole = true;
  for (unsigned i = 0; i < answers && i < kMaxAnswers && whole; ++i) whole = read_record(message, at, found);

  const std::vector<std::string> names = chain(question, found.aliases);
  for (Found& f : found.addresses) {
    if (questions == 0) {
      out.push_back({f.address, std::move(f.owner), f.ttl});
    } else if (std::find(names.begin(), names.end(), f.owner) != names.end()) {
      out.push_back({f.address, question, f.ttl});
    }
  }
  return whole;
}

}  // namespace pastmon::names
