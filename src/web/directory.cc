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
  names->host_index.reserve(names->hosts.size());
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

base::Result<std::shared_ptr<const Names>> Directory::names(DatabasePool& databases, base::Micros max_age) {
  auto answer = kept_.find("names", max_age, [&databases]() -> base::Result<QueryCache::Answer> {
    auto lease = databases.take();
    if (!lease) return lease.error();
    auto names = read(*lease->operator->());
    if (!names) {
      lease->spoil();
      return names.error();
    }
    return QueryCache::Answer{*names, {}, 0};
  });
  if (!answer) return answer.error();
  return std::static_pointer_cast<const Names>(answer->value);
}

}  // namespace pastmon::web
