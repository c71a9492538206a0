// SPDX-License-Identifier: MIT
#include "directory.h"

#include <algorithm>
#include <utility>

#include "format.h"

namespace pastmon::web {
namespace {

base::Result<std::shared_ptr<const Names>> read(store::Database& database) {
  auto names = std::make_shared<Names>();
  auto hosts = database.hosts();
  if (!hosts) return hosts.error();
  auto signatures = database.signatures();
  if (!signatures) return signatures.error();
  auto sensors = database.sensors();
  if (!sensors) return sensors.error();
  names->hosts = std::move(*hosts);
  names->signatures = std::move(*signatures);
  names->sensors = std::move(*sensors);

  const auto by_name = [](const store::Named& a, const store::Named& b) { return a.name < b.name; };
  std::sort(names->signatures.begin(), names->signatures.end(), by_name);
  std::sort(names->sensors.begin(), names->sensors.end(), by_name);
  for (std::size_t i = 0; i < names->hosts.size(); ++i) {
    names->hosts[i].name = format::wire_text(names->hosts[i].name);
    names->host_index.emplace(names->hosts[i].id, i);
  }
  for (const store::Named& s : names->signatures) names->signature_names.emplace(s.id, s.name);
  for (const store::Named& s : names->sensors) names->sensor_names.emplace(s.id, s.name);
  return std::shared_ptr<const Names>(std::move(names));
}

std::string find(const std::unordered_map<store::Id, std::string>& names, store::Id id) {
  const auto at = names.find(id);
  return at == names.end() ? std::string() : at->second;
}

}  // namespace

const store::Host* Names::host(store::Id id) const {
  const auto at = host_index.find(id);
  return at == host_index.end() ? nullptr : &hosts[at->second];
}
std::string Names::signature(store::Id id) const { return find(signature_names, id); }
std::string Names::sensor(store::Id id) const { return find(sensor_names, id); }

base::Result<std::shared_ptr<const Names>> Directory::names(store::Database& database, base::Micros max_age) {
  const std::lock_guard lock(mutex_);
  const base::Micros now = clock_.monotonic();
  if (names_ != nullptr && now - read_at_ < max_age) return names_;
  auto fresh = read(database);
  if (!fresh) return fresh;
  names_ = *fresh;
  read_at_ = now;
  return names_;
}

}  // namespace pastmon::web
