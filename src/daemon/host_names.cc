// SPDX-License-Identifier: MIT
#include "host_names.h"

#include <algorithm>
#include <span>
#include <utility>

#include "pastmon/names/host_name.h"
#include "pastmon/names/http_host.h"
#include "pastmon/names/tls_hello.h"

namespace pastmon::daemon {

HostNames::HostNames(const Options& options)
    : options_(options), cache_(names::NameCache::Options{.max_addresses = options.max_addresses}), quic_({}) {}

base::Result<std::unique_ptr<HostNames>> HostNames::start(const Options& options) {
  auto made = std::make_unique<HostNames>(options);
  if (!options.ask) return made;
  names::ResolverOptions resolver;
  resolver.per_second = options.per_second;
  resolver.servers = options.server;
  base::Result<std::unique_ptr<names::Resolver>> started = names::Resolver::start(resolver);
  if (!started) return started.error();
  made->resolver_ = *std::move(started);
  return made;
}

void HostNames::observe(const signature::Observation& observation) {
  if (!options_.observe) return;
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(observation.bytes.data()), observation.bytes.size());
  if (observation.kind == "dns") return dns(bytes, observation.at);
  if (observation.kind == "tls") return tls(bytes, observation);
  if (observation.kind == "quic") return quic(bytes, observation);
  if (observation.kind == "http") {
    return server_is(observation, names::read_http_host(observation.bytes), names::NameSource::http);
  }
  if (observation.kind == "dhcp") {
    const auto named = dhcp_.take(bytes);
    if (named) learn(named->address, named->name, names::NameSource::dhcp, observation.at);
  }
}

void HostNames::dns(std::span<const std::uint8_t> message, base::Micros at) {
  answers_.clear();
  // Over TCP the message stands behind its own length (RFC 1035, 4.2.2).
  if (message.size() > 2 && (std::size_t{message[0]} << 8U | message[1]) == message.size() - 2)
    message = message.subspan(2);
  names::read_dns_answers(message, answers_);
  for (const names::AnsweredAddress& answer : answers_) learn(answer.address, answer.name, names::NameSource::dns, at);
}

void HostNames::tls(std::span<const std::uint8_t> record, const signature::Observation& observation) {
  const std::span<const std::uint8_t> message = names::handshake_in_record(record);
  if (const auto hello = names::read_client_hello(message)) {
    hellos_.tls_offered(hello->protocol);
    server_is(observation, hello->server_name, names::NameSource::sni);
  } else if (const auto answer = names::read_server_hello(message); answer && !answer->retry) {
    hellos_.tls_version(answer->version);
    hellos_.tls_chosen(answer->protocol);
  }
}

void HostNames::quic(std::span<const std::uint8_t> datagram, const signature::Observation& observation) {
  const auto hello = names::read_client_hello(quic_.read(datagram, observation.at));
  if (!hello) return;
  hellos_.quic_version(quic_.version());
  hellos_.quic_offered(hello->protocol);
  server_is(observation, hello->server_name, names::NameSource::quic);
}

void HostNames::server_is(const signature::Observation& observation, std::string_view name, names::NameSource source) {
  if (observation.endpoints == nullptr) return;
  if (const auto valid = names::dns_host_name(name))
    learn(observation.endpoints->server, *valid, source, observation.at);
}

void HostNames::learn(const base::Address& address, const std::string& name, names::NameSource source,
                      base::Micros at) {
  if (!cache_.learn(address, name, source, at)) return;
  const names::Name* best = cache_.find(address);
  if (best == nullptr) return;
  if (changed_.size() >= options_.max_addresses && !changed_.contains(address)) {
    ++not_stored_;
    return;
  }
  changed_[address] = {address, best->name, std::string(to_string(best->source)), at / base::kSecond};
}

void HostNames::want(const std::vector<metric::Bucket>& buckets, base::Micros now) {
  if (!resolver_) return;
  for (const metric::Bucket& bucket : buckets) {
    for (const metric::Row& row : bucket.rows) {
      for (const base::Address* address : {&row.client, &row.server}) {
        if (cache_.find(*address) == nullptr) resolver_->ask(*address, now);
      }
    }
  }
}

std::size_t HostNames::allowance(base::Micros now) {
  const auto most = static_cast<double>(options_.max_taken);
  const bool full = now == base::kNone || taken_at_ == base::kNone;
  const auto passed = full ? 0.0 : static_cast<double>(std::max<base::Micros>(now - taken_at_, 0));
  allowance_ = full ? most : std::min(most, allowance_ + passed * most / (300.0 * base::kSecond));
  taken_at_ = now;
  return static_cast<std::size_t>(allowance_);
}

std::vector<store::HostName> HostNames::take(base::Micros now) {
  if (resolver_) {
    for (const names::Resolved& found : resolver_->take()) {
      learn(found.address, found.name, names::NameSource::reverse, now);
    }
  }
  std::vector<store::HostName> list;
  const std::size_t most = allowance(now);
  list.reserve(std::min(changed_.size(), most));
  while (!changed_.empty() && list.size() < most) {
    const auto next = changed_.begin();
    list.push_back(std::move(next->second));
    changed_.erase(next);
  }
  allowance_ -= static_cast<double>(list.size());
  return list;
}

std::string HostNames::name_of(const base::Address& address) {
  const names::Name* name = cache_.find(address);
  return name != nullptr ? name->name : std::string();
}

std::vector<std::pair<std::string, std::uint64_t>> HostNames::counters() const {
  auto list = hellos_.list();
  const names::NameCache::Counters cache = cache_.counters();
  const names::QuicHellos::Counters quic = quic_.counters();
  const std::pair<const char*, std::uint64_t> bounds[] = {
      {"names_evicted", cache.evicted},       {"names_forgotten", cache.forgotten},
      {"names_refused", cache.refused},       {"names_not_stored", not_stored_},
      {"quic_initials_passed", quic.passed},  {"quic_initials_failed", quic.failed},
      {"quic_hellos_given_up", quic.given_up}};
  for (const auto& [name, total] : bounds) {
    if (total != 0) list.emplace_back(name, total);
  }
  return list;
}

}  // namespace pastmon::daemon
