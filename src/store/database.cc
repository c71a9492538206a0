// SPDX-License-Identifier: MIT
#include "connection.h"
#include "host_names.h"
#include "pastmon/base/text.h"
#include "reader.h"
#include "rollup.h"
#include "schema.h"
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
  explicit ConnectedDatabase(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)), reader_(*connection_), writer_(*connection_) {}

  Result<void> prepare() override {
    return again([&] { return prepare_schema(*connection_); });
  }
  Result<void> write(const Batch& batch) override {
    return again([&] { return writer_.write(batch); });
  }
  Result<void> write_open(const Batch& open) override {
    return again([&] { return writer_.write_open(open); });
  }
  Result<bool> roll_up(const std::string& sensor, base::Seconds before) override {
    return again([&] { return roll_up_one(sensor, before); });
  }
  Result<void> check() override {
    return again([&] { return check_schema(*connection_); });
  }
  Result<std::vector<Listed>> list(const ListQuery& query) override {
    return again([&] { return reader_.list(query); });
  }
  Result<std::vector<Point>> series(const Selection& selection, base::Seconds step) override {
    return again([&] { return reader_.series(selection, step); });
  }
  Result<std::vector<Host>> hosts() override {
    return again([&] { return reader_.hosts(); });
  }
  Result<std::vector<Named>> signatures() override {
    return again([&] { return reader_.named("signature"); });
  }
  Result<std::vector<Named>> sensors() override {
    return again([&] { return reader_.named("sensor"); });
  }
  Result<Extent> extent(Level level) override {
    return again([&] { return reader_.extent(level); });
  }
  Result<std::vector<StatisticPoint>> statistics(base::Seconds from, base::Seconds to) override {
    return again([&] { return reader_.statistics(from, to); });
  }
  Result<std::vector<Total>> totals() override {
    return again([&] { return Totals(*connection_).totals(); });
  }
  Result<std::vector<StatisticTotal>> statistic_totals() override {
    return again([&] { return Totals(*connection_).statistics(); });
  }
  Result<std::vector<HostName>> host_names(Id host) override {
    return again([&] { return read_host_names(*connection_, host); });
  }
  void interrupt() noexcept override { connection_->interrupt(); }
  std::string description() const override { return connection_->description(); }

 private:
  Result<bool> roll_up_one(const std::string& sensor, base::Seconds before) {
    Rollups rollups(*connection_);
    const Result<std::vector<Rollups::Mark>> due = rollups.due(Level::one, before, id_of_name(sensor), 1);
    if (!due) return due.error();
    return due->empty() ? Result<bool>(false) : rollups.make(due->front());
  }

  template <class Call>
  auto again(const Call& call) -> decltype(call()) {
    if (!connection_->lost()) {
      auto result = call();
      if (result || !connection_->lost()) return result;
    }
    if (Result<void> back = connection_->reconnect(); !back) return back.error();
    return call();
  }

  std::unique_ptr<Connection> connection_;
  Reader reader_;
  Writer writer_;
};

Result<std::unique_ptr<Database>> open_with(const Options& options, bool read_only) {
  Result<std::unique_ptr<Connection>> connection = connect(options, read_only);
  if (!connection) return connection.error();
  return std::unique_ptr<Database>(std::make_unique<ConnectedDatabase>(*std::move(connection)));
}

}  // namespace

Result<std::unique_ptr<Connection>> connect(const Options& options, bool read_only) {
  if (options.driver == "sqlite3") return connect_sqlite(options, read_only);
  if (options.driver == "pgsql") return connect_postgresql(options, read_only);
  return Error{base::cat("unknown database driver \"", options.driver, "\": use \"sqlite3\" or \"pgsql\"")};
}

Result<std::unique_ptr<Database>> open(const Options& options) { return open_with(options, false); }
Result<std::unique_ptr<Database>> open_read_only(const Options& options) { return open_with(options, true); }

}  // namespace pastmon::store
