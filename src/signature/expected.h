// SPDX-License-Identifier: MIT
// Connections that dialogues have announced: who listens on which port for whom, and what will be spoken there.
// Bounded; each is waited for a limited time, during which any number of connections may come.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>

#include "compiled.h"
#include "pastmon/base/address.h"
#include "pastmon/base/clock.h"

namespace pastmon::signature {

class Expected {
 public:
  struct Listener {
    base::Address address;
    base::Address peer;  ///< who may connect
    std::uint16_t port = 0;
    config::Carrier carrier = config::Carrier::tcp;
    bool operator==(const Listener&) const = default;
  };
  struct Connection {
    Listener listener;
    const Protocol* protocol = nullptr;
    std::uint16_t set = 0;            ///< to which the protocol belongs
    bool listener_is_client = false;  ///< the client waits for the server to open it
    base::Micros until = 0;
  };

  bool any() const noexcept { return !waiting_.empty(); }
  /// False when `most` are waited for already.
  bool add(const Connection& connection, std::size_t most);
  const Connection* find(const Listener& listener, base::Micros now);
  void forget(std::uint16_t set);  ///< the set is no more

 private:
  void expire(base::Micros now);

  std::unordered_map<std::uint64_t, Connection> waiting_;
  std::deque<std::pair<base::Micros, std::uint64_t>> ends_;  ///< (until, key), oldest announcement first
};

}  // namespace pastmon::signature
