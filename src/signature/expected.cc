// SPDX-License-Identifier: MIT
// Connections that another one has announced (FTP: where the file is to be had). The sender of the announcement is the
// listener: the address that stands in the message may be another one, before or behind a translation of addresses.
#include "expected.h"

#include "engine_impl.h"

namespace pastmon::signature {
namespace {

constexpr std::uint32_t kLargestPort = 65'535;

std::uint64_t listener_key(const Expected::Listener& listener) noexcept {
  const std::uint64_t place = (std::uint64_t{listener.port} << 8U) + static_cast<std::uint64_t>(listener.carrier);
  const std::uint64_t h = (listener.address.hash() ^ (place + 1)) * 0x94d049bb133111ebULL;
  return h ^ h >> 31;
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

/// Does this message of `side` say that a connection to it is to come?
void Engine::Impl::announce(Conversation& c, flow::Side side, Bytes bytes) {
  const Service& service = *c.protocol->service;
  const bool asks = side == c.client;
  for (const Announcement& a : service.announcements) {
    if ((a.request != asks && !service.both_ways) || !match(a.pattern, bytes)) continue;
    const std::uint16_t port = port_number(match_.group(a.pattern->port));
    if (port == 0) continue;
    for (const Protocol& p : set_of(c).protocols) {
      if (p.service != a.service) continue;
      const Expected::Listener listener{c.endpoints[side].client, port, p.spec.carrier};
      const bool kept =
          expected_.add({listener, &p, c.set, asks, clock_ + options_.expect_time}, options_.max_expected);
      if (!kept) ++counters_.refused_expected;
    }
  }
}

/// A new conversation: was it announced? Then it is what was announced, whatever its bytes look like, and its client is
/// the client of the dialogue, even if the server has opened it.
void Engine::Impl::recall(Conversation& c) {
  for (int tries = c.client_known ? 1 : 2; tries > 0; --tries) {
    const auto listener = static_cast<flow::Side>(tries == 1 && !c.client_known ? c.client : c.server());
    const Expected::Connection* const expected =
        expected_.find({c.endpoints[listener].client, c.port_of(listener), c.carrier}, clock_);
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
