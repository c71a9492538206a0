// SPDX-License-Identifier: MIT
// Asks the hosts file and DNS (PTR) for the names of addresses, on a thread of its own, so slowly and seldom that
// nobody minds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pastmon/base/address.h"
#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"

namespace pastmon::names {

struct ResolverOptions {
  bool enabled = true;                   ///< false: ask() does nothing
  std::uint32_t per_second = 10;         ///< questions sent at most, on average; a burst is as large
  std::size_t max_queue = 10'000;        ///< addresses waiting; more are refused
  std::size_t max_remembered = 200'000;  ///< addresses known to be asked; then the oldest are forgotten
  base::Micros period =
      24 * base::Micros{3600} * base::kSecond;  ///< no address is asked twice within it, answered or not …
  base::Micros retry = 3600 * base::kSecond;    ///< … but when no server gave an answer, within this
  base::Micros timeout = 5 * base::kSecond;     ///< of one question to one server
  unsigned tries = 2;
  std::string servers = {};  ///< "192.0.2.53,[2001:db8::53]:5353"; empty: hosts file, then the system's
};

struct Resolved {
  base::Address address;
  std::string name;  ///< clean_host_name()
};

class Resolver {
 public:
  /// Totals since the start, but for `queued`.
  struct Counters {
    std::uint64_t queued = 0;  ///< now, waiting to be sent
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;  ///< with a name
    std::uint64_t nameless = 0;  ///< the address has no name
    std::uint64_t failed = 0;    ///< no server gave an answer, or it was malformed
    std::uint64_t refused = 0;   ///< not asked: the queue was full
  };

  /// Starts the thread. Error: the system's name service configuration or `servers` cannot be used.
  static base::Result<std::unique_ptr<Resolver>> start(const ResolverOptions& options);
  virtual ~Resolver() = default;  ///< ends the thread; questions under way are given up

  /// Wants the name of an address. Any thread; never waits for the network. An address asked within the period,
  /// a multicast address and the unspecified one are passed over.
  virtual void ask(const base::Address& address, base::Micros now) = 0;

  /// The names found since the last call. Any thread; never waits. Addresses without a name do not appear.
  virtual std::vector<Resolved> take() = 0;

  /// Readable (poll) from the moment that a name or a failure came in until the next take().
  virtual int descriptor() const noexcept = 0;

  virtual Counters counters() const = 0;
};

}  // namespace pastmon::names
