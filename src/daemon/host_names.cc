// SPDX-License-Identifier: MIT
#include "host_names.h"

#include <span>
#include <utility>

namespace pastmon::daemon {

HostNames::HostNames(const Options& options)
    : options_(options), cache_(names::NameCache::Options{.max_addresses = options.max_addresses}) {}

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
  if (!options_.observe || observation.kind != "dns") return;
  std::span bytes(reinterpret_cast<const std::uint8_t*>(observation.bytes.data()), observation.bytes.size());
  answers_.clear();
  // Over TCP the message stands behind its own length (RFC 1035, 4.2.2).
  if (bytes.size() > 2 && (std::size_t{bytes[0]} << 8U | bytes[1]) == bytes.size() - 2) bytes = bytes.subspan(2);
  names::read_dns_answers(bytes, answers_);
  for (const names::AnsweredAddress& answer : answers_) {
    learn(answer.address, answer.name, names::NameSource::wire, observation.at);
  }
}

void HostNames::learn(const base::Address& address, const std::string& name, names::NameSource source,
                      base::Micros at) {
  if (!cache_.learn(address, name, source, at)) return;
  const names::Name* best = cache_.find(address);
  if (best == nullptr || (changed_.size() >= options_.max_addresses && !changed_.contains(address))) return;
  changed_[address] = {address, best->name, best->source == names::NameSource::wire ? "dns" : "ptr",
                       at / base::kSecond};
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

std::vector<store::HostName> HostNames::take(base::Micros now) {
  if (resolver_) {
    for (const names::Resolved& found : resolver_->take()) {
      learn(found.address, found.name, names::NameSource::reverse, now);
    }
  }
  std::vector<store::HostName> list;
  list.reserve(changed_.size());
  for (auto& [address, name] : changed_) list.push_back(std::move(name));
  changed_.clear();
  return list;
}

std::string HostNames::name_of(const base::Address& address) {
  const names::Name* name = cache_.find(address);
  return name != nullptr ? name->name : std::string();
}

}  // namespace pastmon::daemon
