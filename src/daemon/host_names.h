// SPDX-License-Identifier: MIT
// Names of the hosts that were seen: from DNS answers, TLS and QUIC handshakes, HTTP requests and DHCP on the wire,
// and, if wanted, by asking the name server. Used by the pipeline's thread; the resolver has a thread of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "pastmon/metric/bucket.h"
#include "pastmon/names/dhcp_names.h"
#include "pastmon/names/dns_answers.h"
#include "pastmon/names/hello_counts.h"
#include "pastmon/names/name_cache.h"
#include "pastmon/names/quic_initial.h"
#include "pastmon/names/resolver.h"
#include "pastmon/signature/record.h"
#include "pastmon/store/store.h"

namespace pastmon::daemon {

class HostNames {
 public:
  struct Options {
    bool observe = true;
    bool ask = false;
    std::uint32_t per_second = 10;
    std::string server;
    std::size_t max_addresses = 100'000;
    std::size_t max_taken = 10'000;  ///< names for the database in five minutes
  };

  /// Asks nobody, whatever the options say.
  explicit HostNames(const Options& options);

  /// With a resolver when `ask`. Error: the name service cannot be used.
  static base::Result<std::unique_ptr<HostNames>> start(const Options& options);

  /// A message that a signature marks: "dns" names the addresses in the answer, "tls", "quic" and "http" name the
  /// server of the conversation, "dhcp" the client. Names that are none are passed over.
  void observe(const signature::Observation& observation);

  /// Asks for the names of the hosts in these rows, where none is known.
  void want(const std::vector<metric::Bucket>& buckets, base::Micros now);

  /// Names that are new or changed, for the database. At most one a host, and at most max_taken in five minutes, so
  /// that forged answers cannot fill the database; the others are given later. `now` kNone: of a file, which gives a
  /// bucket a call.
  std::vector<store::HostName> take(base::Micros now);

  /// The best name of an address; "" when none is known.
  std::string name_of(const base::Address& address);

  /// All that is remembered of an address, the name that is shown first.
  std::vector<names::Name> names_of(const base::Address& address) const { return cache_.all(address); }

  std::uint64_t known() const { return cache_.counters().addresses; }

  /// Totals since the start by the names of statistics: versions and protocols of handshakes, what the bounds cost.
  std::vector<std::pair<std::string, std::uint64_t>> counters() const;

 private:
  void dns(std::span<const std::uint8_t> message, base::Micros at);
  void tls(std::span<const std::uint8_t> record, const signature::Observation& observation);
  void quic(std::span<const std::uint8_t> datagram, const signature::Observation& observation);
  void server_is(const signature::Observation& observation, std::string_view name, names::NameSource source);
  void learn(const base::Address& address, const std::string& name, names::NameSource source, base::Micros at);

  std::size_t allowance(base::Micros now);

  Options options_;
  names::NameCache cache_;
  std::unique_ptr<names::Resolver> resolver_;                                      ///< null: nobody is asked
  std::unordered_map<base::Address, store::HostName, base::AddressHash> changed_;  ///< at most options_.max_addresses
  std::uint64_t not_stored_ = 0;  ///< names, because too many waited in changed_
  double allowance_ = 0;          ///< names that may be taken
  base::Micros taken_at_ = base::kNone;
  std::vector<names::AnsweredAddress> answers_;  ///< scratch
  names::HelloCounts hellos_;
  names::QuicHellos quic_;
  names::DhcpNames dhcp_;
};

}  // namespace pastmon::daemon
