// SPDX-License-Identifier: MIT
#include "database_reader.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace pastmon::web {
namespace {

constexpr base::Seconds kSettled = 3'600;  // rows of a time that ended so long ago come only late

/// Numbers, each ended by a separator: no two questions have one key.
class Key {
 public:
  explicit Key(std::string_view kind) : text_(kind) { text_.push_back('/'); }
  template <class Number>
  Key& add(Number number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, static_cast<std::int64_t>(number)).ptr;
    text_.append(digits, end);
    text_.push_back(',');
    return *this;
  }
  Key& add(const std::optional<std::vector<store::Id>>& ids) {
    text_.push_back(ids ? '[' : '-');
    if (ids) {
      for (const store::Id id : *ids) add(id);
    }
    text_.push_back(']');
    return *this;
  }
  Key& add(const std::optional<std::vector<std::string>>& names) {
    text_.push_back(names ? '[' : '-');
    if (names) {
      for (const std::string& name : *names) add(name.size()).text_.append(name);
    }
    text_.push_back(']');
    return *this;
  }
  Key& add(const store::Selection& s) {
    add(s.level).add(s.from).add(s.to).add(s.signatures).add(s.clients).add(s.servers).add(s.sensors);
    return add(s.port ? static_cast<int>(*s.port) : -1);
  }
  const std::string& str() const noexcept { return text_; }

 private:
  std::string text_;
};

/// A sketch's entries lie at most about twice as far apart as its bins are many.
std::size_t heap_of(const metric::Aggregate& values) {
  std::size_t bytes = 0;
  for (const metric::Info& info : metric::registry()) {
    if (info.kind != metric::Kind::distribution) continue;
    const metric::DistributionValue& value = values[static_cast<metric::Distribution>(info.index)];
    if (value.summary.count > 0) bytes += sizeof value + 32 + 2 * sizeof(std::uint64_t) * value.sketch.bins().size();
  }
  return bytes;
}
std::size_t heap_of(const std::string& text) noexcept { return text.capacity() > 15 ? text.capacity() + 1 : 0; }

}  // namespace

std::size_t bytes_of(const store::Listed& value) { return sizeof value + heap_of(value.values); }
std::size_t bytes_of(const store::Point& value) { return sizeof value + heap_of(value.values); }
std::size_t bytes_of(const store::Total& value) { return sizeof value + heap_of(value.values); }
std::size_t bytes_of(const store::StatisticPoint& value) noexcept {
  return sizeof value + heap_of(value.name) + heap_of(value.interface);
}
std::size_t bytes_of(const store::StatisticTotal& value) noexcept {
  return sizeof value + heap_of(value.name) + heap_of(value.interface);
}
std::size_t bytes_of(const store::HostName& value) noexcept {
  return sizeof value + heap_of(value.name) + heap_of(value.source);
}

base::Micros DatabaseReader::max_age(base::Seconds to) const {
  const bool settled = to != 0 && to <= clock_->now() / base::kSecond - kSettled;
  return settled ? cache_->options().past : cache_->options().recent;
}

base::Result<QueryCache::Answer> DatabaseReader::find(
    const std::string& key, base::Seconds to,
    const std::function<base::Result<QueryCache::Answer>(store::Database&)>& question) {
  auto answer = cache_->find(key, max_age(to), [&]() -> base::Result<QueryCache::Answer> {
    auto lease = pool_->take();
    if (!lease) return lease.error();
    const base::Micros begun = clock_->monotonic();
    auto value = question(*lease->operator->());
    telemetry_->query(clock_->monotonic() - begun, value.ok());
    if (!value) {
      lease->spoil();
      return value;
    }
    value->warnings = (*lease)->warnings();
    for (const std::string& line : value->warnings) value->bytes += sizeof line + line.size();
    return value;
  });
  if (!answer) return answer;
  for (const std::string& line : answer->warnings) {
    if (std::find(warnings_.begin(), warnings_.end(), line) == warnings_.end()) warnings_.push_back(line);
  }
  return answer;
}

base::Result<std::vector<store::Listed>> DatabaseReader::list(const store::ListQuery& query) {
  Key key("list");
  const store::GroupBy& by = query.group_by;
  key.add(query.selection).add(by.signature).add(by.client).add(by.server).add(by.port).add(by.sensor);
  key.add(query.order).add(query.descending).add(query.limit).add(query.offset).add(query.details);
  return ask<std::vector<store::Listed>>(key.str(), query.selection.to,
                                         [&query](store::Database& database) { return database.list(query); });
}

base::Result<std::vector<store::Point>> DatabaseReader::series(const store::Selection& selection, base::Seconds step) {
  return ask<std::vector<store::Point>>(Key("series").add(selection).add(step).str(), selection.to,
                                        [&](store::Database& database) { return database.series(selection, step); });
}

base::Result<std::vector<store::GroupSeries>> DatabaseReader::group_series(const store::Selection& selection,
                                                                           const store::GroupBy& by,
                                                                           const std::vector<store::Listed>& groups,
                                                                           base::Seconds step) {
  Key key("group_series");
  key.add(selection).add(by.signature).add(by.client).add(by.server).add(by.port).add(by.sensor).add(step);
  for (const store::Listed& g : groups) key.add(g.signature).add(g.client).add(g.server).add(g.port).add(g.sensor);
  return ask<std::vector<store::GroupSeries>>(key.str(), selection.to, [&](store::Database& database) {
    return database.group_series(selection, by, groups, step);
  });
}

base::Result<store::Extent> DatabaseReader::extent(store::Level level) {
  return ask<store::Extent>(Key("extent").add(level).str(), 0,
                            [level](store::Database& database) { return database.extent(level); });
}

base::Result<std::vector<store::StatisticPoint>> DatabaseReader::statistics(const store::StatisticQuery& query) {
  Key key("statistics");
  key.add(query.from).add(query.to).add(query.step).add(query.sensors).add(query.names);
  return ask<std::vector<store::StatisticPoint>>(
      key.str(), query.to, [&query](store::Database& database) { return database.statistics(query); });
}

base::Result<std::vector<bool>> DatabaseReader::seen(const std::vector<store::Listed>& who, base::Seconds from,
                                                     base::Seconds to) {
  Key key("seen");
  key.add(from).add(to);
  for (const store::Listed& one : who) key.add(one.client).add(one.signature).add(one.server).add(one.port);
  return ask<std::vector<bool>>(key.str(), to, [&](store::Database& database) { return database.seen(who, from, to); });
}

base::Result<std::vector<store::Total>> DatabaseReader::totals() {
  return ask<std::vector<store::Total>>("totals", 0, [](store::Database& database) { return database.totals(); });
}

base::Result<std::vector<store::StatisticTotal>> DatabaseReader::statistic_totals() {
  return ask<std::vector<store::StatisticTotal>>("statistic_totals", 0,
                                                 [](store::Database& database) { return database.statistic_totals(); });
}

base::Result<std::vector<store::HostName>> DatabaseReader::host_names(store::Id host) {
  return ask<std::vector<store::HostName>>(Key("host_names").add(host).str(), 0,
                                           [host](store::Database& database) { return database.host_names(host); });
}

}  // namespace pastmon::web
