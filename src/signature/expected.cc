// SPDX-License-Identifier: MIT
// Connections that another one has announced (FTP: where the file is to be had). The sender of the announcement is the
// listener, for the one it was told. The address that stands in the message may be the sender's before or behind a
// translation of addresses, or a third host's (a server that is to send to another server): that listens as well.
#include <optional>

#include "expected.h"

#include "engine_impl.h"

namespace pastmon::signature {
namespace {

constexpr std::uint32_t kLargestPort = 65'535;

std::uint64_t listener_key(const Expected::Listener& listener) noexcept {
  const std::uint64_t place = (std::uint64_t{listener.port} << 8U) + static_cast<std::uint64_t>(listener.carrier);
  const std::uint64_t h = (listener.address.hash() ^ (place + 1)) * 0x94d049bb133111ebULL;
  return (h ^ h >> 31) + listener.peer.hash() * 3;
}

/// "5001" or, as FTP writes it, the two bytes "19,137"; 0 when it is no port.
std::uint16_t port_number(std::string_view text) noexcept {
  std::uint32_t high = 0;
  std::uint32_t value = 0;
  bool bytes = false;
  for (const char c : text) {
    if (c == ',' && !bytes && value <= 0xff) {
      bytes = true;
      high = value << 8U;
      value = 0;
    } else if (c >= '0' && c <= '9' && value <= kLargestPort) {
      value = value * 10 + static_cast<std::uint32_t>(c - '0');
    } else {
      return 0;
    }
  }
  if (value > (bytes ? 0xffU : kLargestPort)) return 0;
  return static_cast<std::uint16_t>(high + value);
}

/// "192.0.2.1", "2001:db8::1" or the bytes of one of the two, "192,0,2,1"; nothing when it is no address.
std::optional<base::Address> address_of(std::string_view text) {
  if (text.find(',') == std::string_view::npos) return base::Address::parse(text);
  base::Address::Bytes bytes{};
  std::size_t count = 1;
  std::uint32_t value = 0;
  for (const char c : text) {
    if (c == ',') {
      if (++count > bytes.size()) return std::nullopt;
      value = 0;
    } else {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + static_cast<std::uint32_t>(c - '0');
      if (value > 0xff) return std::nullopt;
      bytes[count - 1] = static_cast<std::uint8_t>(value);
    }
  }
  if (count == 4) return base::Address::v4(bytes.data());
  return count == bytes.size() ? std::optional(base::Address::v6(bytes.data())) : std::nullopt;
}

}  // namespace

void Expected::expire(base::Micros now) {
  for (; !ends_.empty() && ends_.front().first <= now; ends_.pop_front()) {
    const auto at = waiting_.find(ends_.front().second);
    if (at != waiting_.end() && at->second.until == ends_.front().first) waiting_.erase(at);  // not announced again
  }
}

bool Expected::add(const Connection& connection, std::size_t most) {
  if (ends_.size() >= most) return false;
  const std::uint64_t key = listener_key(connection.listener);
  waiting_[key] = connection;
  ends_.emplace_back(connection.until, key);
  return true;
}

const Expected::Connection* Expected::find(const Listener& listener, base::Micros now) {
  expire(now);
  const auto at = waiting_.find(listener_key(listener));
  return at != waiting_.end() && at->second.listener == listener ? &at->second : nullptr;
}

void Expected::forget(std::uint16_t set) {
  std::erase_if(waiting_, [set](const auto& item) { return item.second.set == set; });
}

/// Does this message of `side` say that a connection to it, or to the host that it names, is to come?
void Engine::Impl::announce(Conversation& c, flow::Side side, Bytes bytes) {
  const Service& service = *c.protocol->service;
  const bool asks = side == c.client;
  for (const Announcement& a : service.announcements) {
    if ((a.request != asks && !service.both_ways) || !match(a.pattern, bytes)) continue;
    const std::uint16_t port = port_number(match_.group(a.pattern->port));
    if (port == 0) continue;
    const base::Address& sender = c.endpoints[side].client;
    const base::Address& peer = c.endpoints[1 - side].client;
    std::optional<base::Address> named;
    if (a.pattern->address != 0) named = address_of(match_.group(a.pattern->address));
    for (const Protocol& p : set_of(c).protocols) {
      if (p.service != a.service) continue;
      const auto wait_for = [&](const base::Address& listener) {
        const bool kept =
            expected_.add({{listener, peer, port, p.spec.carrier}, &p, c.set, asks, clock_ + options_.expect_time},
                          options_.max_expected);
        if (!kept) ++counters_.refused_expected;
      };
      wait_for(sender);
      if (named && *named != sender) wait_for(*named);
    }
  }
}

/// A new conversation: was it announced? Then it is what was announced, whatever its bytes look like, and its client is
/// the client of the dialogue, even if the server has opened it.
void Engine::Impl::recall(Conversation& c) {
  for (int tries = c.client_known ? 1 : 2; tries > 0; --tries) {
    const auto listener = static_cast<flow::Side>(tries == 1 && !c.client_known ? c.client : c.server());
    const Expected::Connection* const expected = expected_.find(
        {c.endpoints[listener].client, c.endpoints[1 - listener].client, c.port_of(listener), c.carrier}, clock_);
    if (expected == nullptr) continue;
    --sets_[c.set].users;
    c.set = expected->set;
    ++sets_[c.set].users;
    c.called_back = c.client_known && expected->listener_is_client;
    c.client = expected->listener_is_client ? listener : static_cast<flow::Side>(1 - listener);
    c.client_known = true;
    return speak(c, *expected->protocol);
  }
}

}  // namespace pastmon::signature
