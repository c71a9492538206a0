// SPDX-License-Identifier: MIT
#include "pastmon/store/archive.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>

#include "applied.h"
#include "archive_interval.h"
#include "archive_removal.h"
#include "pastmon/base/text.h"
#include "rollup.h"
#include "rows.h"
#include "schema.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;

constexpr std::size_t kRollUpsAtOnce = 1'000;

base::Seconds cutoff_of(const ArchiveOptions& options) {
  const base::Seconds cutoff = std::clamp<base::Seconds>(options.now - options.age, 0, kLastTime);
  return cutoff - cutoff % options.interval;
}

/// A bucket's rows can be added up to the interval only if it lies in one as a whole.
bool fits(const Share& share, base::Seconds interval) { return share.interval > 0 && interval % share.interval == 0; }

/// One run over everything that is old enough.
class ArchiveRun {
 public:
  ArchiveRun(Connection& connection, const ArchiveOptions& options, const ArchiveWatch& watch)
      : options_(options),
        work_(connection, watch),
        shares_(connection),
        archive_(work_, options.interval),
        removal_(work_),
        cutoff_(cutoff_of(options)) {}

  Result<ArchiveReport> run();

 private:
  Result<void> intervals();
  Result<void> interval(base::Seconds start);
  Result<void> remove_archived(const std::vector<Share>& shares);
  Result<void> remove_old();
  Result<void> roll_up(Tier tier, base::Seconds before);
  Result<void> roll_up_buckets(base::Seconds before);
  /// All that `find` finds, a thousand at once.
  template <class Find>
  Result<void> make_all(Rollups& rollups, const Find& find);

  const ArchiveOptions& options_;
  ArchiveWork work_;
  Shares shares_;
  IntervalArchive archive_;
  ArchiveRemoval removal_;
  base::Seconds cutoff_;
  bool partitioned_ = false;
};

Result<ArchiveReport> ArchiveRun::run() {
  const Result<bool> locked = work_.connection().lock_archive();
  if (!locked) return locked.error();
  if (!*locked) {
    work_.report.excluded = true;
    return work_.report;
  }
  if (Result<void> deferred = work_.connection().defer_sync(); !deferred) return deferred.error();
  const Result<std::vector<base::Seconds>> days = work_.connection().days();
  if (!days) return days.error();
  partitioned_ = !days->empty();
  if (Result<void> done = intervals(); !done) return done.error();
  if (options_.remove && !work_.stopped()) {
    if (Result<void> done = remove_old(); !done) return done.error();
  }
  // Days of level 2 that the next run adds nothing to, and hours whose own sensor is gone.
  if (Result<void> done = roll_up(Tier::archive_day, cutoff_); !done) return done.error();
  const base::Seconds before = options_.now - span_of(Tier::hour);
  if (Result<void> done = roll_up_buckets(before); !done) return done.error();
  for (const Tier tier : {Tier::hour, Tier::quarter_day, Tier::day}) {
    if (Result<void> done = roll_up(tier, before); !done) return done.error();
  }
  work_.report.finished = !work_.stopped();
  return work_.report;
}

Result<void> ArchiveRun::intervals() {
  Result<std::optional<base::Seconds>> bucket = shares_.first_bucket(0, cutoff_);
  if (!bucket) return bucket.error();
  const base::Seconds first = bucket->value_or(cutoff_);
  while (*bucket && !work_.stopped()) {
    const base::Seconds start = **bucket - **bucket % options_.interval;
    work_.progress(static_cast<double>(start - first) / static_cast<double>(cutoff_ - first));
    if (Result<void> done = interval(start); !done) return done;
    if (work_.stopped()) break;
    if (options_.remove && partitioned_) {
      const base::Seconds end = start + options_.interval;
      if (Result<void> done = removal_.drop_days(end - end % kDay); !done) return done;
    }
    bucket = shares_.first_bucket(start + options_.interval, cutoff_);
    if (!bucket) return bucket.error();
  }
  return {};
}

Result<void> ArchiveRun::interval(base::Seconds start) {
  Result<std::vector<Share>> found = shares_.between(start, start + options_.interval);
  if (!found) return found.error();
  std::vector<Share> archived;
  std::map<Id, std::vector<Share>> by_sensor;
  for (Share& share : *found) {
    if (share.done == kAllParts) {
      archived.push_back(share);
      continue;
    }
    const Result<std::int64_t> rows = shares_.count(share);
    if (!rows) return rows.error();
    share.rows = *rows;
    if (fits(share, options_.interval)) {
      by_sensor[share.sensor].push_back(share);
    } else {
      work_.report.rows_unfit += share.rows;
    }
  }
  for (auto& [sensor, shares] : by_sensor) {
    if (Result<void> done = archive_.add(start, shares); !done) return done;
    if (work_.stopped()) return {};
    archived.insert(archived.end(), shares.begin(), shares.end());
  }
  return options_.remove ? remove_archived(archived) : Result<void>();
}

// Whole days go by dropping their partition.
Result<void> ArchiveRun::remove_archived(const std::vector<Share>& shares) {
  for (const Share& share : shares) {
    if (work_.stopped()) return {};
    if (partitioned_ && share.bucket - share.bucket % kDay + kDay <= cutoff_) continue;
    if (Result<void> done = removal_.remove(share); !done) return done;
  }
  return {};
}

Result<void> ArchiveRun::remove_old() {
  if (Result<void> done = removal_.drop_days(cutoff_); !done) return done;
  if (Result<void> done = removal_.remove_orphans(cutoff_); !done) return done;
  if (Result<void> done = merge_statistics(work_, options_.interval, cutoff_); !done) return done;
  if (options_.keep_level_2 > 0) {
    if (Result<void> done = removal_.remove_level_2(options_.now - options_.keep_level_2); !done) return done;
  }
  if (Result<void> done = removal_.remove_hosts(cutoff_); !done) return done;
  if (Result<void> done = join_applied(work_, options_.now - kDay); !done) return done;
  return removal_.give_back();
}

Result<void> ArchiveRun::roll_up(Tier tier, base::Seconds before) {
  Rollups rollups(work_.connection());
  return make_all(rollups, [&] { return rollups.due(tier, before, std::nullopt, kRollUpsAtOnce); });
}

Result<void> ArchiveRun::roll_up_buckets(base::Seconds before) {
  Rollups rollups(work_.connection());
  return make_all(rollups, [&] { return rollups.due_buckets(before, std::nullopt, kRollUpsAtOnce); });
}

template <class Find>
Result<void> ArchiveRun::make_all(Rollups& rollups, const Find& find) {
  for (bool more = true; more && !work_.stopped();) {
    const auto due = find();
    if (!due) return due.error();
    more = due->size() == kRollUpsAtOnce;
    bool any = false;
    for (const auto& mark : *due) {
      const Result<bool> made = rollups.make(mark);
      if (!made) return made.error();
      work_.report.rolled_up += *made ? 1 : 0;
      any = any || *made;
      work_.written();
      if (Result<void> done = work_.connection().catch_up(); !done) return done;
      if (work_.stopped()) return {};
    }
    more = more && any;
  }
  return {};
}

class ConnectedArchive final : public Archive {
 public:
  explicit ConnectedArchive(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

  Result<ArchiveReport> run(const ArchiveOptions& options, const ArchiveWatch& watch) override {
    return ArchiveRun(*connection_, options, watch).run();
  }
  Result<ArchivePlan> plan(const ArchiveOptions& options) override;
  std::string description() const override { return connection_->description(); }

 private:
  std::unique_ptr<Connection> connection_;
};

Result<ArchivePlan> ConnectedArchive::plan(const ArchiveOptions& options) {
  ArchivePlan plan;
  plan.cutoff = cutoff_of(options);
  Shares shares(*connection_);
  for (base::Seconds from = 0;;) {
    const Result<std::optional<base::Seconds>> bucket = shares.first_bucket(from, plan.cutoff);
    if (!bucket) return bucket.error();
    if (!*bucket) return plan;
    const base::Seconds start = **bucket - **bucket % options.interval;
    const Result<std::vector<Share>> found = shares.between(start, start + options.interval);
    if (!found) return found.error();
    std::set<Id> sensors;
    for (const Share& share : *found) {
      const Result<std::int64_t> rows = shares.count(share);
      if (!rows) return rows.error();
      const bool fit = share.done == kAllParts || fits(share, options.interval);
      (fit ? plan.removable : plan.rows_unfit) += *rows;
      if (!fit || share.done == kAllParts) continue;
      plan.rows += *rows;
      sensors.insert(share.sensor);
    }
    plan.intervals += static_cast<std::int64_t>(sensors.size());
    from = start + options.interval;
  }
}

}  // namespace

Result<std::unique_ptr<Archive>> Archive::open(const Options& database) {
  struct stat status {};
  if (database.driver == "sqlite3" && ::stat(database.dbname.c_str(), &status) != 0)
    return Error{cat("no database ", database.dbname, ": pastmon makes it when it starts")};
  Result<std::unique_ptr<Connection>> connection =
      database.driver == "pgsql" ? connect_postgresql(database, false) : connect_sqlite(database, false);
  if (!connection) return connection.error();
  if (Result<void> right = check_schema(**connection); !right) return right.error();
  if (Result<void> takes = refuse_front(**connection); !takes) return takes.error();
  return std::unique_ptr<Archive>(std::make_unique<ConnectedArchive>(*std::move(connection)));
}

}  // namespace pastmon::store
