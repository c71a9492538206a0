// SPDX-License-Identifier: MIT
// Names of addresses, as far as they were learnt: from what passed on the wire, then by asking DNS. Bounded: the
// address not used for longest goes first, and of one address the oldest names. Belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pastmon/base/address.h"
#include "pastmon/base/clock.h"

namespace pastmon::names {

/// Where a name comes from. Any that was seen on the wire is better than an answer to our own question, because what
/// clients ask for tells more than a provider's PTR record; among those seen on the wire the newest is shown.
enum class NameSource : std::uint8_t {
  dns,      ///< an answer to a client's question
  sni,      ///< the name that a client gave the server in its TLS handshake
  quic,     ///< the same over QUIC
  http,     ///< the same in the head of an HTTP request
  dhcp,     ///< the name that a client gave itself when it got its address
  reverse,  ///< our question for the address's PTR record
};
std::string_view to_string(NameSource source) noexcept;  ///< as the database has it: "dns", "sni", …, "ptr"

struct Name {
  std::string name;                     ///< clean_host_name()
  NameSource source = NameSource::dns;  ///< where it was last seen
  base::Micros first = 0;               ///< when this address was first seen with this name
  base::Micros last = 0;                ///< … and when last; now − last is its age
};

class NameCache {
 public:
  struct Options {
    std::size_t max_addresses = 100'000;
    std::size_t max_names = 4;  ///< remembered of one address
  };
  /// Totals since the start, but for `addresses`.
  struct Counters {
    std::uint64_t addresses = 0;  ///< now
    std::uint64_t evicted = 0;    ///< addresses forgotten because the cache was full
    std::uint64_t forgotten = 0;  ///< names forgotten because their address had newer ones
    std::uint64_t refused = 0;    ///< names empty or too long, or of Address::many()
  };

  explicit NameCache(const Options& options);

  /// Any bytes may be given as a name. True when find() now gives another name for this address than before.
  bool learn(const base::Address& address, std::string_view name, NameSource source, base::Micros now);

  /// The newest name seen on the wire, else the newest that was asked for; null when none is known. Valid until the
  /// next learn(). Counts as use.
  const Name* find(const base::Address& address);

  /// All names that are remembered of an address, the one that find() gives first.
  std::vector<Name> all(const base::Address& address) const;

  Counters counters() const noexcept;

 private:
  struct Entry {
    base::Address address;
    std::vector<Name> names;  // seen on the wire first, then newest first
  };
  using List = std::list<Entry>;  // most recently used first

  Entry& touch(const base::Address& address);

  Options options_;
  List entries_;
  std::unordered_map<base::Address, List::iterator, base::AddressHash> index_;
  Counters counters_;
};

}  // namespace pastmon::names
