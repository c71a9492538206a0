// SPDX-License-Identifier: MIT
// The database, behind one interface: PostgreSQL through libdbi, or an embedded SQLite file. Same schema, same rules
// (docs/schema.md). A Database is one connection and belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pastmon/base/address.h"
#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "pastmon/metric/aggregate.h"
#include "pastmon/metric/bucket.h"

namespace pastmon::store {

/// 64-bit ids: base::stable_id of what they name (address: its 16 bytes; signature and sensor: the name).
using Id = std::int64_t;
Id id_of(const base::Address& address) noexcept;
Id id_of_name(std::string_view name) noexcept;

struct Options {
  std::string driver = "sqlite3";  ///< "sqlite3" or "pgsql"
  std::string dbname;              ///< path of the file, or name of the database
  std::string host;                ///< host name, address, or directory of a Unix socket (pgsql)
  std::uint16_t port = 0;          ///< 0: the driver's default
  std::string username;
  std::string password;                      ///< never shown in any message
  std::map<std::string, std::string> extra;  ///< further libpq keys, e.g. {"sslmode", "require"}
  base::Seconds connect_timeout = 10;
  base::Seconds query_timeout = 60;
  base::Seconds group_retry = 30;  ///< a front: how soon a group of sensors that could not be read is asked again
};

/// Name of an address, with where it came from and when.
struct HostName {
  base::Address address;
  std::string name;    ///< valid UTF-8, no control characters, at most 255 bytes
  std::string source;  ///< "dns" (seen on the wire), "ptr" (asked), …
  base::Seconds seen = 0;
};

/// One figure of the program's own statistics in one bucket; `sum` for what counts up, min/max for levels.
struct Statistic {
  std::string name;       ///< "packets_received", "kernel_dropped", "flows_active", …
  std::string interface;  ///< "" where it does not concern one
  metric::Summary value;
};

/// What goes into the database in one transaction, exactly once.
struct Batch {
  std::string sensor;
  std::string identity;     ///< of the machine that measured, while two must not share a name; "": a file, no machine
  std::int64_t run = 0;     ///< new with each start of the sensor's process; for a file, derived from its contents
  std::int64_t number = 0;  ///< 1, 2, … within the run
  std::vector<metric::Bucket> buckets;                         ///< closed ones
  std::map<base::Seconds, std::vector<Statistic>> statistics;  ///< by bucket start
  std::vector<HostName> names;
};

/// `all`: level 2, and those rows of level 1 that are not in it yet. Only for reading.
enum class Level : std::uint8_t { one = 1, two = 2, all = 3 };

/// Which rows. Unset: any. An empty list matches nothing.
struct Selection {
  Level level = Level::one;
  base::Seconds from = 0;  ///< buckets that begin at or after …
  base::Seconds to = 0;    ///< … and before
  std::optional<std::vector<Id>> signatures;
  std::optional<std::vector<Id>> clients;
  std::optional<std::vector<Id>> servers;
  std::optional<std::vector<Id>> sensors;
  std::optional<std::uint16_t> port;
};

struct GroupBy {
  bool signature = false;
  bool client = false;
  bool server = false;
  bool port = false;
  bool sensor = false;
};

/// Names without regard to case: of a host its name, else its address. Ordered by what does not tell its groups apart,
/// a list is ordered by transactions.
enum class Order : std::uint8_t {
  transactions,
  failures,
  errors,
  packets,
  bytes,
  response_mean,
  response_max,
  last,
  first,
  loss,          ///< retransmissions by packets
  server_share,  ///< of the verdict
  signature,
  client,
  server,
  port
};

/// One group of rows, added up over buckets and runs. Ids that were not grouped by are 0.
struct Listed {
  Id signature = 0;
  Id client = 0;
  Id server = 0;
  Id sensor = 0;
  std::uint16_t port = 0;
  metric::Aggregate values;  ///< hot metrics; with sketches and the rest only if details were asked for
};

struct ListQuery {
  Selection selection;
  GroupBy group_by;
  Order order = Order::transactions;
  bool descending = true;
  std::size_t limit = 100;
  std::size_t offset = 0;
  bool details = true;
};

/// A few sums of one group of a list in one step of time.
struct GroupPoint {
  base::Seconds start = 0;
  base::Seconds seconds = 0;
  std::int64_t transactions = 0;
  std::int64_t failures = 0;  ///< unanswered, refused, aborted
  std::int64_t timed = 0;     ///< transactions with a response time …
  std::int64_t response_time_sum = 0;
  friend bool operator==(const GroupPoint&, const GroupPoint&) = default;
};
using GroupSeries = std::vector<GroupPoint>;

/// One bucket of a graph.
struct Point {
  base::Seconds start = 0;
  base::Seconds seconds = 0;
  metric::Aggregate values;
};

struct Host {
  Id id = 0;
  base::Address address;
  std::string name;  ///< "" when none is known
  std::string name_source;
};
struct Named {
  Id id = 0;
  std::string name;
};
/// Which of the program's own figures. Unset: any. An empty list matches nothing.
struct StatisticQuery {
  base::Seconds from = 0;
  base::Seconds to = 0;
  base::Seconds step = 0;  ///< added up over multiples of it since the epoch; 0: as they are stored
  std::optional<std::vector<std::string>> names;
  std::optional<std::vector<Id>> sensors;
};
struct StatisticPoint {
  base::Seconds start = 0;
  std::string name;
  std::string interface;
  Id sensor = 0;
  metric::Summary value;
};
/// All that was ever stored of a signature by a sensor: never falls.
struct Total {
  Id sensor = 0;
  Id signature = 0;
  metric::Aggregate values;
};
/// The same of a figure of the program itself.
struct StatisticTotal {
  Id sensor = 0;
  std::string name;
  std::string interface;
  metric::Summary value;
};
/// Earliest and latest bucket start in a level, open bucket included; 0 when it is empty.
struct Extent {
  base::Seconds first = 0;
  base::Seconds last = 0;
};

class Database {
 public:
  virtual ~Database() = default;

  // ---- writing (daemon, admin)

  /// Creates the schema in an empty database, upgrades an older one in place. Errors: a schema newer than this
  /// program, a database that is not ours, no permission, a front (it takes no rows).
  virtual base::Result<void> prepare() = 0;

  /// Applies a batch in one transaction; one applied before (sensor, run, number) changes nothing and is success.
  virtual base::Result<void> write(const Batch& batch) = 0;

  /// Replaces what `level_1_open` holds of these rows of this sensor and run (buckets not closed yet); statistics
  /// likewise. Rows of closed buckets are removed from there by write().
  virtual base::Result<void> write_open(const Batch& open) = 0;

  /// Makes one due roll-up of this sensor's hours, quarters of a day and days that end before `before`
  /// (docs/schema.md, "Roll-ups"). False: none is due, or rows came meanwhile.
  virtual base::Result<bool> roll_up(const std::string& sensor, base::Seconds before) = 0;

  // ---- reading (web); level one includes the open buckets

  /// Checks that the schema is one that this program reads. Errors: none there, newer than this program.
  virtual base::Result<void> check() = 0;
  virtual base::Result<std::vector<Listed>> list(const ListQuery& query) = 0;
  /// One aggregate a step, ascending; steps are multiples of `step` since the epoch; empty steps are left out.
  virtual base::Result<std::vector<Point>> series(const Selection& selection, base::Seconds step) = 0;
  /// For each of these groups of a list (in their order) a point a step, ascending; empty steps are left out.
  virtual base::Result<std::vector<GroupSeries>> group_series(const Selection& selection, const GroupBy& by,
                                                              const std::vector<Listed>& groups,
                                                              base::Seconds step) = 0;
  virtual base::Result<std::vector<Host>> hosts() = 0;
  virtual base::Result<std::vector<Named>> signatures() = 0;
  virtual base::Result<std::vector<Named>> sensors() = 0;
  virtual base::Result<Extent> extent(Level level) = 0;
  virtual base::Result<std::vector<StatisticPoint>> statistics(const StatisticQuery& query) = 0;
  base::Result<std::vector<StatisticPoint>> statistics(base::Seconds from, base::Seconds to) {
    return statistics(StatisticQuery{from, to, 0, std::nullopt, std::nullopt});
  }
  virtual base::Result<std::vector<Total>> totals() = 0;
  virtual base::Result<std::vector<StatisticTotal>> statistic_totals() = 0;
  /// The newest few names of an address, newest first.
  virtual base::Result<std::vector<HostName>> host_names(Id host) = 0;

  /// For each of `who`, a client or (client 0) a signature, server and port: was it there, by the roll-ups of
  /// [from, to)? Whole hours of level 1 and days of level 2; what is not rolled up is not looked at.
  virtual base::Result<std::vector<bool>> seen(const std::vector<Listed>& who, base::Seconds from,
                                               base::Seconds to) = 0;

  /// What was missing in what was read last, one line each: on a front, groups of sensors that cannot be read.
  virtual std::vector<std::string> warnings() const { return {}; }

  /// Any thread: makes the call in progress fail soon (a program that stops does not wait for a slow database).
  virtual void interrupt() noexcept = 0;

  /// "sqlite3 /path" or "pgsql host/dbname": for messages; never with the password.
  virtual std::string description() const = 0;
};

/// Connects. Errors: driver not installed (says which package brings it), no such database, wrong password,
/// unwritable directory, not a database. One line each; `temporary` when the server cannot be reached at all.
base::Result<std::unique_ptr<Database>> open(const Options& options);
/// Opens for reading only (SQLite: does not create the file; PostgreSQL: default_transaction_read_only).
base::Result<std::unique_ptr<Database>> open_read_only(const Options& options);

}  // namespace pastmon::store
