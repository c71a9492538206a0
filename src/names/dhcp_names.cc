// SPDX-License-Identifier: MIT
//   0    1       2        3      4     8      10      12       16       20       24       28       44   108   236
//  +----+-------+--------+------+-----+------+-------+--------+--------+--------+--------+--------+-----+----+--------
//  | op | htype | length | hops | xid | secs | flags | ciaddr | yiaddr | siaddr | giaddr | chaddr | …   | …  | cookie
//  +----+-------+--------+------+-----+------+-------+--------+--------+--------+--------+--------+-----+----+--------
//  options behind the cookie (63825363): | code | length | data …;  0: filling, 255: the end
#include "pastmon/names/dhcp_names.h"

#include <algorithm>

#include "pastmon/base/cursor.h"
#include "pastmon/names/host_name.h"
#include "span_text.h"

namespace pastmon::names {
namespace {

using Span = std::span<const std::uint8_t>;

constexpr std::uint8_t kHostName = 12, kMessageType = 53, kFullName = 81, kEnd = 255;
constexpr std::size_t kMaxOptions = 128;

/// Some clients count a zero byte at the end to the name.
std::string name_in(Span data) {
  while (!data.empty() && data.back() == 0) data = data.first(data.size() - 1);
  return dns_host_name(text_of(data)).value_or(std::string());
}

/// Flags, two bytes without meaning, and the name: as text, or as labels of DNS (flag E).
std::string full_name(Span data) {
  constexpr std::uint8_t encoded = 0x04;
  base::Cursor c(data);
  const std::uint8_t flags = c.u8();
  c.skip(2);
  if (!c.ok()) return {};
  if ((flags & encoded) == 0) return name_in(c.bytes(c.left()));
  std::string name;
  while (c.has(1)) {
    const Span label = c.bytes(c.u8());
    if (!c.ok() || label.empty()) break;
    if (!name.empty()) name.push_back('.');
    name.append(text_of(label));
  }
  return dns_host_name(name).value_or(std::string());
}

base::Address given(Span yours, Span own) {
  const auto zero = [](Span a) { return std::all_of(a.begin(), a.end(), [](std::uint8_t b) { return b == 0; }); };
  if (!zero(yours)) return base::Address::v4(yours.data());
  return zero(own) ? base::Address() : base::Address::v4(own.data());
}

}  // namespace

std::optional<DhcpMessage> read_dhcp(Span message) {
  constexpr std::uint32_t cookie = 0x63825363;
  base::Cursor c(message);
  const std::uint8_t op = c.u8();
  c.skip(3);
  DhcpMessage m;
  m.transaction = c.be32();
  c.skip(4);
  const Span own = c.bytes(4);
  const Span yours = c.bytes(4);
  c.skip(8);
  const Span who = c.bytes(m.who.size());
  c.skip(192);
  if (c.be32() != cookie || !c.ok() || op < 1 || op > 2) return std::nullopt;
  std::copy(who.begin(), who.end(), m.who.begin());
  m.address = given(yours, own);
  std::string short_name;
  for (std::size_t i = 0; i < kMaxOptions && c.has(1); ++i) {
    const std::uint8_t code = c.u8();
    if (code == kEnd) break;
    if (code == 0) continue;
    const Span data = c.bytes(c.u8());
    if (!c.ok()) break;
    if (code == kMessageType && data.size() == 1) m.type = data[0];
    if (code == kHostName) short_name = name_in(data);
    if (code == kFullName) m.name = full_name(data);
  }
  if (m.name.empty()) m.name = std::move(short_name);
  if (m.type == 0) return std::nullopt;
  return m;
}

std::optional<DhcpNames::Named> DhcpNames::take(Span message) {
  constexpr std::uint8_t request = 3, ack = 5;
  auto m = read_dhcp(message);
  if (!m) return std::nullopt;
  const Key key{m->transaction, m->who};
  if (m->type == request && !m->name.empty()) {
    if (asked_.insert_or_assign(key, std::move(m->name)).second) order_.push_back(key);
    if (order_.size() > kMaxAsked) {
      asked_.erase(order_.front());
      order_.pop_front();
    }
    return std::nullopt;
  }
  if (m->type != ack || m->address == base::Address()) return std::nullopt;
  const auto asked = asked_.find(key);
  if (m->name.empty() && asked != asked_.end()) m->name = asked->second;
  if (m->name.empty()) return std::nullopt;
  return Named{m->address, std::move(m->name)};
}

}  // namespace pastmon::names
