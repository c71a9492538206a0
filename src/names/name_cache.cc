// SPDX-License-Identifier: MIT
#include "pastmon/names/name_cache.h"

#include <algorithm>

#include "pastmon/names/host_name.h"

namespace pastmon::names {

namespace {

bool asked(NameSource source) noexcept { return source == NameSource::reverse; }

}  // namespace

std::string_view to_string(NameSource source) noexcept {
  switch (source) {
    case NameSource::dns:
      return "dns";
    case NameSource::sni:
      return "sni";
    case NameSource::quic:
      return "quic";
    case NameSource::http:
      return "http";
    case NameSource::dhcp:
      return "dhcp";
    case NameSource::reverse:
      break;
  }
  return "ptr";
}

NameCache::NameCache(const Options& options) : options_(options) {
  options_.max_addresses = std::max<std::size_t>(options_.max_addresses, 1);
  options_.max_names = std::max<std::size_t>(options_.max_names, 1);
}

bool NameCache::learn(const base::Address& address, std::string_view name, NameSource source, base::Micros now) {
  auto clean = clean_host_name(name);
  if (!clean || address.is_many()) {
    ++counters_.refused;
    return false;
  }
  std::vector<Name>& names = touch(address).names;
  const std::string before = names.empty() ? std::string() : names.front().name;

  Name learnt{std::move(*clean), source, now, now};
  const auto same = std::find_if(names.begin(), names.end(), [&](const Name& n) {
    return asked(n.source) == asked(source) && n.name == learnt.name;
  });
  if (same != names.end()) {
    learnt.first = same->first;
    learnt.last = std::max(same->last, now);
    names.erase(same);
  }
  const auto place =
      std::find_if(names.begin(), names.end(), [&](const Name& n) { return asked(n.source) >= asked(source); });
  names.insert(place, std::move(learnt));
  if (names.size() > options_.max_names) {
    names.pop_back();
    ++counters_.forgotten;
  }
  return names.front().name != before;
}

/// The address's entry, new if need be, at the front of the list.
NameCache::Entry& NameCache::touch(const base::Address& address) {
  if (const auto found = index_.find(address); found != index_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front();
  }
  if (entries_.size() >= options_.max_addresses) {
    index_.erase(entries_.back().address);
    entries_.pop_back();
    ++counters_.evicted;
  }
  entries_.push_front({address, {}});
  index_.emplace(address, entries_.begin());
  return entries_.front();
}

const Name* NameCache::find(const base::Address& address) {
  const auto found = index_.find(address);
  if (found == index_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &found->second->names.front();
}

std::vector<Name> NameCache::all(const base::Address& address) const {
  const auto found = index_.find(address);
  return found == index_.end() ? std::vector<Name>() : found->second->names;
}

NameCache::Counters NameCache::counters() const noexcept {
  Counters c = counters_;
  c.addresses = entries_.size();
  return c;
}

}  // namespace pastmon::names
