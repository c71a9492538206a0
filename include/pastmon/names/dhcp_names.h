// SPDX-License-Identifier: MIT
// Host names that clients give themselves, and the addresses that DHCP servers give them (RFC 2131, 2132, 4702).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "pastmon/base/address.h"

namespace pastmon::names {

struct DhcpMessage {
  std::uint8_t type = 0;               ///< option 53: 3 is REQUEST, 5 is ACK
  std::uint32_t transaction = 0;       ///< xid
  std::array<std::uint8_t, 16> who{};  ///< the client's hardware address
  base::Address address;               ///< yiaddr, or ciaddr where that is 0; "::" when both are
  std::string name;                    ///< option 81 (the full name), else 12, as dns_host_name(); "": none
};

/// A datagram between client and server. Nothing when it is no DHCP message.
std::optional<DhcpMessage> read_dhcp(std::span<const std::uint8_t> message);

/// Clients say their name when they ask, servers say the address when they agree: puts the two together. Bounded.
class DhcpNames {
 public:
  struct Named {
    base::Address address;
    std::string name;
  };
  /// Any message, from either side. A name with its address, once the server has agreed.
  std::optional<Named> take(std::span<const std::uint8_t> message);

  static constexpr std::size_t kMaxAsked = 1'000;  ///< requests remembered; then the oldest is forgotten

 private:
  using Key = std::pair<std::uint32_t, std::array<std::uint8_t, 16>>;  // transaction, hardware address
  std::map<Key, std::string> asked_;
  std::deque<Key> order_;  // oldest first
};

}  // namespace pastmon::names
