// SPDX-License-Identifier: MIT
// libdbi with its driver "pgsql". Learnt by trying: a NULL result with error 0 means that the connection is gone;
// dbi_conn_ping reconnects silently, also inside a transaction, so it is never called; the transaction functions leak,
// so BEGIN and COMMIT are queries.
#include <dbi/dbi.h>
#include <sys/socket.h>

#include <atomic>
#include <future>

#include "connection.h"
#include "dbi_row.h"
#include "pastmon/base/embedded.h"
#include "pastmon/base/text.h"
#include "postgresql_errors.h"
#include "postgresql_text.h"

namespace pastmon::embedded {
std::span<const File> postgresql_schema();
std::span<const File> postgresql_web_schema();
}  // namespace pastmon::embedded

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;

constexpr std::size_t kRowsAFetch = 2000;
constexpr std::size_t kBytesAnInsert = 1U << 20U;

class PostgresqlConnection final : public Connection {
 public:
  PostgresqlConnection(const Options& options, bool read_only, std::string driver_directory, Tables tables)
      : options_(options),
        read_only_(read_only),
        driver_directory_(std::move(driver_directory)),
        schema_(tables == Tables::web ? "web" : "pastmon") {}
  ~PostgresqlConnection() override {
    if (connection_ != nullptr) dbi_conn_close(connection_);
    if (instance_ != nullptr) dbi_shutdown_r(instance_);
  }
  PostgresqlConnection(const PostgresqlConnection&) = delete;
  PostgresqlConnection& operator=(const PostgresqlConnection&) = delete;

  Result<void> open();

  Result<void> script(std::string_view sql) override;
  Result<std::int64_t> execute(std::string_view sql, const std::vector<Parameter>& parameters) override;
  Result<void> query(std::string_view sql, const std::vector<Parameter>& parameters, const RowFunction& each) override;
  Result<void> stream(std::string_view sql, const std::vector<Parameter>& parameters, const RowFunction& each) override;
  Result<std::int64_t> insert(const Insert& what, std::size_t rows, const FillFunction& fill) override;

  Result<void> begin_write() override { return script("BEGIN"); }
  Result<void> begin_read() override { return script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); }
  Result<void> commit() override { return script("COMMIT"); }
  void rollback() override {
    if (!lost_) (void)script("ROLLBACK");
  }

  Result<void> make_days(const std::vector<base::Seconds>& days) override;
  std::string in_ids(std::string_view column, const std::vector<Id>& ids) const override;
  std::string by_index(std::string_view table, std::string_view) const override { return std::string(table); }
  std::string blob_expression(std::string_view column) const override { return cat("encode(", column, ", 'base64')"); }
  Result<std::int64_t> schema_version() override;
  Result<bool> is_front() override;
  Result<void> lock_schema() override {
    return script(
        cat("SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(1349735502, ", web_tables() ? 5 : 1, ")"));
  }
  Result<void> share_schema() override { return script("SELECT pg_advisory_xact_lock_shared(1349735502, 1)"); }
  std::vector<std::string_view> schema_files() const override;

  Result<bool> lock_archive() override;
  Result<void> lock_hosts(bool purge) override {
    return script(cat("SELECT pg_advisory_xact_lock", purge ? "" : "_shared", "(1349735502, 4)"));
  }
  base::Micros write_time() const noexcept override { return base::kSecond / 2; }
  Result<std::vector<base::Seconds>> days() override;
  Result<bool> drop_day(base::Seconds day) override;
  Result<std::int64_t> spare_pages() override { return std::int64_t{0}; }
  Result<void> give_back(std::int64_t) override { return {}; }

  bool lost() const noexcept override { return lost_; }
  Result<void> reconnect() override { return connect(); }
  void interrupt() noexcept override {
    const int socket = socket_.load();
    if (socket >= 0) ::shutdown(socket, SHUT_RDWR);
  }
  std::string description() const override {
    return cat("pgsql ", options_.host.empty() ? "localhost" : options_.host, "/", options_.dbname);
  }

 private:
  Result<void> connect();
  void set_options();
  Error connect_failure();
  Result<DbiResult> run(const std::string& sql);
  bool web_tables() const { return schema_ == "web"; }

  Options options_;
  bool read_only_;
  std::string driver_directory_;
  std::string schema_;
  dbi_inst instance_ = nullptr;
  dbi_conn connection_ = nullptr;
  std::atomic<int> socket_ = -1;
  bool lost_ = true;
};

Result<void> PostgresqlConnection::open() {
  if (options_.dbname.empty()) return Error{"no database is given (dbname)"};
  const char* directory = driver_directory_.empty() ? nullptr : driver_directory_.c_str();
  if (dbi_initialize_r(directory, &instance_) < 0) instance_ = nullptr;
  return connect();
}

void PostgresqlConnection::set_options() {
  const auto set = [this](const char* key, const std::string& value) {
    if (!value.empty()) dbi_conn_set_option(connection_, key, value.c_str());
  };
  set("dbname", options_.dbname);
  set("host", options_.host);
  set("username", options_.username);
  set("password", options_.password);
  if (options_.port != 0) dbi_conn_set_option_numeric(connection_, "port", options_.port);
  set("pgsql_client_encoding", "UTF8");
  set("pgsql_application_name", "pastmon");
  set("pgsql_connect_timeout", cat(options_.connect_timeout));
  set("pgsql_keepalives_idle", "30");
  set("pgsql_keepalives_interval", "10");
  set("pgsql_keepalives_count", "3");
  std::string session =
      cat("-c search_path=", schema_, ",pg_temp -c standard_conforming_strings=on -c client_min_messages=error",
          " -c cursor_tuple_fraction=1.0 -c statement_timeout=", options_.query_timeout * 1000,
          read_only_ ? " -c default_transaction_read_only=on" : "");
  for (const auto& [key, value] : options_.extra) {
    if (key == "options") {
      session += " " + value;
    } else {
      set(("pgsql_" + key).c_str(), value);
    }
  }
  set("pgsql_options", session);
}

Result<void> PostgresqlConnection::connect() {
  socket_ = -1;
  lost_ = true;
  if (connection_ != nullptr) dbi_conn_close(connection_);
  connection_ = instance_ != nullptr ? dbi_conn_new_r("pgsql", instance_) : nullptr;
  if (connection_ == nullptr) return Error{"libdbd-pgsql is not installed: apt-get install libdbd-pgsql"};
  set_options();
  if (dbi_conn_connect(connection_) < 0) return connect_failure();
  socket_ = dbi_conn_get_socket(connection_);
  lost_ = false;
  return {};
}

Error PostgresqlConnection::connect_failure() {
  const char* text = nullptr;
  dbi_conn_error(connection_, &text);
  const std::string message = one_line(text != nullptr ? text : "no connection");
  if (message.find("database \"") != std::string::npos && message.find("does not exist") != std::string::npos) {
    return Error{cat("database \"", options_.dbname, "\" does not exist on ",
                     options_.host.empty() ? "localhost" : options_.host,
                     ": make it with pastmon-admin create-database")};
  }
  return Error{cat(description(), ": ", message), connecting_may_help_later(message)};
}

Result<DbiResult> PostgresqlConnection::run(const std::string& sql) {
  if (lost_) return Error{cat(description(), ": not connected")};
  DbiResult result(dbi_conn_query(connection_, sql.c_str()));
  if (result.get() != nullptr) return result;
  const char* text = nullptr;
  const int number = dbi_conn_error(connection_, &text);
  const int administrator = sqlstate("57P01"), crash = sqlstate("57P02"), starting = sqlstate("57P03");
  if (number == 0 || number == administrator || number == crash || number == starting) {
    lost_ = true;
    return Error{cat(description(), ": the connection is gone"), true};
  }
  if (number == sqlstate("57014"))
    return Error{cat(description(), ": given up: cancelled, or longer than ", options_.query_timeout, " s"), true};
  // A session keeps what it was told when it began: only a new one notices that the database may be written again.
  if (number == sqlstate("25006")) lost_ = true;
  std::string_view message = text != nullptr ? text : "unknown error";
  if (const std::size_t colon = message.find(": "); colon != std::string_view::npos && colon < 12)
    message.remove_prefix(colon + 2);  // the number again
  return Error{cat(description(), ": ", one_line(message)), passes(number)};
}

Result<void> PostgresqlConnection::script(std::string_view sql) {
  Result<DbiResult> result = run(std::string(sql));
  if (!result) return result.error();
  return {};
}

Result<std::int64_t> PostgresqlConnection::execute(std::string_view sql, const std::vector<Parameter>& parameters) {
  Result<DbiResult> result = run(put_parameters(sql, parameters));
  if (!result) return result.error();
  return static_cast<std::int64_t>(dbi_result_get_numrows_affected(result->get()));
}

Result<void> PostgresqlConnection::query(std::string_view sql, const std::vector<Parameter>& parameters,
                                         const RowFunction& each) {
  Result<DbiResult> result = run(put_parameters(sql, parameters));
  if (!result) return result.error();
  const DbiRow row(result->get());
  while (dbi_result_next_row(result->get()) == 1) each(row);
  return {};
}

// libpq would hold the whole result: a cursor gives it in parts.
Result<void> PostgresqlConnection::stream(std::string_view sql, const std::vector<Parameter>& parameters,
                                          const RowFunction& each) {
  if (Result<void> declared = script(cat("DECLARE part NO SCROLL CURSOR FOR ", put_parameters(sql, parameters)));
      !declared)
    return declared;
  for (bool more = true; more;) {
    std::size_t rows = 0;
    Result<void> fetched = query(cat("FETCH ", kRowsAFetch, " FROM part"), {}, [&](const RowView& row) {
      ++rows;
      each(row);
    });
    if (!fetched) return fetched;
    more = rows == kRowsAFetch;
  }
  return script("CLOSE part");
}

// The next statement is written while the server works on the one before.
Result<std::int64_t> PostgresqlConnection::insert(const Insert& what, std::size_t rows, const FillFunction& fill) {
  std::string names;
  for (const Column& column : what.columns) names += (names.empty() ? "" : ", ") + column.name;
  ArraySink sink(what.columns);
  std::size_t at = 0;
  const auto write_next = [&] {
    do {
      sink.start_row();
      fill(at++, sink);
    } while (at < rows && sink.bytes() < kBytesAnInsert);
    return cat("INSERT INTO ", what.table, " (", names, ") SELECT * FROM ", sink.take(), " ", what.on_conflict);
  };
  std::int64_t changed = 0;
  std::future<std::string> next;  // waited for when it goes
  while (next.valid() || at < rows) {
    const std::string statement = next.valid() ? next.get() : write_next();
    if (at < rows) next = std::async(write_next);  // where there can be no thread: when it is asked for
    Result<std::int64_t> done = execute(statement, {});
    if (!done) return done;
    changed += *done;
  }
  return changed;
}

Result<void> PostgresqlConnection::make_days(const std::vector<base::Seconds>& days) {
  for (const base::Seconds day : days) {
    if (Result<void> made = script(cat("SELECT make_level_1_day(", day, ")")); !made) return made;
  }
  return {};
}

Result<bool> PostgresqlConnection::lock_archive() {
  bool taken = false;
  Result<void> done = query("SELECT CASE WHEN pg_try_advisory_lock(1349735502, 3) THEN 1 ELSE 0 END", {},
                            [&taken](const RowView& row) { taken = row.integer(0) == 1; });
  if (!done) return done.error();
  return taken;
}

Result<std::vector<base::Seconds>> PostgresqlConnection::days() {
  std::vector<base::Seconds> days;
  Result<void> done = query(
      "SELECT EXTRACT(EPOCH FROM to_date(right(c.relname, 8), 'YYYYMMDD'))::BIGINT FROM pg_inherits i "
      "JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'pastmon.level_1'::regclass "
      "AND c.relname ~ '^level_1_[0-9]{8}$' ORDER BY 1",
      {}, [&days](const RowView& row) { days.push_back(row.integer(0)); });
  if (!done) return done.error();
  return days;
}

// Readers hold the table for the time of their query: it is waited for a little, while those who come later wait for
// us, then given up.
Result<bool> PostgresqlConnection::drop_day(base::Seconds day) {
  bool dropped = false;
  Transaction transaction(*this);
  if (Result<void> begun = transaction.begin_write(); !begun) return begun.error();
  if (Result<void> limited = script("SET LOCAL lock_timeout = '2s'"); !limited) return limited.error();
  Result<void> done = query(cat("SELECT CASE WHEN drop_level_1_day(", day, ") THEN 1 ELSE 0 END"), {},
                            [&dropped](const RowView& row) { dropped = row.integer(0) == 1; });
  if (!done) return done.error();
  if (Result<void> committed = transaction.commit(); !committed) return committed.error();
  return dropped;
}

std::string PostgresqlConnection::in_ids(std::string_view column, const std::vector<Id>& ids) const {
  std::string sql = cat(column, " = ANY('{");
  for (std::size_t i = 0; i < ids.size(); ++i) sql += cat(i == 0 ? "" : ",", ids[i]);
  return sql + "}'::BIGINT[])";
}

Result<std::int64_t> PostgresqlConnection::schema_version() {
  std::int64_t tables = 0, version = 0;
  Result<void> looked = query("SELECT COUNT(*) FROM pg_tables WHERE schemaname = ? AND tablename = 'schema_version'",
                              {schema_}, [&](const RowView& row) { tables = row.integer(0); });
  if (!looked) return looked.error();
  if (tables == 0) {
    std::int64_t others = 0;
    looked = query("SELECT COUNT(*) FROM pg_tables WHERE schemaname = ?", {schema_},
                   [&](const RowView& row) { others = row.integer(0); });
    if (!looked) return looked.error();
    if (others > 0)
      return Error{
          cat(description(), ": its schema \"", schema_, "\" belongs to another program: give another database")};
    return std::int64_t{0};
  }
  looked = query(cat("SELECT COALESCE(MAX(version), 0) FROM ", schema_, ".schema_version"), {},
                 [&](const RowView& row) { version = row.integer(0); });
  if (!looked) return looked.error();
  return version;
}

Result<bool> PostgresqlConnection::is_front() {
  if (web_tables()) return false;
  bool front = false;
  Result<void> looked = query("SELECT 1 FROM pg_tables WHERE schemaname = 'pastmon' AND tablename = 'federation_group'",
                              {}, [&front](const RowView&) { front = true; });
  if (!looked) return looked.error();
  return front;
}

std::vector<std::string_view> PostgresqlConnection::schema_files() const {
  std::vector<std::string_view> files;
  const auto all = web_tables() ? embedded::postgresql_web_schema() : embedded::postgresql_schema();
  for (const embedded::File& file : all) files.push_back(file.content);
  return files;
}

}  // namespace

Result<std::unique_ptr<Connection>> connect_postgresql(const Options& options, bool read_only,
                                                       const std::string& driver_directory, Tables tables) {
  auto connection = std::make_unique<PostgresqlConnection>(options, read_only, driver_directory, tables);
  if (Result<void> opened = connection->open(); !opened) return opened.error();
  return std::unique_ptr<Connection>(std::move(connection));
}

}  // namespace pastmon::store
