// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "connection.h"
#include "pastmon/base/embedded.h"
#include "pastmon/base/text.h"
#include "sqlite_row.h"

namespace pastmon::embedded {
std::span<const File> sqlite_schema();
std::span<const File> sqlite_web_schema();
}  // namespace pastmon::embedded

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;

constexpr std::int64_t kApplicationId = 1349735502;     // as in sql/sqlite/001_schema.sql
constexpr std::int64_t kWebApplicationId = 1349735511;  // as in sql/web/sqlite/001_web.sql
constexpr int kInstructionsBetweenChecks = 20'000;
constexpr int kPagesInLog = 4'000;  // 32 MB

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(const Options& options, bool read_only, Tables tables)
      : path_(options.dbname),
        read_only_(read_only),
        tables_(tables),
        busy_timeout_(options.query_timeout),
        query_timeout_(options.query_timeout) {}
  ~SqliteConnection() override {
    sqlite3_close(db_);
    if (archive_lock_ >= 0) ::close(archive_lock_);
  }
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  Result<void> open();

  Result<void> script(std::string_view sql) override;
  Result<std::int64_t> execute(std::string_view sql, const std::vector<Parameter>& parameters) override;
  Result<void> query(std::string_view sql, const std::vector<Parameter>& parameters, const RowFunction& each) override;
  Result<void> stream(std::string_view sql, const std::vector<Parameter>& parameters,
                      const RowFunction& each) override {
    return query(sql, parameters, each);
  }
  Result<std::int64_t> insert(const Insert& what, std::size_t rows, const FillFunction& fill) override;

  Result<void> begin_write() override { return script("BEGIN IMMEDIATE"); }
  Result<void> begin_read() override { return script("BEGIN"); }
  Result<void> commit() override {
    Result<void> done = script("COMMIT");
    limited_ = limited_ || done.ok();
    return done;
  }
  void rollback() override {
    sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
    limited_ = true;
  }

  Result<void> make_days(const std::vector<base::Seconds>&) override { return {}; }
  std::string in_ids(std::string_view column, const std::vector<Id>& ids) const override;
  std::string by_index(std::string_view table, std::string_view index) const override {
    return cat(table, " INDEXED BY ", index);
  }
  std::string blob_expression(std::string_view column) const override { return std::string(column); }
  Result<std::int64_t> schema_version() override;
  Result<void> lock_schema() override {  // BEGIN IMMEDIATE is the lock
    limited_ = false;
    return {};
  }
  Result<void> share_schema() override { return {}; }
  std::vector<std::string_view> schema_files() const override;

  Result<bool> lock_archive() override;
  Result<void> defer_sync() override;
  Result<void> catch_up() override;
  Result<void> lock_hosts(bool) override { return {}; }  // BEGIN IMMEDIATE is the lock
  base::Micros write_time() const noexcept override { return base::kSecond / 12; }
  Result<std::vector<base::Seconds>> days() override { return std::vector<base::Seconds>(); }
  Result<bool> drop_day(base::Seconds) override { return false; }
  Result<std::int64_t> spare_pages() override;
  Result<void> give_back(std::int64_t pages) override { return script(cat("PRAGMA incremental_vacuum(", pages, ")")); }

  bool lost() const noexcept override { return false; }
  Result<void> reconnect() override { return {}; }
  void interrupt() noexcept override {
    if (db_ != nullptr) sqlite3_interrupt(db_);
  }
  std::string description() const override { return "sqlite3 " + path_; }

 private:
  Result<void> make_file();
  Result<void> check_owner();
  Result<std::int64_t> number(const char* sql);
  Result<Statement> prepare(std::string_view sql, const std::vector<Parameter>& parameters);
  Error failure();
  void start_clock() { deadline_ = std::chrono::steady_clock::now() + std::chrono::seconds(query_timeout_); }
  static int past_deadline(void* self) {
    const auto* connection = static_cast<SqliteConnection*>(self);
    return connection->limited_ && std::chrono::steady_clock::now() > connection->deadline_ ? 1 : 0;
  }

  std::string path_;
  bool read_only_;
  Tables tables_;
  base::Seconds busy_timeout_;
  base::Seconds query_timeout_;
  std::chrono::steady_clock::time_point deadline_{};
  bool limited_ = true;  ///< statements have a time limit
  int archive_lock_ = -1;
  int wal_pages_ = 0;  ///< in the log, since defer_sync()
  sqlite3* db_ = nullptr;
};

Error SqliteConnection::failure() {
  switch (sqlite3_errcode(db_)) {
    case SQLITE_NOTADB:
      return Error{cat(path_, " is not an SQLite database")};
    case SQLITE_INTERRUPT:
      return Error{cat(path_, ": given up: interrupted, or longer than ", query_timeout_, " s"), true};
    case SQLITE_READONLY:
      return Error{cat(path_, " cannot be written: the file or its directory is read-only")};
    case SQLITE_FULL:
      return Error{cat(path_, ": the disk is full"), true};
    case SQLITE_BUSY:
      return Error{cat(path_, " is locked by another program"), true};
    case SQLITE_IOERR:
      return Error{cat(path_, ": ", sqlite3_errmsg(db_)), true};
    default:
      break;
  }
  return Error{cat(path_, ": ", sqlite3_errmsg(db_))};
}

// Mode 0640 whatever the umask: the web server reads through the group; what it keeps itself is for nobody else. Only a
// new file is opened here: closing a descriptor of a database that is in use would drop this process's locks on it.
Result<void> SqliteConnection::make_file() {
  const mode_t mode = tables_ == Tables::web ? 0600 : 0640;
  const int fd = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd >= 0) {
    ::fchmod(fd, mode);
    ::close(fd);
    return {};
  }
  if (errno == EEXIST) return {};
  return Error{cat("cannot make the database ", path_, ": ", std::strerror(errno),
                   errno == ENOENT ? " (its directory does not exist)" : "")};
}

Result<void> SqliteConnection::open() {
  if (path_.empty()) return Error{"no database file is given (dbname)"};
  struct stat status {};
  if (!read_only_) {
    if (Result<void> made = make_file(); !made) return made;
  } else if (::stat(path_.c_str(), &status) != 0) {
    return Error{cat("no database ", path_, ": ", std::strerror(errno), "; pastmon makes it when it starts")};
  }
  if (::stat(path_.c_str(), &status) == 0 && S_ISDIR(status.st_mode))
    return Error{cat(path_, " is a directory, not a database")};
  if (read_only_ && status.st_size > 0 &&
      (::access((path_ + "-wal").c_str(), F_OK) != 0 || ::access((path_ + "-shm").c_str(), F_OK) != 0)) {
    // Without these SQLite would make them, or fail where it may not.
    return Error{cat(path_, "-wal is missing: start pastmon once, which makes it")};
  }
  const int flags = (read_only_ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path_.c_str(), &db_, flags, nullptr) != SQLITE_OK)
    return Error{cat("cannot open the database ", path_, ": ", std::strerror(sqlite3_system_errno(db_)))};
  sqlite3_extended_result_codes(db_, 0);
  sqlite3_busy_timeout(db_, static_cast<int>(busy_timeout_ * 1000));
  start_clock();
  sqlite3_progress_handler(db_, kInstructionsBetweenChecks, &past_deadline, this);
  int persist = 1;
  sqlite3_file_control(db_, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
  if (Result<void> ours = check_owner(); !ours) return ours;
  if (read_only_) return script("PRAGMA query_only = ON; PRAGMA cache_size = -8192;");
  return script(
      "PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;"
      "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -65536;");
}

// Before anything is changed: a database of another program is left alone.
Result<void> SqliteConnection::check_owner() {
  const Result<std::int64_t> objects = number("SELECT COUNT(*) FROM sqlite_schema");
  if (!objects) return objects.error();
  const Result<std::int64_t> owner = number("PRAGMA application_id");
  if (!owner) return owner.error();
  if (*objects > 0 && *owner != (tables_ == Tables::web ? kWebApplicationId : kApplicationId))
    return Error{cat(path_, " is the SQLite database of another program: give another file")};
  return {};
}

Result<std::int64_t> SqliteConnection::number(const char* sql) {
  std::int64_t value = 0;
  Result<void> done = query(sql, {}, [&](const RowView& row) { value = row.integer(0); });
  if (!done) return done.error();
  return value;
}

Result<void> SqliteConnection::script(std::string_view sql) {
  start_clock();
  if (sqlite3_exec(db_, std::string(sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return failure();
  return {};
}

Result<Statement> SqliteConnection::prepare(std::string_view sql, const std::vector<Parameter>& parameters) {
  start_clock();
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(db_, sql.data(), static_cast<int>(sql.size()), &raw, nullptr) != SQLITE_OK) return failure();
  Statement statement(raw, &sqlite3_finalize);
  SqliteSink sink(raw);
  for (const Parameter& parameter : parameters) {
    if (const auto* value = std::get_if<std::int64_t>(&parameter)) {
      sink.integer(*value);
    } else {
      sink.text(std::get<std::string>(parameter));
    }
  }
  return statement;
}

Result<std::int64_t> SqliteConnection::execute(std::string_view sql, const std::vector<Parameter>& parameters) {
  Result<Statement> statement = prepare(sql, parameters);
  if (!statement) return statement.error();
  if (sqlite3_step(statement->get()) != SQLITE_DONE) return failure();
  return std::int64_t{sqlite3_changes64(db_)};
}

Result<void> SqliteConnection::query(std::string_view sql, const std::vector<Parameter>& parameters,
                                     const RowFunction& each) {
  Result<Statement> statement = prepare(sql, parameters);
  if (!statement) return statement.error();
  const SqliteRow row(statement->get());
  for (;;) {
    const int state = sqlite3_step(statement->get());
    if (state == SQLITE_DONE) return {};
    if (state != SQLITE_ROW) return failure();
    each(row);
  }
}

// Outside a transaction each row would be one of its own; so there is always one.
Result<std::int64_t> SqliteConnection::insert(const Insert& what, std::size_t rows, const FillFunction& fill) {
  if (rows == 0) return std::int64_t{0};
  const bool own_transaction = sqlite3_get_autocommit(db_) != 0;
  Transaction transaction(*this);
  if (own_transaction) {
    if (Result<void> begun = transaction.begin_write(); !begun) return begun.error();
  }
  std::string names, marks;
  for (const Column& column : what.columns) {
    names += (names.empty() ? "" : ", ") + column.name;
    marks += marks.empty() ? "?" : ", ?";
  }
  Result<Statement> statement =
      prepare(cat("INSERT INTO ", what.table, " (", names, ") VALUES (", marks, ") ", what.on_conflict), {});
  if (!statement) return statement.error();
  SqliteSink sink(statement->get());
  std::int64_t changed = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    sink.start_row();
    start_clock();
    fill(i, sink);
    if (sqlite3_step(statement->get()) != SQLITE_DONE) return failure();
    changed += sqlite3_changes64(db_);
    sqlite3_reset(statement->get());
  }
  if (own_transaction) {
    if (Result<void> done = transaction.commit(); !done) return done.error();
  }
  return changed;
}

// A file of its own: SQLite's locks are on the database file, and closing another descriptor of that would drop them.
Result<bool> SqliteConnection::lock_archive() {
  const std::string path = path_ + "-level2.lock";
  if (archive_lock_ < 0) archive_lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (archive_lock_ < 0) archive_lock_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (archive_lock_ < 0) return Error{cat("cannot make ", path, ": ", std::strerror(errno))};
  if (::flock(archive_lock_, LOCK_EX | LOCK_NB) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  return Error{cat("cannot lock ", path, ": ", std::strerror(errno))};
}

// What the daemon commits meanwhile is on disk, and all before it. Copying the log into the database takes its time,
// and nobody has to wait for that: it is done between the transactions (the hook replaces SQLite's own way, which does
// it at the end of one).
Result<void> SqliteConnection::defer_sync() {
  if (Result<void> set = script("PRAGMA synchronous = NORMAL"); !set) return set;
  sqlite3_wal_hook(
      db_,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<SqliteConnection*>(self)->wal_pages_ = pages;
        return SQLITE_OK;
      },
      this);
  return {};
}

Result<void> SqliteConnection::catch_up() {
  if (wal_pages_ < kPagesInLog) return {};
  wal_pages_ = 0;
  const int state = sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (state != SQLITE_OK && state != SQLITE_BUSY) return failure();
  return {};
}

// A quarter of the file may stay free: the coming days take it, and moving pages to the front costs writing them.
Result<std::int64_t> SqliteConnection::spare_pages() {
  const Result<std::int64_t> free = number("PRAGMA freelist_count");
  if (!free) return free;
  const Result<std::int64_t> all = number("PRAGMA page_count");
  if (!all) return all;
  return *free - *all / 4;
}

std::string SqliteConnection::in_ids(std::string_view column, const std::vector<Id>& ids) const {
  std::string sql = cat(column, " IN (");
  for (std::size_t i = 0; i < ids.size(); ++i) sql += cat(i == 0 ? "" : ",", ids[i]);
  return sql + ")";
}

Result<std::int64_t> SqliteConnection::schema_version() {
  Result<std::int64_t> tables =
      number("SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'");
  if (!tables || *tables == 0) return tables;
  return number("SELECT COALESCE(MAX(version), 0) FROM schema_version");
}

std::vector<std::string_view> SqliteConnection::schema_files() const {
  std::vector<std::string_view> files;
  const auto all = tables_ == Tables::web ? embedded::sqlite_web_schema() : embedded::sqlite_schema();
  for (const embedded::File& file : all) files.push_back(file.content);
  return files;
}

}  // namespace

Result<std::unique_ptr<Connection>> connect_sqlite(const Options& options, bool read_only, Tables tables) {
  auto connection = std::make_unique<SqliteConnection>(options, read_only, tables);
  if (Result<void> opened = connection->open(); !opened) return opened.error();
  return std::unique_ptr<Connection>(std::move(connection));
}

}  // namespace pastmon::store
