// SPDX-License-Identifier: MIT
// The database as pages read it. Each answer comes from the cache of answers where one is fresh enough; a connection of
// the pool is taken for a question that really goes to the database, and only as long as it takes.
//
// One for each request; belongs to one thread. Errors: the pool's and the database's, one line.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "database_pool.h"
#include "pastmon/base/clock.h"
#include "pastmon/store/store.h"
#include "query_cache.h"
#include "telemetry.h"

namespace pastmon::web {

class DatabaseReader {
 public:
  DatabaseReader(DatabasePool& pool, QueryCache& cache, Telemetry& telemetry, const base::Clock& clock)
      : pool_(&pool), cache_(&cache), telemetry_(&telemetry), clock_(&clock) {}

  /// Used like a connection.
  DatabaseReader* operator->() noexcept { return this; }
  const DatabaseReader* operator->() const noexcept { return this; }

  base::Result<std::vector<store::Listed>> list(const store::ListQuery& query);
  base::Result<std::vector<store::Point>> series(const store::Selection& selection, base::Seconds step);
  base::Result<std::vector<store::GroupSeries>> group_series(const store::Selection& selection,
                                                             const store::GroupBy& by,
                                                             const std::vector<store::Listed>& groups,
                                                             base::Seconds step);
  base::Result<store::Extent> extent(store::Level level);
  base::Result<std::vector<store::StatisticPoint>> statistics(const store::StatisticQuery& query);
  base::Result<std::vector<bool>> seen(const std::vector<store::Listed>& who, base::Seconds from, base::Seconds to);
  base::Result<std::vector<store::Total>> totals();
  base::Result<std::vector<store::StatisticTotal>> statistic_totals();
  base::Result<std::vector<store::HostName>> host_names(store::Id host);

  /// Any other question: `key` says which one it is, and all that its answer depends on. `to`: end of the time that it
  /// is about; 0: it can always change.
  template <class T>
  base::Result<T> ask(const std::string& key, base::Seconds to,
                      const std::function<base::Result<T>(store::Database&)>& question);

  /// What was missing in all answers so far, each line once.
  const std::vector<std::string>& warnings() const noexcept { return warnings_; }

 private:
  base::Micros max_age(base::Seconds to) const;
  base::Result<QueryCache::Answer> find(
      const std::string& key, base::Seconds to,
      const std::function<base::Result<QueryCache::Answer>(store::Database&)>& question);

  DatabasePool* pool_;
  QueryCache* cache_;
  Telemetry* telemetry_;
  const base::Clock* clock_;
  std::vector<std::string> warnings_;
};

/// What a value takes in memory, about: for the bounds of the cache.
std::size_t bytes_of(const store::Listed& value);
std::size_t bytes_of(const store::Point& value);
std::size_t bytes_of(const store::StatisticPoint& value) noexcept;
std::size_t bytes_of(const store::StatisticTotal& value) noexcept;
std::size_t bytes_of(const store::Total& value);
std::size_t bytes_of(const store::HostName& value) noexcept;
inline std::size_t bytes_of(const store::GroupPoint&) noexcept { return sizeof(store::GroupPoint); }
inline std::size_t bytes_of(const store::Extent&) noexcept { return sizeof(store::Extent); }
inline std::size_t bytes_of(const std::vector<bool>& value) noexcept { return sizeof value + value.size() / 8; }
template <class T>
std::size_t bytes_of(const std::vector<T>& values) noexcept {
  std::size_t bytes = sizeof values;
  for (const T& value : values) bytes += bytes_of(value);
  return bytes;
}

template <class T>
base::Result<T> DatabaseReader::ask(const std::string& key, base::Seconds to,
                                    const std::function<base::Result<T>(store::Database&)>& question) {
  auto answer = find(key, to, [&question](store::Database& database) -> base::Result<QueryCache::Answer> {
    auto value = question(database);
    if (!value) return value.error();
    const std::size_t bytes = bytes_of(*value);
    return QueryCache::Answer{std::make_shared<const T>(*std::move(value)), {}, bytes};
  });
  if (!answer) return answer.error();
  return *static_cast<const T*>(answer->value.get());
}

}  // namespace pastmon::web
