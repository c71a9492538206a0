// SPDX-License-Identifier: MIT
#include "again.h"
#include "connection.h"
#include "groups.h"
#include "host_names.h"
#include "pastmon/base/text.h"
#include "reader.h"
#include "rollup.h"
#include "schema.h"
#include "seen.h"
#include "totals.h"
#include "writer.h"

namespace pastmon::store {
namespace {

using base::Error;
using base::Result;

/// One connection, its reader and its writer. When the connection is found gone, the whole call is made once more over
/// a new one: a batch that went in nevertheless is known by its number, and a read has no effect.
class ConnectedDatabase final : public Database {
 public:
  ConnectedDatabase(std::unique_ptr<Connection> connection, base::Micros group_retry)
      : connection_(std::move(connection)),
        groups_(*connection_, group_retry),
        reader_(*connection_, groups_),
        writer_(*connection_) {}

  Result<void> prepare() override {
    return again([&]() -> Result<void> {
      if (Result<void> takes = refuse_front(*connection_); !takes) return takes;
      return prepare_schema(*connection_);
    });
  }
  Result<void> write(const Batch& batch) override {
    return writing([&] { return writer_.write(batch); });
  }
  Result<void> write_open(const Batch& open) override {
    return writing([&] { return writer_.write_open(open); });
  }
  Result<bool> roll_up(const std::string& sensor, base::Seconds before) override {
    return again([&] { return roll_up_one(sensor, before); });
  }
  Result<void> check() override {
    if (Result<void> fine = again([&] { return check_schema(*connection_); }); !fine) return fine;
    return reading([] { return Result<void>(); });  // which groups of a front answer
  }
  Result<std::vector<Listed>> list(const ListQuery& query) override {
    return reading([&] { return reader_.list(query); });
  }
  Result<std::vector<Point>> series(const Selection& selection, base::Seconds step) override {
    return reading([&] { return reader_.series(selection, step); });
  }
  Result<std::vector<GroupSeries>> group_series(const Selection& selection, const GroupBy& by,
                                                const std::vector<Listed>& groups, base::Seconds step) override {
    return reading([&] { return reader_.group_series(selection, by, groups, step); });
  }
  Result<std::vector<Host>> hosts() override {
    return reading([&] { return reader_.hosts(); });
  }
  Result<std::vector<Named>> signatures() override {
    return reading([&] { return reader_.named("signature"); });
  }
  Result<std::vector<Named>> sensors() override {
    return reading([&] { return reader_.named("sensor"); });
  }
  Result<Extent> extent(Level level) override {
    return reading([&] { return reader_.extent(level); });
  }
  Result<std::vector<StatisticPoint>> statistics(const StatisticQuery& query) override {
    return reading([&] { return reader_.statistics(query); });
  }
  Result<std::vector<Total>> totals() override {
    return reading([&] { return Totals(*connection_).totals(groups_.table("total")); });
  }
  Result<std::vector<StatisticTotal>> statistic_totals() override {
    return reading([&] { return Totals(*connection_).statistics(groups_.table("statistic_total")); });
  }
  Result<std::vector<HostName>> host_names(Id host) override {
    return reading([&] { return read_host_names(*connection_, groups_, host); });
  }
  Result<std::vector<bool>> seen(const std::vector<Listed>& who, base::Seconds from, base::Seconds to) override {
    return reading([&] { return read_seen(*connection_, groups_, who, from, to); });
  }
  std::vector<std::string> warnings() const override { return groups_.warnings(); }
  void interrupt() noexcept override { connection_->interrupt(); }
  std::string description() const override { return connection_->description(); }

 private:
  /// Hours and buckets, the newest first; then what is made of hours.
  Result<bool> roll_up_one(const std::string& sensor, base::Seconds before) {
    Rollups rollups(*connection_);
    const Result<std::vector<Rollups::Mark>> due = rollups.due(Tier::hour, before, id_of_name(sensor), 1);
    if (!due) return due.error();
    const Result<std::vector<Rollups::DueBucket>> bucket = rollups.due_buckets(before, id_of_name(sensor), 1);
    if (!bucket) return bucket.error();
    if (!bucket->empty() && (due->empty() || due->front().bucket < bucket->front().bucket))
      return rollups.make(bucket->front());
    if (!due->empty()) return rollups.make(due->front());
    for (const Tier tier : {Tier::quarter_day, Tier::day}) {
      const Result<std::vector<Rollups::Mark>> longer = rollups.due(tier, before, id_of_name(sensor), 1);
      if (!longer) return longer.error();
      if (!longer->empty()) return rollups.make(longer->front());
    }
    return false;
  }

  template <class Call>
  auto again(const Call& call) -> decltype(call()) {
    return store::again(*connection_, call, [this] { groups_.forget(); });
  }

  /// Asked once: no database becomes a front while somebody writes to it.
  template <class Call>
  Result<void> writing(const Call& call) {
    return again([&]() -> Result<void> {
      if (!takes_rows_) {
        if (Result<void> takes = refuse_front(*connection_); !takes) return takes;
        takes_rows_ = true;
      }
      return call();
    });
  }

  /// On a front a group may be away: the call is then made without it.
  template <class Call>
  auto reading(const Call& call) -> decltype(call()) {
    const auto with_groups = [&]() -> decltype(call()) {
      if (Result<void> ready = groups_.ready(); !ready) return ready.error();
      return call();
    };
    auto result = again(with_groups);
    while (!result && groups_.leave_out()) result = again(with_groups);
    return result;
  }

  std::unique_ptr<Connection> connection_;
  Groups groups_;
  bool takes_rows_ = false;
  Reader reader_;
  Writer writer_;
};

Result<std::unique_ptr<Database>> open_with(const Options& options, bool read_only) {
  Result<std::unique_ptr<Connection>> connection = connect(options, read_only);
  if (!connection) return connection.error();
  return std::unique_ptr<Database>(
      std::make_unique<ConnectedDatabase>(*std::move(connection), options.group_retry * base::kSecond));
}

}  // namespace

Result<std::unique_ptr<Connection>> connect(const Options& options, bool read_only, Tables tables) {
  if (options.driver == "sqlite3") return connect_sqlite(options, read_only, tables);
  if (options.driver == "pgsql") return connect_postgresql(options, read_only, {}, tables);
  return Error{base::cat("unknown database driver \"", options.driver, "\": use \"sqlite3\" or \"pgsql\"")};
}

Result<std::unique_ptr<Database>> open(const Options& options) { return open_with(options, false); }
Result<std::unique_ptr<Database>> open_read_only(const Options& options) { return open_with(options, true); }

}  // namespace pastmon::store
