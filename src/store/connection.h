// SPDX-License-Identifier: MIT
// One connection to a database: the only place where the two databases differ. SQL text is shared wherever the
// dialects agree; where they do not, the connection gives the words (ids, blob, insert).
//
// Used by one thread at a time; only interrupt() may come from another.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pastmon/base/result.h"
#include "pastmon/store/store.h"

namespace pastmon::store {

/// What stands for a '?' in a statement. Text must be free of NUL bytes (clean_text).
using Parameter = std::variant<std::int64_t, std::string>;

/// One row of a result. Columns count from 0. Views live until the next row.
class RowView {
 public:
  virtual ~RowView() = default;
  virtual bool null(unsigned column) const = 0;
  virtual std::int64_t integer(unsigned column) const = 0;   ///< 0 for NULL
  virtual std::string_view text(unsigned column) const = 0;  ///< "" for NULL
  virtual std::string_view blob(unsigned column) const = 0;  ///< of a column selected as blob_expression()
};
using RowFunction = std::function<void(const RowView&)>;

/// Takes the values of one row to insert, in the order of the columns.
class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual void integer(std::int64_t value) = 0;
  virtual void null() = 0;
  virtual void text(std::string_view value) = 0;
  virtual void blob(std::string_view value) = 0;
};
/// Puts row `index` into the sink.
using FillFunction = std::function<void(std::size_t index, RowSink& sink)>;

enum class ColumnType : std::uint8_t { integer, text, blob };
struct Column {
  std::string name;  ///< as SQL needs it (quoted where it must be)
  ColumnType type = ColumnType::integer;
};

/// A bulk insert: table, columns, and what to do about rows that are there already ("ON CONFLICT …").
struct Insert {
  std::string table;
  std::vector<Column> columns;
  std::string on_conflict;
};

class Connection {
 public:
  virtual ~Connection() = default;

  // ---- statements. Errors are one line. After a failure lost() says whether the connection is gone.

  /// Several statements without parameters.
  virtual base::Result<void> script(std::string_view sql) = 0;
  /// One statement; the number of rows it touched.
  virtual base::Result<std::int64_t> execute(std::string_view sql, const std::vector<Parameter>& parameters) = 0;
  /// The rows of a query; the whole result may be held in memory.
  virtual base::Result<void> query(std::string_view sql, const std::vector<Parameter>& parameters,
                                   const RowFunction& each) = 0;
  /// The rows of a large query in bounded memory. Needs a transaction.
  virtual base::Result<void> stream(std::string_view sql, const std::vector<Parameter>& parameters,
                                    const RowFunction& each) = 0;
  /// Inserts `rows` rows; the number that went in (or were updated). `fill` is called for one after the other, perhaps
  /// on another thread while this one waits for the database.
  virtual base::Result<std::int64_t> insert(const Insert& what, std::size_t rows, const FillFunction& fill) = 0;

  // ---- transactions

  virtual base::Result<void> begin_write() = 0;
  virtual base::Result<void> begin_read() = 0;  ///< one snapshot for all that is read in it
  virtual base::Result<void> commit() = 0;
  virtual void rollback() = 0;

  // ---- what differs between the dialects

  /// Where level_1's partitions for these days (seconds since the epoch, multiples of 86,400) are needed: makes them.
  virtual base::Result<void> make_days(const std::vector<base::Seconds>& days) = 0;
  /// SQL that is true when `column` is one of `ids`.
  virtual std::string in_ids(std::string_view column, const std::vector<Id>& ids) const = 0;
  /// What to select from, so that it is read by this index. PostgreSQL chooses by its statistics; SQLite keeps none
  /// here and would take a key that is read all of the range where another index leads to a few rows.
  virtual std::string by_index(std::string_view table, std::string_view index) const = 0;
  /// SQL that selects a blob so that RowView::blob can read it.
  virtual std::string blob_expression(std::string_view column) const = 0;
  /// Version of the schema in the database; 0 when there is none.
  virtual base::Result<std::int64_t> schema_version() = 0;
  /// The database is a front: it shows the rows of others and takes none (pastmon/store/federation.h).
  virtual base::Result<bool> is_front() { return false; }
  /// Takes the lock that keeps other programs from preparing and from writing; inside a transaction, until its end.
  /// No statement in it has a time limit: an upgrade takes the time that it takes.
  virtual base::Result<void> lock_schema() = 0;
  /// Keeps lock_schema() of others out until the transaction's end.
  virtual base::Result<void> share_schema() = 0;
  /// Numbered SQL files, first version first.
  virtual std::vector<std::string_view> schema_files() const = 0;

  // ---- what differs for summarising

  /// Keeps other programs from summarising, until this connection ends. False: another one does.
  virtual base::Result<bool> lock_archive() = 0;
  /// From now on a power failure may take the last of this connection's transactions back, never one in the middle:
  /// for work that is simply done again.
  virtual base::Result<void> defer_sync() { return {}; }
  /// After defer_sync(), between two transactions: what must be done now and then and would else lengthen one of them.
  virtual base::Result<void> catch_up() { return {}; }
  /// Inside a transaction, until its end: purges of hosts keep everybody out, those who write rows only purges.
  virtual base::Result<void> lock_hosts(bool purge) = 0;
  /// How long a transaction that writes should take, so that others who write need not wait.
  virtual base::Micros write_time() const noexcept = 0;
  /// Days that level_1 has a partition for, ascending; none where it has no partitions.
  virtual base::Result<std::vector<base::Seconds>> days() = 0;
  /// Drops the partition of a day if all its rows are archived; false: it stays. Error::temporary: it is in use.
  virtual base::Result<bool> drop_day(base::Seconds day) = 0;
  /// Pages of the file that are free, beyond what the coming days will need.
  virtual base::Result<std::int64_t> spare_pages() = 0;
  virtual base::Result<void> give_back(std::int64_t pages) = 0;

  // ---- the connection itself

  virtual bool lost() const noexcept = 0;
  virtual base::Result<void> reconnect() = 0;
  /// Any thread: makes the statement in progress fail soon.
  virtual void interrupt() noexcept = 0;
  virtual std::string description() const = 0;
};

/// Whose tables: they are apart, with versions of their own. `figures`: schema "pastmon", or the SQLite file. `web`:
/// what the web server keeps itself, schema "web", or an SQLite file of its own that nobody else may read.
enum class Tables : std::uint8_t { figures, web };

base::Result<std::unique_ptr<Connection>> connect_sqlite(const Options& options, bool read_only,
                                                         Tables tables = Tables::figures);
/// `driver_directory`: where libdbi looks for its drivers; "" for its default.
base::Result<std::unique_ptr<Connection>> connect_postgresql(const Options& options, bool read_only,
                                                             const std::string& driver_directory = {},
                                                             Tables tables = Tables::figures);

/// By the driver that the options name.
base::Result<std::unique_ptr<Connection>> connect(const Options& options, bool read_only,
                                                  Tables tables = Tables::figures);

/// A transaction that is rolled back unless it was committed.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}
  ~Transaction() {
    if (open_) connection_.rollback();
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  base::Result<void> begin_write() { return began(connection_.begin_write()); }
  base::Result<void> begin_read() { return began(connection_.begin_read()); }
  base::Result<void> commit() {
    open_ = false;
    base::Result<void> done = connection_.commit();
    if (!done) connection_.rollback();
    return done;
  }

 private:
  base::Result<void> began(base::Result<void> result) {
    open_ = result.ok();
    return result;
  }

  Connection& connection_;
  bool open_ = false;
};

/// Text fit for both databases: valid UTF-8 without control characters (they become \xNN).
std::string clean_text(std::string_view bytes);

}  // namespace pastmon::store
